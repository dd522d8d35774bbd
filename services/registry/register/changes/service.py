"""Decide a list of changes: lock once, decide each by itself, write together."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import MemberState
from services.registry.register.changes import enter, lineage, queries, rules
from services.registry.register.changes.apply import applied, apply
from services.registry.register.changes.records import Applied, Known
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.codes import procedures
from services.registry.register.households import queries as households
from services.registry.register.households.records import Household, PersonRow, uniques_of
from services.registry.register.households.register import person_row
from services.registry.register.households.rules import NoSuchVillage, NumberTaken, PersonRegistered
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answer, Answers, accepted, in_order, refused, unchanged
from shared.problems import Conflict, Problem
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.time import clock


class ChangeDiffers(Conflict):
    slug, zh, en = "change-differs", "此编号已用于另一变更", "This id was used for another change"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a list of changes needs to know beside the households: newcomers, and what stands against an item."""

    joining: dict[UUID, PersonRow]
    clashes: dict[UUID, Problem]
    today: date


async def decide(session: AsyncSession, keys: KeyRing, items: list[ChangeIn], *, through: str = "changes") -> Answers:
    """An answer for each change; a refused one leaves the others alone. The same again is "unchanged".

    ``through`` is the procedure that decided: some reasons are given by one procedure only.
    """
    today = await clock.today(session)
    answers = await _done_before(session, items)
    answers |= _of_other_procedures(items, through)
    if through == "changes":
        answers = await _decided_higher(session, items, today) | answers
    # Somebody who sends the same change twice in one list gets one answer twice.
    first = {item.id: n for n, item in reversed(list(enumerate(items)))}
    open_items = [(n, item) for n, item in enumerate(items) if item.id not in answers and first[item.id] == n]
    answers |= await enter.enter(session, keys, [pair for pair in open_items if pair[1].kind == "new_entry"], today)
    changing = [pair for pair in open_items if pair[1].kind != "new_entry"]
    facts = await _facts(session, keys, [item for _, item in changing], today)
    for some in _rounds(changing):
        answers |= await _round(session, some, facts)
    return in_order([item.id for item in items], answers)


def _of_other_procedures(items: list[ChangeIn], through: str) -> dict[UUID, Answer]:
    return {
        item.id: refused(item.id, rules.ReasonDoesNotFit(field="reason", rule=procedure), position=position)
        for position, item in enumerate(items)
        if (procedure := procedures().get(item.reason, through)) != through
    }


async def _decided_higher(session: AsyncSession, items: list[ChangeIn], today: date) -> dict[UUID, Answer]:
    """Changes that this office may not decide by itself."""
    division = caller_of(session).division
    direct = (await policy.resolve(session, "changes.direct", division, today)).value
    answers = {}
    for position, item in enumerate(items):
        try:
            rules.may_decide(item, direct, division)
        except Problem as problem:
            answers[item.id] = refused(item.id, problem, position=position)
    return answers


def _rounds(items: list[tuple[int, ChangeIn]]) -> list[list[tuple[int, ChangeIn]]]:
    """The items so that no household or person is concerned twice in a round, in the order given."""
    turn: dict[UUID, int] = defaultdict(int)
    rounds: list[list[tuple[int, ChangeIn]]] = []
    for position, item in items:
        concerned = item.concerns | set(_persons(item))
        number = max(turn[id] for id in concerned)
        for id in concerned:
            turn[id] = number + 1
        while number >= len(rounds):
            rounds.append([])
        rounds[number].append((position, item))
    return rounds


async def _round(session: AsyncSession, items: list[tuple[int, ChangeIn]], facts: _Facts) -> dict[UUID, Answer]:
    locked = await households.lock(session, [id for _, item in items for id in item.concerns])
    known = await _known(session, [item for _, item in items])
    answers: dict[UUID, Answer] = {}
    changes: list[Applied] = []
    for position, item in items:
        try:
            rules.check_common(item, facts.today)
            if item.id in facts.clashes:
                raise facts.clashes[item.id]
            steps = lineage.steps(locked, item, known, facts.today)
        except Problem as problem:
            answers[item.id] = refused(item.id, problem, position=position)
            continue
        for before, now, change in steps:
            joins = facts.joining.get(item.id) if item.kind == "member_added" else None
            changes.append(applied(before, now, replace(change, joins=joins)))
            _note(session, item, before, now)
        answers[item.id] = accepted(item.id)
    await apply(session, changes)
    return answers


