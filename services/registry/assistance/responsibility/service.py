"""Put somebody in charge, hand it over, end it: lists, each item decided by itself."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries, rules, store
from services.registry.assistance.responsibility.assign import Charge, charge
from services.registry.assistance.responsibility.schemas import AssignmentIn, EndingIn, HandoverIn
from services.registry.assistance.responsibility.scope import see
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Problem
from shared.time import clock

_COLUMNS = [field.name for field in fields(Charge)]


async def assign(session: AsyncSession, items: list[AssignmentIn]) -> Answers:
    """New responsibilities; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    known = await _locked(session, [item.id for item in items])
    sight = await see(
        session,
        staff={item.staff_id for item in items if item.staff_id},
        organisations={item.organisation_id for item in items if item.organisation_id},
        households={item.household_id for item in items if item.household_id},
        villages={item.village for item in items if item.village},
        today=today,
    )
    fresh: list[Charge] = []

    def decide(item: AssignmentIn) -> Outcome:
        if row := known.get(item.id):
            return _same(row, item)
        rules.check_parts(item)
        rules.check_start(item.started_on, today)
        fresh.append(charge(sight, item, caller))
        return "accepted"

    answers = answer_each(items, decide)
    await _write(session, fresh)
    await store.told(session, "assigned", [one.id for one in fresh])
    return answers


async def hand_over(session: AsyncSession, items: list[HandoverIn]) -> Answers:
    """End each old responsibility and begin its successor on the same day."""
    today, caller = await clock.today(session), caller_of(session)
    known = await _locked(session, [id for item in items for id in (item.id, item.ends)])
    ending = [known[item.ends] for item in items if item.ends in known]
    sight = await see(
        session,
        staff={item.staff_id for item in items if item.staff_id} | {row.staff_id for row in ending if row.staff_id},
        organisations={item.organisation_id for item in items if item.organisation_id}
        | {row.organisation_id for row in ending if row.role == "department"},
        households={row.household_id for row in ending if row.household_id},
        villages={row.division for row in ending},
        today=today,
    )
    fresh: list[Charge] = []
    ended: dict[UUID, HandoverIn] = {}

    def decide(item: HandoverIn) -> Outcome:
        if row := known.get(item.id):
            if (row.follows, row.started_on) != (item.ends, item.on):
                raise rules.ResponsibilityDiffers(field="id", rule="one id, one responsibility")
            return "unchanged"
        old = known.get(item.ends)
        if old is None:
            raise rules.NoSuchResponsibility(field="ends")
        if item.ends in ended:
            raise rules.EndedAlready(field="ends", rule="open", on=ended[item.ends].on.isoformat())
        rules.check_end(old, item.on, today)
        rules.check_successor(old, item)
        sight.note(old, item.on)
        try:
            fresh.append(charge(sight, _continuing(old, item), caller, old.id))
        except Problem:
            sight.note(old)
            raise
        ended[old.id] = item
        return "accepted"

    answers = answer_each(items, decide)
    await _end(session, [{"id": id, "on": item.on, "note": item.note} for id, item in ended.items()])
    await _write(session, fresh)
    await store.told(session, "assigned", [one.id for one in fresh])
    return answers


async def end(session: AsyncSession, items: list[EndingIn]) -> Answers:
    """End responsibilities; ended on the same day before is "unchanged"."""
    today = await clock.today(session)
    known = await _locked(session, [item.id for item in items])
    ended: list[dict[str, Any]] = []

    def decide(item: EndingIn) -> Outcome:
        row = known.get(item.id)
        if row is None:
            raise rules.NoSuchResponsibility(field="id")
        if row.ended_on == item.on:
            return "unchanged"
        rules.check_end(row, item.on, today)
        ended.append({"id": item.id, "on": item.on, "note": item.note})
        return "accepted"

    answers = answer_each(items, decide)
    await _end(session, ended)
    return answers


async def _locked(session: AsyncSession, ids: list[UUID]) -> dict[UUID, Any]:
    return {row.id: row for row in await session.execute(queries.LOCK, {"ids": sorted(set(ids))})}


async def _end(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        await session.execute(queries.END, rows)
    await store.told(session, "ended", [row["id"] for row in rows])


async def _write(session: AsyncSession, charges: list[Charge]) -> None:
    actor = caller_of(session).subject
    rows = [{name: getattr(one, name) for name in _COLUMNS} | {"actor": actor} for one in charges]
    if rows:
        await session.execute(queries.ASSIGN, rows)


def _same(row: Any, item: AssignmentIn) -> Outcome:
    said = (item.role, item.staff_id, item.household_id, item.started_on)
    if (row.role, row.staff_id, row.household_id, row.started_on) != said or item.village not in (None, row.division):
        raise rules.ResponsibilityDiffers(field="id", rule="one id, one responsibility")
    return "unchanged"


def _continuing(old: Any, item: HandoverIn) -> AssignmentIn:
    return AssignmentIn(
        id=item.id,
        role=old.role,
        started_on=item.on,
        village=None if old.household_id else old.division,
        household_id=old.household_id,
        organisation_id=item.organisation_id,
        staff_id=item.staff_id,
        note=item.note,
    )
