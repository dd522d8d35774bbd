"""The pure replay: whatever the order in which the same facts are told, the register ends as the family is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from services.registry.register.changes.replay import (
    Effect,
    Event,
    Said,
    Stand,
    new_conflicts,
    numbers,
    replay,
    unanswered,
)

SPACE = UUID(int=7)
HOME = uuid5(SPACE, "home")
VILLAGE, OTHER = "220622100201", "220622100202"
# A couple with a son and a daughter, the son's wife and two children: who each is to the father, the mother, the son.
RELATIONS: Mapping[str, Mapping[str, str]] = {
    "father": {
        "father": "户主", "mother": "配偶", "son": "之子", "daughter": "之女", "wife": "之儿媳", "boy": "之孙子",
        "girl": "之孙女",
    },
    "mother": {
        "mother": "户主", "father": "配偶", "son": "之子", "daughter": "之女", "wife": "之儿媳", "boy": "之孙子",
        "girl": "之孙女",
    },
    "son": {
        "son": "户主", "father": "之父", "mother": "之母", "daughter": "其他", "wife": "配偶", "boy": "之子",
        "girl": "之女",
    },
}  # fmt: skip
PEOPLE = {name: uuid5(SPACE, name) for name in RELATIONS["father"]}
NAMES = {id: name for name, id in PEOPLE.items()}
SEXES = {PEOPLE[name]: "男" if name in ("father", "son", "boy") else "女" for name in PEOPLE}
FIRST = ("father", "mother", "son", "daughter")
START = {HOME: Stand(VILLAGE, "registered", {PEOPLE[name]: RELATIONS["father"][name] for name in FIRST})}
TODAY = date(2016, 12, 31)


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened on a day: somebody came, left, died, became the head; or the household moved, or left poverty."""

    what: str
    day: date
    who: str = ""

    @property
    def id(self) -> UUID:
        return uuid5(SPACE, f"{self.what} {self.who}")


@dataclass(frozen=True, slots=True)
class Family:
    """The household as it is, without any register."""

    head: str = "father"
    members: frozenset[str] = frozenset(FIRST)
    place: str = VILLAGE
    status: str = "registered"

    def after(self, fact: Fact) -> "Family | None":
        """As it is after a fact; None where that cannot have been."""
        match fact.what:
            case "came" if fact.who not in self.members:
                return replace(self, members=self.members | {fact.who})
            case "left" if fact.who in self.members - {self.head}:
                return replace(self, members=self.members - {fact.who})
            case "leads" if fact.who in self.members - {self.head}:
                return replace(self, head=fact.who)
            case "moved" if self.place == VILLAGE:
                return replace(self, place=OTHER)
            case "exited" if self.status == "registered":
                return replace(self, status="exited")
            case _:
                return None

    @property
    def stand(self) -> Stand:
        relations = {PEOPLE[name]: RELATIONS[self.head][name] for name in self.members}
        return Stand(self.place, self.status, relations)  # type: ignore[arg-type]


POSSIBLE = [
    ("came", "wife"), ("came", "boy"), ("came", "girl"), ("left", "daughter"), ("left", "boy"), ("left", "mother"),
    ("leads", "son"), ("leads", "mother"), ("moved", ""), ("exited", ""), ("left", "father"),
]  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    """Facts that can have been, in the order of their days."""
    chosen = draw(st.lists(st.sampled_from(POSSIBLE), unique=True, min_size=2, max_size=8))
    family, facts = Family(), []
    for number, (what, who) in enumerate(chosen):
        fact = Fact(what, date(2016, 1, 1) + timedelta(days=10 * number), who)
        if after := family.after(fact):
            facts.append(fact)
            family = after
    return facts


def true(facts: Sequence[Fact], day: date) -> Family:
    """The family on a day."""
    family = Family()
    for fact in facts:
        if fact.day <= day and (after := family.after(fact)):
            family = after
    return family


def effect(fact: Fact, stand: Stand) -> Effect | None:
    """What an office records of a fact, as the register stands on its day; None where it cannot record it (yet)."""
    assert stand.head
    head, here = NAMES[stand.head], {NAMES[id] for id in stand.relations}
    who = PEOPLE.get(fact.who)
    match fact.what:
        case "came" if fact.who not in here and who:
            return Effect(arrives={who: RELATIONS[head][fact.who]})
        case "left" if fact.who in here - {head} and who:
            return Effect(departs=frozenset({who}))
        case "leads" if fact.who in here - {head}:
            return Effect(relates={PEOPLE[name]: RELATIONS[fact.who][name] for name in here})
        case "moved" if stand.division == VILLAGE:
            return Effect(division=OTHER, leaves=VILLAGE)
        case "exited" if stand.status == "registered":
            return Effect(status="exited")
        case _:
            return None


KINDS = {"came": "member_added", "left": "member_left", "leads": "head_changed", "moved": "move", "exited": "exit"}


def recorded(events: Sequence[Event], fact: Fact) -> list[Event] | None:
    """The changes once a fact is told as well, each with what is believed of it by now; None where it has to wait."""
    until = [event for event in events if event.day <= fact.day]
    since = [event for event in events if event.day > fact.day]
    does = effect(fact, replay(START, until, SEXES).stands[HOME])
    if does is None:
        return None
    fresh = Event(id=fact.id, kind=KINDS[fact.what], reason=fact.what, day=fact.day, effects={HOME: does})
    usual, ordered = replay(START, events, SEXES), [*until, fresh, *since]
    first = replay(START, ordered, SEXES, usual=usual, fresh=fact.id)
    said: dict[UUID, Said] = {}
    listed = new_conflicts(first, usual)
    if any(one.why != "relations" for one in listed):
        return None
    for one in listed:
        stand = first.after(one.event.id, HOME)
        assert stand
        assert stand.head
        family = RELATIONS[NAMES[stand.head]]
        said[one.event.id] = Said(True, {id: family[NAMES[id]] for id in one.open})
    now = replay(START, ordered, SEXES, usual=usual, said=said, fresh=fact.id)
    assert not unanswered(new_conflicts(now, usual), said, listed)
    return [believed(event, now.after(event.id, HOME)) for event in ordered]


def believed(event: Event, stand: Stand | None) -> Event:
    """A change with the relations that are believed of it, as they are read from what is kept of members."""
    assert stand
    one = event.effects[HOME]
    arrives = {id: stand.relations[id] for id in one.arrives}
    relates = {id: relation for id, relation in stand.relations.items() if id not in arrives} if one.relates else {}
    return replace(event, effects={HOME: replace(one, arrives=arrives, relates=relates)})


@given(stories(), st.randoms(use_true_random=False))
def test_whatever_the_order_in_which_the_same_facts_are_told_the_register_ends_as_the_family_is(facts, random):
    waiting, events = list(facts), []
    random.shuffle(waiting)
    while waiting:
        for fact in waiting:
            if (after := recorded(events, fact)) is not None:
                events = after
                waiting.remove(fact)
                break
        else:
            # What is told in the order of its days always fits.
            raise AssertionError([(one.what, one.who) for one in waiting])
    played = replay(START, events, SEXES)
    for fact in facts:
        assert played.after(fact.id, HOME) == true(facts, fact.day).stand
    in_order: list[Event] = []
    for fact in facts:
        in_order = recorded(in_order, fact) or in_order
    assert numbers(played.turns) == numbers(replay(START, in_order, SEXES).turns)
    last = true(facts, TODAY).stand
    assert played.stands[HOME] == last
    counted = numbers(played.turns).values()
    assert sum(persons for _, persons, _ in counted) == last.counted - START[HOME].counted
