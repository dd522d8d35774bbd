"""The register beside a model of it in lists, under random changes: as it was on any day, as known on any day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api, Client
from tests.support.people import household, member
from tests.support.world import by_two, move_clock, register, villages

START = date(2016, 3, 1)
REASONS = {
    "removal": "wrongly_included",
    "restoration": "restored",
    "member_added": "married_in",
    "member_left": "death",
    "head_changed": "head_changed",
}
BY_TWO = ("removal", "restoration", "cancellation")


@dataclass(frozen=True, slots=True)
class Belief:
    """How a household stands; the first member is the head."""

    status: str
    members: tuple[str, ...]


@dataclass(slots=True)
class Fact:
    """A change that the register took: known since a day, and until another where it was cancelled."""

    known: date
    item: dict[str, Any]
    until: date = date.max

    @property
    def day(self) -> date:
        return date.fromisoformat(self.item["effective_on"])


@dataclass(slots=True)
class Home:
    """A household of the model: what it began with, and every change that was ever believed, as it came."""

    id: str
    first: Belief
    begins: date
    known: date
    facts: list[Fact] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def at(self, day: date, known: date = date.max) -> Belief | None:
        """Its changes up to a day, as they were known."""
        if day < self.begins or known < self.known:
            return None
        believed = self.first
        for fact in self._alive(known):
            if fact.day <= day:
                believed = _again(fact.item, believed) or believed
        return believed

    def _alive(self, known: date = date.max) -> list[Fact]:
        alive = [
            fact for fact in self.facts if fact.known <= known and (known < fact.until or fact.until == date.max)
        ]
        return sorted(alive, key=lambda fact: fact.day)

    def expect(self, item: dict[str, Any], today: date) -> str:
        """Whether the register should take a change: "perhaps" where the family may have to say a relation."""
        if item in self.taken:
            return "unchanged"
        day = date.fromisoformat(item["effective_on"])
        if day > today:
            return "refused"
        if item["kind"] == "cancellation":
            wrong = next((fact for fact in self._alive() if fact.item["id"] == item["cancels"]), None)
            rest = [fact for fact in self._alive() if fact is not wrong]
            return self._fits(wrong.item, rest, day, inclusive=True) if wrong else "refused"
        then = self.at(day)
        if then is None or _judged(item, then) is None:
            return "refused"
        return self._fits(item, [*self._alive(), Fact(today, item)], day)

    def _fits(self, item: dict[str, Any], facts: list[Fact], day: date, *, inclusive: bool = False) -> str:
        believed = self.first
        for fact in sorted(facts, key=lambda fact: fact.day):
            after = _again(fact.item, believed)
            if after is None:
                return "refused"
            believed = after
        later = [one.item for one in facts if one.day > day or (inclusive and one.day == day)]
        comes = item["kind"] in ("member_added", "member_left") and any("successor_id" in one for one in later)
        leads = "successor_id" in item and any(one["kind"] == "member_added" for one in later)
        return "perhaps" if comes or leads else "accepted"

    def take(self, item: dict[str, Any], today: date) -> None:
        self.taken.append(item)
        if item["kind"] == "cancellation":
            next(fact for fact in self.facts if fact.item["id"] == item["cancels"]).until = today
        else:
            self.facts.append(Fact(today, item))


def _again(item: dict[str, Any], now: Belief) -> Belief | None:
    """A change that was recorded, done again as far as the household allows it."""
    comes_back = item["kind"] == "restoration"
    if comes_back != (now.status == "removed"):
        return None
    if comes_back or item["kind"] == "removal":
        return Belief("registered" if comes_back else "removed", now.members)
    if item["kind"] == "member_added":
        return Belief(now.status, (*now.members, item["member"]["id"]))
    leaver, heir = item.get("person_id"), item.get("successor_id")
    staying = tuple(one for one in now.members if one != leaver)
    heads = [heir] if heir else now.members[:1]
    if (leaver and leaver not in now.members) or not staying or heads[0] not in staying:
        return None
    return Belief(now.status, (*heads, *(one for one in staying if one not in heads)))


def _judged(item: dict[str, Any], now: Belief) -> Belief | None:
    """A new change on its day: only a head who leaves has a successor, and only somebody else becomes one."""
    heir, head = item.get("successor_id"), now.members[0]
    if heir:
        # Whose son a grandson is, the register cannot know where there are several sons: the family says it.
        gone = {heir, item.get("person_id", heir)}
        leads = item["kind"] == "head_changed" or item["person_id"] == head
        others = [one for one in now.members if one not in gone] if leads else []
        item["relations"] = [{"person_id": one, "relation": "其他"} for one in others]
        if heir == head or not leads:
            return None
    return _again(item, now)


def counted(homes: list[Home], day: date, known: date = date.max) -> dict[str, int]:
    found = [belief for home in homes if (belief := home.at(day, known)) and belief.status == "registered"]
    return {"households": len(found), "persons": sum(len(belief.members) for belief in found)}


def random_change(random: Random, home: Home, today: date) -> dict[str, Any]:
    """A change as somebody in an office might send it: often right, sometimes late, wrong or impossible."""
    if home.taken and random.random() < 0.15:
        return random.choice(home.taken)
    if home.facts and random.random() < 0.15:
        wrong = random.choice(home.facts).item
        return wrong_one(wrong)
    kinds = ["removal", "restoration", "restoration", "member_added", "member_left", "member_left", "head_changed"]
    kind = random.choice(kinds)
    day = today - timedelta(days=random.choice((-1, 0, 0, 1, 2, 5, 30, 60, 200, 400)))
    item: dict[str, Any] = {
        "id": str(uuid7()),
        "kind": kind,
        "household_id": home.id,
        "reason": REASONS[kind],
        "effective_on": day.isoformat(),
    }
    then = home.at(min(day, today)) or home.first
    members = then.members
    if kind == "member_added":
        item["member"] = member("之孙子", labour=None)
    if kind == "member_left":
        item["person_id"] = random.choice([*members, members[0], str(uuid7())])
        if random.random() < 0.5:
            item["successor_id"] = random.choice(members)
    if kind == "head_changed":
        item["successor_id"] = random.choice([*members, *members[1:], str(uuid7())])
    return item


def wrong_one(item: dict[str, Any]) -> dict[str, Any]:
    """The cancellation of a change."""
    return {
        "id": str(uuid7()),
        "kind": "cancellation",
        "household_id": item["household_id"],
        "reason": "recorded_wrongly",
        "effective_on": item["effective_on"],
        "cancels": item["id"],
        "ground": "核实后发现登记有误",
    }


def in_turn(sent: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The changes as lists, one after the other: what a second person has to release is released before the next."""
    lists: list[list[dict[str, Any]]] = [[]]
    for item in sent:
        if item["kind"] in BY_TWO:
            lists += [[item], []]
        else:
            lists[-1].append(item)
    return [some for some in lists if some]


