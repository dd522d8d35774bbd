"""Decide a list of changes: lock once, decide each by itself, write together."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.changes import aggregate, entry, rules
from services.registry.changes.aggregate import Change, Household
from services.registry.changes.schemas import ChangeIn
from services.registry.households import uniques
from services.registry.households.reading import NoSuchHousehold
from services.registry.households.register import PersonRegistered
from services.registry.households.registering import member_row
from shared import audit, clock
from shared.crypto import KeyRing
from shared.items import Answer, Answers, accepted, in_order, refused, unchanged
from shared.problems import Conflict, Problem

_DONE = text("SELECT id, household_id, kind, reason, effective_on FROM change WHERE id = ANY(:ids)")


class ChangeDiffers(Conflict):
    slug, zh, en = "change-differs", "此编号已用于另一变更", "This id was used for another change"


async def decide(session: AsyncSession, keys: KeyRing, items: list[ChangeIn]) -> Answers:
    """An answer for each change; a refused one leaves the others alone. The same again is "unchanged"."""
    today = await clock.today(session)
    answers = await _done_before(session, items)
    open_items = [(n, item) for n, item in enumerate(items) if item.id not in answers]
    answers |= await entry.enter(session, keys, [pair for pair in open_items if pair[1].kind == "new_entry"], today)
    changing = [pair for pair in open_items if pair[1].kind != "new_entry"]
    newcomers = await _newcomers(session, keys, [item for _, item in changing])
    for some in _rounds(changing):
        answers |= await _round(session, some, today, *newcomers)
    return in_order([item.id for item in items], answers)


def _rounds(items: list[tuple[int, ChangeIn]]) -> list[list[tuple[int, ChangeIn]]]:
    """The items so that no household stands twice in a round, in the order given."""
    turn: dict[UUID, int] = defaultdict(int)
    rounds: list[list[tuple[int, ChangeIn]]] = []
    for position, item in items:
        number = turn[item.household_id]
        turn[item.household_id] += 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append((position, item))
    return rounds


async def _round(
    session: AsyncSession,
    items: list[tuple[int, ChangeIn]],
    today: date,
    joining: dict[UUID, dict[str, Any]],
    clashes: dict[UUID, str],
) -> dict[UUID, Answer]:
    households = await aggregate.lock(session, [item.household_id for _, item in items])
    answers: dict[UUID, Answer] = {}
    rows: list[dict[str, Any]] = []
    for position, item in items:
        try:
            before = households.get(item.household_id)
            if before is None:
                raise NoSuchHousehold(field="household_id")
            now = rules.decide(before, item, today)
            if item.id in clashes:
                raise PersonRegistered(field=f"member.{clashes[item.id]}", rule="once in the register")
        except Problem as problem:
            answers[item.id] = refused(item.id, problem, position=position)
            continue
        rows.append(aggregate.row(before, now, _change(item, joining.get(item.id))))
        _note(session, item, before, now)
        answers[item.id] = accepted(item.id)
    await aggregate.apply(session, rows)
    return answers


def _change(item: ChangeIn, joins: dict[str, Any] | None) -> Change:
    leaves = item.person_id if item.kind == "member_left" else None
    return Change(
        id=item.id,
        kind=item.kind,
        reason=item.reason,
        effective_on=item.effective_on,
        verb=rules.VERBS[item.kind],
        ground=item.ground,
        captured_at=item.captured_at.isoformat() if item.captured_at else None,
        person_id=leaves or (item.member.id if item.member else None),
        leaves=leaves,
        successor=item.successor_id if leaves else None,
        joins=joins,
    )


def _note(session: AsyncSession, item: ChangeIn, before: Household, now: Household) -> None:
    audit.record(
        session,
        f"household.{item.kind}",
        "household",
        now.id,
        now.division,
        before={"status": before.status, "size": before.size, "version": before.version},
        after={"status": now.status, "size": now.size, "version": now.version},
        reason=item.ground or item.reason,
    )


async def _done_before(session: AsyncSession, items: list[ChangeIn]) -> dict[UUID, Answer]:
    done = {row.id: row for row in await session.execute(_DONE, {"ids": [item.id for item in items]})}
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


async def _newcomers(
    session: AsyncSession, keys: KeyRing, items: list[ChangeIn]
) -> tuple[dict[UUID, dict[str, Any]], dict[UUID, str]]:
    """The row of who joins in each change, and by which field somebody is registered already or named twice here."""
    rows = {item.id: member_row(item.member, keys) for item in items if item.member}
    taken = await uniques.taken(session, [one.key for row in rows.values() for one in uniques.of_member(row)])
    clashes = {}
    for id, row in rows.items():
        if clash := next((one.field for one in uniques.of_member(row) if one.key in taken), None):
            clashes[id] = clash
        taken |= {one.key for one in uniques.of_member(row)}
    return rows, clashes
