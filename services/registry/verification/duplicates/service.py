"""Look for persons who are registered twice, and remember what somebody decided about two of them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import note_viewers
from services.registry.register.households.records import IDENTITY
from services.registry.register.households.rules import NoSuchPerson
from services.registry.verification.duplicates import queries, rules
from services.registry.verification.duplicates.records import Decision, Known, Side
from services.registry.verification.duplicates.schemas import DecisionIn, Pair, ReasonRow, SideRow
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, IdUsed, Invalid
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock


class OnePerson(Invalid):
    slug, zh, en = "one-person", "须为两个不同的人员记录", "Two different records are needed"


class DecidedAlready(Conflict):
    slug, zh, en = "decided-already", "此二人已有核查结论", "It was decided about these two already"


async def of_person(session: AsyncSession, keys: KeyRing, id: UUID) -> list[Pair]:
    """Who may be the same as a person, the likeliest first. Raises NoSuchPerson (404)."""
    asked = await queries.sides(session, [id])
    if not asked:
        raise NoSuchPerson(field="person_id")
    pairs = await _pairs(session, keys, asked, both=True)
    return sorted(pairs, key=lambda pair: (-pair.score, pair.other.person_id))


async def of_division(
    session: AsyncSession, keys: KeyRing, division: str | None, limit: int, cursor: str | None
) -> paging.Page[Pair]:
    """Pairs within a division: each page compares the next ``limit`` persons with whom they may be."""
    persons, following = await queries.page(session, division, limit, cursor)
    order = {id: position for position, id in enumerate(persons)}
    pairs = await _pairs(session, keys, await queries.sides(session, persons), both=False)
    pairs.sort(key=lambda pair: (order[pair.person.person_id], pair.other.person_id))
    return paging.Page(items=pairs, next=following)


async def _pairs(session: AsyncSession, keys: KeyRing, asked: dict[UUID, Side], *, both: bool) -> list[Pair]:
    """Scored pairs of persons with their candidates; not ``both``: each pair once, from the smaller id."""
    found = {pair for pair in await queries.candidates(session, keys, asked.values()) if both or pair[0] < pair[1]}
    if not found:
        return []
    decided, today = await queries.decided(session, asked), await clock.today(session)
    found = {pair for pair in found if _in_order(*pair) not in decided}
    sides = asked | await queries.sides(session, {other for _, other in found} - asked.keys())
    counties = {side.division[:6] for side in asked.values()}
    points = {county: await queries.points(session, county, today) for county in sorted(counties)}
    known = {id: _known(side, keys) for id, side in sides.items()}
    pairs = []
    for one, other in found:
        if other not in sides or sides[one].household_id == sides[other].household_id:
            continue
        scale = points[sides[one].division[:6]]
        why = rules.reasons(known[one], known[other], scale)
        if (score := rules.score(why)) >= scale["show"]:
            reasons = [ReasonRow.model_validate(reason) for reason in why]
            pairs.append(Pair(person=_shown(sides[one]), other=_shown(sides[other]), score=score, reasons=reasons))
    shown = {(side.household_id, side.division) for pair in pairs for side in (pair.person, pair.other)}
    if shown:
        await note_viewers(session, "compared", shown)
    return pairs


def _in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)


def _known(side: Side, keys: KeyRing) -> Known:
    number = ""
    if side.identity_number:
        number = keys.decrypt(side.identity_number, field=IDENTITY, record=str(side.id))
    phones = frozenset(index for index in (side.phone_index, side.home_index) if index)
    return Known(side.id, side.division, side.name, side.sex, side.born, number, phones)


def _shown(side: Side) -> SideRow:
    return SideRow(
        person_id=side.id,
        household_id=side.household_id,
        division=side.division,
        number=side.number,
        name=side.name,
        sex=side.sex,
        born=side.born,
        identity_number=side.identity_masked,
    )


async def decide(session: AsyncSession, given: list[DecisionIn]) -> Answers:
    """Remember decisions; two persons about whom it was decided are not shown again."""
    ids = {id for one in given for id in (one.person_id, one.other_id)}
    persons = await queries.sides(session, ids)
    there = await queries.decisions(session, {one.id for one in given})
    decided = await queries.decided(session, ids)
    made: list[Decision] = []

    def outcome(one: DecisionIn) -> Outcome:
        pair = _in_order(one.person_id, one.other_id)
        if known := there.get(one.id):
            if (known.person_id, known.other_id, known.verdict) != (*pair, one.verdict):
                raise IdUsed(field="id", rule="one id, one decision")
            return "unchanged"
        if one.person_id == one.other_id:
            raise OnePerson(field="other_id", rule="two records")
        for field, id in (("person_id", one.person_id), ("other_id", one.other_id)):
            if id not in persons:
                raise NoSuchPerson(field=field)
        if pair in decided:
            raise DecidedAlready(field="other_id", rule="once")
        decided.add(pair)
        made.append(Decision(one.id, *pair, persons[one.person_id].division, one.verdict, one.ground))
        return "accepted"

    answers = answer_each(given, outcome)
    if made:
        await queries.decide(session, made)
    for one in made:
        after = {"other_id": str(one.other_id), "verdict": one.verdict}
        audit.record(
            session, "duplicate.decided", "person", one.person_id, one.division, after=after, reason=one.ground
        )
    return answers