def _note(session: AsyncSession, item: ChangeIn, before: Household | None, now: Household) -> None:
    audit.record(
        session,
        f"household.{item.kind}",
        "household",
        now.id,
        now.division,
        before={"status": before.status, "size": before.size, "version": before.version} if before else None,
        after={"status": now.status, "size": now.size, "version": now.version},
        reason=item.ground or item.reason,
    )


async def _done_before(session: AsyncSession, items: list[ChangeIn]) -> dict[UUID, Answer]:
    done = {row.id: row for row in await session.execute(queries.DONE, {"ids": [item.id for item in items]})}
    answers = {}
    for position, item in enumerate(items):
        if row := done.get(item.id):
            same = (row.household_id, row.kind, row.reason, row.effective_on) == (
                item.household_id,
                item.kind,
                item.reason,
                item.effective_on,
            )
            problem = ChangeDiffers(field="id", rule="one id, one change")
            answers[item.id] = unchanged(item.id) if same else refused(item.id, problem, position=position)
    return answers


async def _facts(session: AsyncSession, keys: KeyRing, items: list[ChangeIn], today: date) -> _Facts:
    joining = {item.id: person_row(item.member, keys) for item in items if item.member}
    clashes = await _clashes(session, items, joining) | await _places(session, items)
    return _Facts(joining, clashes, today)


async def _known(session: AsyncSession, items: list[ChangeIn]) -> dict[UUID, Known]:
    """The persons that some changes name, as they stand now: who they are, whether they live somewhere, their sex."""
    asked = sorted({id for item in items if item.kind != "member_left" for id in _persons(item)})
    rows = (await session.execute(queries.KNOWN, {"ids": asked})).all() if asked else ()
    return {
        row.id: Known(MemberState(id=row.id, relation="", born=row.born, labour=row.labour), row.lives, row.sex)
        for row in rows
    }


def _persons(item: ChangeIn) -> Iterator[UUID]:
    if item.person_id:
        yield item.person_id
    for part in (item.split, item.merge):
        yield from (one.person_id for one in (part.members if part else ()))


async def _clashes(
    session: AsyncSession, items: list[ChangeIn], joining: dict[UUID, PersonRow]
) -> dict[UUID, Problem]:
    """By which field a newcomer, or a household that splits off, is registered already or named twice here."""
    splits = {item.id: item.split for item in items if item.split}
    new = {id: {f"number:{split.number}", f"household:{split.id}"} for id, split in splits.items()}
    wanted = {one.key for row in joining.values() for one in uniques_of(row)}
    taken = await households.taken(session, wanted.union(*new.values()) if new else wanted)
    clashes: dict[UUID, Problem] = {}
    for id, row in joining.items():
        if clash := next((one.field for one in uniques_of(row) if one.key in taken), None):
            clashes[id] = PersonRegistered(field=f"member.{clash}", rule="once in the register")
        taken |= {one.key for one in uniques_of(row)}
    for id, keys in new.items():
        if keys & taken:
            clashes[id] = NumberTaken(field="split.number", rule="once in the register")
        taken |= keys
    return clashes


async def _places(session: AsyncSession, items: list[ChangeIn]) -> dict[UUID, Problem]:
    """Changes into a village that does not exist or lies outside the caller's division."""
    wanted = {item.id: item.division or (item.split.division if item.split else None) for item in items}
    codes = sorted({code for code in wanted.values() if code})
    villages = set((await session.execute(queries.VILLAGES, {"codes": codes})).scalars()) if codes else set()
    return {
        id: DivisionForbidden(field="division")
        if not caller_of(session).covers(code)
        else NoSuchVillage(field="division")
        for id, code in wanted.items()
        if code and (code not in villages or not caller_of(session).covers(code))
    }