async def _agree(client: Client, homes: list[Home], village: str, day: date, known: date) -> None:
    """One household after the other, and the whole register, on a day as known on a day."""
    moment = datetime(known.year, known.month, known.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")).isoformat()
    point = {"as_of": day.isoformat(), "known_at": moment}
    for home in homes:
        answer, belief = await client.get(f"/households/{home.id}/as-of", params=point), home.at(day, known)
        if belief is None:
            assert answer.status_code == 404
            continue
        then = answer.json()
        assert (then["status"], then["size"]) == (belief.status, len(belief.members))
        assert {person["id"] for person in then["members"]} == set(belief.members)
        assert [person["id"] for person in then["members"] if person["relation"] == "户主"] == [belief.members[0]]
    page = (await client.get("/register", params=point | {"division": village, "status": "registered"})).json()
    sizes = [row["size"] for row in page["items"]]
    assert {"households": len(sizes), "persons": sum(sizes)} == counted(homes, day, known)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_register_agrees_with_its_model_on_every_day_as_known_on_every_day(registry: Api, seed: int):
    random, village, today = Random(seed), f"22062210{seed + 2}201", START + timedelta(days=800 * seed)
    await villages(registry, village)
    await move_clock(registry, today.isoformat())
    homes = []
    for size in (1, 2, 3, 4, 5):
        body = await register(registry, size, village=village)
        people = tuple(person["id"] for person in body["members"])
        begins = date.fromisoformat(household()["identified_on"])
        homes.append(Home(body["id"], Belief("registered", people), begins, today))
    days = [today]
    for _ in range(25):
        today += timedelta(days=random.choice((1, 3, 20)))
        days.append(today)
        await move_clock(registry, today.isoformat())
        sent = [random_change(random, random.choice(homes), today) for _ in range(random.randrange(1, 9))]
        sent = list({item["id"]: item for item in sent}.values())
        by_id = {home.id: home for home in homes}
        for some in in_turn(sent):
            for item in some:
                home = by_id[item["household_id"]]
                expected = home.expect(item, today)
                [answer] = await by_two(registry, item, role="county_office")
                assert expected in (answer["status"], "perhaps"), (item, answer)
                if answer["status"] == "accepted":
                    home.take(item, today)
    async with registry.client("auditor") as client:
        for _ in range(12):
            day = random.choice(days) - timedelta(days=random.choice((0, 1, 3, 40, 4000)))
            await _agree(client, homes, village, day, random.choice(days))
        for year in {day.year for day in days}:
            told = (await client.get(f"/years/{year}", params={"division": village})).json()
            assert told["opening"] == counted(homes, date(year - 1, 12, 31))
            assert told["closing"] == counted(homes, date(year, 12, 31))
            for what in ("households", "persons"):
                assert told["opening"][what] + sum(span[what] for span in told["bridge"]) == told["closing"][what]
        for home in homes:
            story = (await client.get(f"/households/{home.id}/history")).json()
            assert [chapter["version"] for chapter in story] == list(range(1, len(home.taken) + 2))
            sequences = await registry.worker.pool.fetch(
                "SELECT (headers ->> 'sequence')::integer AS at FROM outbox WHERE key = $1 ORDER BY id", home.id
            )
            assert [row["at"] for row in sequences] == list(range(1, len(home.taken) + 2))
