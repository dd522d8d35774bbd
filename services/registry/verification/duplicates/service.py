"""Look for persons who are registered twice, and remember what somebody decided about two of them."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy.rules import IdUsed, NoSuchPerson
from services.registry.register.households.records import IDENTITY
from services.registry.register.households.viewers import note_viewers
from services.registry.verification.duplicates import queries, rules
from services.registry.verification.duplicates.schemas import DecisionIn, Pair, Side, Why
from shared import policy
from shared.database.session import caller_of
from shared.http import items, paging
from shared.http.items import Answers, Outcome
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock


class OnePerson(Invalid):
    slug, zh, en = "one-person", "须为两个不同的人员记录", "Two different records are needed"


class DecidedAlready(Conflict):
    slug, zh, en = "decided-already", "此二人已有核查结论", "It was decided about these two already"


async def of_person(session: AsyncSession, keys: KeyRing, id: UUID) -> list[Pair]:
    """Who may be the same as a person, the likeliest first. Raises NoSuchPerson (404)."""
    asked = (await session.execute(queries.SIDES, {"ids": [id]})).all()
    if not asked:
        raise NoSuchPerson(field="person_id")
    pairs = await _pairs(session, keys, asked, both=True)
    return sorted(pairs, key=lambda pair: (-pair.score, pair.other.person_id))


async def of_division(
    session: AsyncSession, keys: KeyRing, prefix: str, limit: int, cursor: str | None
) -> paging.Page[Pair]:
    """Pairs within a division: each page compares the next ``limit`` persons with whom they may be."""
    after = paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": prefix, "high": prefix + ":", "division": after[0], "id": after[1], "limit": limit + 1}
    persons = (await session.execute(queries.PAGE, bound)).all()
    page = paging.by_division(list(persons), limit)
    asked = (await session.execute(queries.SIDES, {"ids": [row.id for row in page.items]})).all()
    order = {row.id: position for position, row in enumerate(page.items)}
    pairs = await _pairs(session, keys, asked, both=False)
    pairs.sort(key=lambda pair: (order[pair.person.person_id], pair.other.person_id))
    return paging.Page(items=pairs, next=page.next)


async def _pairs(session: AsyncSession, keys: KeyRing, asked: list[Row[Any]] | Any, *, both: bool) -> list[Pair]:
    """Scored pairs of persons with their candidates; not ``both``: each pair once, from the smaller id."""
    rows = {row.id: row for row in asked}
    wanted = json.dumps([_asked(row, keys) for row in asked], default=str)
    found = {
        (row.person_id, row.other_id)
        for row in await session.execute(queries.CANDIDATES, {"asked": wanted})
        if both or row.person_id < row.other_id
    }
    if not found:
        return []
    decided = {tuple(row) for row in await session.execute(queries.DECIDED, {"ids": list(rows)})}
    found = {pair for pair in found if tuple(sorted(pair)) not in decided}
    others = await session.execute(queries.SIDES, {"ids": sorted({other for _, other in found} - rows.keys())})
    rows |= {row.id: row for row in others}
    points = {}
    today = await clock.today(session)
    for county in {row.division[:6] for row in asked}:
        points[county] = (await policy.resolve(session, "duplicates.scoring", county, today)).value
    pairs = []
    known = {id: _known(row, keys) for id, row in rows.items()}
    for one, other in found:
        if other not in rows or rows[one].household_id == rows[other].household_id:
            continue
        scale = points[rows[one].division[:6]]
        why = rules.reasons(known[one], known[other], scale)
        if (score := rules.score(why)) >= scale["show"]:
            reasons = [Why.model_validate(reason) for reason in why]
            pairs.append(Pair(person=_side(rows[one]), other=_side(rows[other]), score=score, reasons=reasons))
    shown = {(side.household_id, side.division) for pair in pairs for side in (pair.person, pair.other)}
    if shown:
        await note_viewers(session, "compared", shown)
    return pairs


def _asked(row: Any, keys: KeyRing) -> dict[str, Any]:
    # Names are kept under pairs of syllables; characters and initials would block too little.
    pairs = [gram for gram in row.grams if len(gram) > 1 and not gram.startswith("=")]
    number = (
        rules.long_form(keys.decrypt(row.identity_number, field=IDENTITY, record=str(row.id))) if _old(row) else ""
    )
    return {
        "id": row.id,
        "division": row.division,
        "born": row.born,
        "pairs": pairs,
        "phone": row.phone_index.hex() if row.phone_index else None,
        "long": keys.blind_index(number, IDENTITY).hex() if number else None,
    }


def _old(row: Any) -> bool:
    return row.document_kind == "old15" and row.identity_number is not None


def _known(row: Any, keys: KeyRing) -> rules.Known:
    number = keys.decrypt(row.identity_number, field=IDENTITY, record=str(row.id)) if row.identity_number else ""
    phones = frozenset(index for index in (row.phone_index, row.home_index) if index)
    return rules.Known(row.id, row.division, row.name, row.sex, row.born, number, phones)


def _side(row: Any) -> Side:
    return Side(
        person_id=row.id,
        household_id=row.household_id,
        division=row.division,
        number=row.number,
        name=row.name,
        sex=row.sex,
        born=row.born,
        identity_number=row.identity_masked,
    )


async def decide(session: AsyncSession, given: list[DecisionIn]) -> Answers:
    """Remember decisions; two persons about whom it was decided are not shown again."""
    ids = sorted({id for one in given for id in (one.person_id, one.other_id)})
    persons = {row.id: row for row in await session.execute(queries.SIDES, {"ids": ids})}
    done = {row.id: row for row in await session.execute(queries.DECISIONS_DONE, {"ids": [one.id for one in given]})}
    decided = {tuple(row) for row in await session.execute(queries.DECIDED, {"ids": ids})}
    rows: list[dict[str, Any]] = []

    def outcome(one: DecisionIn) -> Outcome:
        pair = tuple(sorted((one.person_id, one.other_id)))
        if row := done.get(one.id):
            if (row.person_id, row.other_id, row.verdict) != (*pair, one.verdict):
                raise IdUsed(field="id", rule="one id, one decision")
            return "unchanged"
        if one.person_id == one.other_id:
            raise OnePerson(field="other_id", rule="two records")
        for field in ("person_id", "other_id"):
            if getattr(one, field) not in persons:
                raise NoSuchPerson(field=field)
        if pair in decided:
            raise DecidedAlready(field="other_id", rule="once")
        decided.add(pair)
        first, second = (str(id) for id in pair)
        place = persons[one.person_id].division
        rows.append(one.model_dump(mode="json") | {"person_id": first, "other_id": second, "division": place})
        return "accepted"

    answers = items.answer_each(given, outcome)
    if rows:
        await session.execute(queries.DECIDE, {"rows": json.dumps(rows), "actor": caller_of(session).subject})
    for row in rows:
        after = {"other_id": row["other_id"], "verdict": row["verdict"]}
        audit.record(
            session,
            "duplicate.decided",
            "person",
            row["person_id"],
            row["division"],
            after=after,
            reason=row["ground"],
        )
    return answers
