"""What differs between a household of a list and the register, one thing at a time, and what may be done. Pure.

The list is of a day: what the register knows of a later day is what the national system is to be told. What only the
family can know (why somebody is missing) is asked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.exchange.comparison.records import Difference, Elsewhere, Home, Person
from services.registry.exchange.comparison.rules import Beside, Compared
from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.exchange.layouts.catalogue import called
from services.registry.exchange.reconciliations.records import Found, Gone, Listed, Proposal
from services.registry.register.fields.catalogue import Owner
from services.registry.register.households.rules import HEAD, born_of
from services.registry.register.households.schemas import MemberIn

BY_LIST_OF_PERSONS = frozenset({"size", "head"})  # what a household table says and only a list of persons can change
_IDENTIFYING = frozenset({"identity_number", "name", "sex", "born", "identified_on", "number"})
_A_YEAR = 366
_NEWBORN = frozenset({"之子", "之女", "之孙子", "之孙女", "之外孙子", "之外孙女"})
_MARRIED = frozenset({"配偶", "之儿媳", "之女婿", "之孙媳", "之孙女婿"})
_FEW = 3
_ANOTHER = (
    "名单中的户主或成员与该户编号登记的不符，可能是另一户，请先核对户编号",
    "who is named is not of the household with this number: it may be about another household",
)
_NAMESAKE = (
    "该户有同名或同人编号的人，证件号码与名单不同：可能是同一人，请先核对并更正证件号码",
    "the household has somebody of this name or number with another identity number: maybe the same person",
)
GONE = ("gone", "")  # the key of a household that the list has not

Index = Callable[[str], str | None]


def differing(beside: Beside, as_of: date, villages: Mapping[str, str], index: Index) -> Iterator[Found]:
    """Everything that differs of a household that is registered; ``index`` of a number as the register keeps it.
    Where the list may mean another household, nothing is to be taken over unasked.
    """
    found = _differing(beside, as_of, villages, index)
    if beside.home.status != "removed" and _may_be_another(beside.compared):
        found = (_asked(one, *_ANOTHER) if one.proposal == "accept" else one for one in found)
    yield from found


def _may_be_another(compared: Compared) -> bool:
    """Whether the number says this household, and who is named lives in another."""
    given, home = compared.given, compared.home
    if not isinstance(given, HouseholdLine):
        return not compared.persons
    head = next((one for one in home.members if one.relation == HEAD), None)
    if head is None:
        return False
    number = compared.number_index(given.head_number)
    if number and head.index:
        return number != head.index
    return given.head is not None and given.head != head.name


def _differing(beside: Beside, as_of: date, villages: Mapping[str, str], index: Index) -> Iterator[Found]:
    home, compared = beside.home, beside.compared
    if home.status == "removed":
        zh, en = home.ended or ("已剔除", "removed from the register")
        yield _found(
            home,
            kind="removed",
            zh=f"名单中有此户，该户{zh}，现不在册",
            en=f"on the list; the household is not on the register: {en}",
            proposal="tell",
        )
        return
    new_head = successor(compared)
    for one in beside.differences:
        if one.field == "size":
            continue  # said person by person
        if one.member is None:
            yield (
                _moved(home, compared.given, as_of, villages) if one.field == "division" else _item(home, one, as_of)
            )
        elif one.member not in compared.persons:
            member = compared.given.members[one.member]
            known = beside.elsewhere.get(one.member)
            joined = _joined(home, member, known, as_of, index)
            alike = known is None and any(_alike(member, person) for person in compared.left)
            yield replace(_asked(joined, *_NAMESAKE), reason=None) if alike else joined
        elif not (one.field == "relation" and new_head):  # they follow with the head
            yield _item(home, one, as_of, compared.persons[one.member])
    if compared.by_members:
        yield from _of_head(home, compared, new_head, as_of)
        for person in compared.left:
            left = _left(home, person, as_of)
            unknown = (at for at in compared.strangers if at not in beside.elsewhere)
            alike = any(_alike(compared.given.members[at], person) for at in unknown)
            yield _asked(left, *_NAMESAKE) if alike else left
    else:
        yield from _of_table(home, compared.given)


def successor(compared: Compared) -> Person | None:
    """Who is the head on the list, where that is another member than on the register."""
    for position, person in compared.persons.items():
        if compared.given.members[position].relation == HEAD:
            return person if person.relation != HEAD else None
    return None


def listed_relations(compared: Compared, *, but: frozenset[UUID]) -> list[tuple[UUID, str]]:
    """How the list relates members whom the register knows to the head."""
    return [
        (person.id, compared.given.members[position].relation)
        for position, person in compared.persons.items()
        if person.id not in but
    ]


def new(
    listed: Listed, division: str, elsewhere: Mapping[str, Elsewhere], as_of: date, *, taken: bool = False
) -> Found:
    """A household of the list that is not registered here; ``elsewhere`` is where its members are, by name."""
    why, why_en = "", ""
    proposal: Proposal = "ask"
    if elsewhere:
        told = list(elsewhere.items())[:_FEW]
        why = "；".join(f"{name}：{one.zh}" for name, one in told)
        why_en = "; ".join(f"{name} {one.en}" for name, one in told)
    elif taken:
        why = "该户编号或成员已在其他辖区登记"
        why_en = "its number or its members are registered in another place"
        proposal = "tell"
    head = next((one.name for one in listed.members if one.relation == HEAD), None)
    if isinstance(listed, HouseholdLine):
        head = listed.head
    return Found(
        number=str(listed.number),
        division=division,
        household_id=None,
        kind="new",
        name=head,
        said=f"{len(listed.members)}人" if listed.members else "",
        zh="名单中有此户，登记中没有",
        en="on the list and not registered",
        proposal=proposal,
        reason="identified",
        why_zh=why or None,
        why_en=why_en or None,
    )


def gone(home: Gone, as_of: date) -> Found:
    """A household of the register that the list has not."""
    later = home.identified_on > as_of
    why = ("该户在名单日期之后识别", "identified after the day of the list") if later else (None, None)
    if home.with_village and not later:
        why = "名单中没有该村的任何一户，请先核对名单是否包括该村", "the list has no household of this village"
    return Found(
        number=home.number,
        division=home.division,
        household_id=home.id,
        kind="gone",
        name=home.head,
        zh="登记中有此户，名单中没有",
        en="registered and not on the list",
        since=home.identified_on if later else None,
        proposal="tell" if later else "ask",
        why_zh=why[0],
        why_en=why[1],
    )


def with_why(found: Found, pending: tuple[str, str] | None) -> Found:
    """A difference that something under way may explain."""
    if pending is None:
        return found
    zh, en = pending
    return replace(
        found,
        why_zh=f"{found.why_zh}；{zh}" if found.why_zh else zh,
        why_en=f"{found.why_en}; {en}" if found.why_en else en,
    )


def _found(home: Home, **said: object) -> Found:
    return Found(number=home.number, division=home.division, household_id=home.id, **said)  # type: ignore[arg-type]


def _item(home: Home, one: Difference, as_of: date, person: Person | None = None) -> Found:
    """A fact of the household, or of a member, that differs."""
    owner: Owner = "member" if person else "household"
    later = one.since is not None and one.since > as_of
    name = called(owner, one.field) or one.field
    there = f"登记为“{one.known}”" if one.known else "登记中未填"
    since = f"（{_day(one.since)}起）" if one.since and one.known else ""
    zh = f"{name}：名单为“{one.said}”，{there}{since}" if one.said or one.known else one.zh.replace("文件", "名单")
    proposal: Proposal = "tell" if later else "accept"
    if one.field in _IDENTIFYING and not later:
        proposal = "ask"
    return _found(
        home,
        kind="member" if person else "household",
        field=one.field,
        person=str(person.id) if person else "",
        person_id=person.id if person else None,
        name=person.name if person else None,
        said=one.said,
        known=one.known,
        since=one.since,
        zh=zh,
        en=one.en.replace("the file says", "the list says"),
        proposal=proposal,
        why_zh="登记在名单日期之后更新" if later else None,
        why_en="the register was told after the day of the list" if later else None,
    )


def _moved(home: Home, listed: Listed, as_of: date, villages: Mapping[str, str]) -> Found:
    there, here = (villages.get(code or "", "其他村") for code in (listed.division, home.division))
    day = max((one.since for one in home.told.values() if one.kind == "move"), default=None)
    later = day is not None and day > as_of
    return _found(
        home,
        kind="moved",
        field="division",
        said=there,
        known=here,
        since=day,
        zh=f"行政村：名单为“{there}”，登记为“{here}”" + (f"（{_day(day)}迁入）" if day else ""),
        en=f"village: the list says {there}, the register says {here}" + (f" (moved on {day})" if day else ""),
        proposal="tell" if later else "ask",
        reason="village_changed",
    )


def _of_head(home: Home, compared: Compared, new_head: Person | None, as_of: date) -> Iterator[Found]:
    """Another head, where the old one is still on the list: else they are missing, and the head follows with that."""
    old = next((one for one in compared.persons.values() if one.relation == HEAD), None)
    if new_head is None or old is None:
        return
    day = max((one.since for one in home.told.values() if one.kind == "head_changed"), default=None)
    later = day is not None and day > as_of
    yield _found(
        home,
        kind="head",
        person=str(new_head.id),
        person_id=new_head.id,
        name=new_head.name,
        said=new_head.name,
        known=old.name,
        since=day,
        zh=f"户主：名单为“{new_head.name}”，登记为“{old.name}”" + (f"（{_day(day)}变更）" if day else ""),
        en=f"head: the list says {new_head.name}, the register says {old.name}" + (f" (since {day})" if day else ""),
        proposal="tell" if later else "ask",
        reason="head_changed",
    )


def _of_table(home: Home, line: Listed) -> Iterator[Found]:
    """What a household table says of its head and its size."""
    assert isinstance(line, HouseholdLine)
    head = next((one.name for one in home.members if one.relation == HEAD), "")
    for field, name, said, known in (
        ("head", "户主", line.head, head),
        ("size", "人数", line.size, len(home.members)),
    ):
        if said is not None and said != known:
            yield _found(
                home,
                kind="household",
                field=field,
                said=str(said),
                known=str(known),
                zh=f"{name}：名单为“{said}”，登记为“{known}”",
                en=f"{field}: the list says {said}, the register says {known}",
                why_zh="请再核对人员名单，按人办理",
                why_en="compare a list of persons, which says who it is",
            )


def _joined(home: Home, member: MemberIn, elsewhere: Elsewhere | None, as_of: date, index: Index) -> Found:
    """Somebody of the list who does not live in the household on the register."""
    born = born_of(member)
    newborn = born is not None and (as_of - born).days <= _A_YEAR and member.relation in _NEWBORN
    reason, proposal = "overlooked", "ask"
    if elsewhere is not None and elsewhere.number is None:
        reason, proposal = "returned", "tell"
    elif elsewhere is not None:
        reason = "married_in" if member.relation in _MARRIED else "registered_here"
    elif newborn:
        reason, proposal = "birth", "accept"
    elif member.relation in _MARRIED:
        reason = "married_in"
    return _found(
        home,
        kind="joined",
        person=person_of(member, index),
        person_id=elsewhere.person_id if elsewhere else None,
        name=member.name,
        said=f"{member.relation} {member.name}",
        zh=f"名单中该户有此人（{member.relation}），登记中没有",
        en=f"on the list as {member.relation}, and not in the household on the register",
        proposal=proposal,
        reason=reason,
        why_zh=elsewhere.zh if elsewhere else None,
        why_en=elsewhere.en if elsewhere else None,
    )


def person_of(member: MemberIn, index: Index) -> str:
    """Who somebody of a list is: by their number as the register keeps it, or else by name and birth date."""
    return index(member.identity_number) or f"{member.name} {born_of(member) or ''}".strip()


def _left(home: Home, person: Person, as_of: date) -> Found:
    """Somebody of the household whom the list has not."""
    later = person.joined_on > as_of
    return _found(
        home,
        kind="left",
        person=str(person.id),
        person_id=person.id,
        name=person.name,
        known=f"{person.relation} {person.name}",
        since=person.joined_on if later else None,
        zh=f"登记中该户有此人（{person.relation}），名单中没有",
        en=f"in the household on the register as {person.relation}, and not on the list",
        proposal="tell" if later else "ask",
        why_zh="此人在名单日期之后登记" if later else None,
        why_en="registered after the day of the list" if later else None,
    )


def _alike(member: MemberIn, person: Person) -> bool:
    """Whether somebody of the list may be somebody of the register whose number one of them has wrong."""
    return member.name == person.name or (member.number is not None and member.number == person.number)


def _asked(one: Found, zh: str, en: str) -> Found:
    """A difference that only the household can settle, and why."""
    why_zh, why_en = "；".join(filter(None, (one.why_zh, zh))), "; ".join(filter(None, (one.why_en, en)))
    return replace(one, proposal="ask", why_zh=why_zh, why_en=why_en)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
