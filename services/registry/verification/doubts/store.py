"""Take a step with a list of doubts: lock, decide each by itself, write and publish together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import DOUBT, DoubtState
from services.registry.verification.doubts import rules
from services.registry.verification.doubts.records import COLUMNS, Doubt, Json, Last, Locked, Step, Taken
from services.registry.verification.doubts.schemas import DoubtIn
from shared import policy
from shared.database.session import caller_of
from shared.events import outbox
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock

_LOCK = text(f"SELECT {COLUMNS} FROM doubt WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")  # noqa: S608 (our own words)
_LAST = text("""
    SELECT DISTINCT ON (doubt_id) doubt_id, step, content, done_on, recorded_by FROM doubt_step
    WHERE doubt_id = ANY(:ids) ORDER BY doubt_id, version DESC
""")
_MOVE = text("""
    UPDATE doubt d SET division = row.division, status = row.status, round = row.round, version = row.version,
        due_on = row.due_on, verdict = row.verdict, upheld = row.upheld, checked_by = row.checked_by,
        judged_by = row.judged_by, reviewed_by = row.reviewed_by, closed_by = row.closed_by,
        closed_on = row.closed_on, change_id = row.change_id, may_return = row.may_return
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, division text, status text, round integer,
        version integer, due_on date, verdict text, upheld boolean, checked_by text, judged_by text,
        reviewed_by text, closed_by text, closed_on date, change_id uuid, may_return boolean)
    WHERE d.id = row.id
""")
_NOTE = text("""
    INSERT INTO doubt_step (doubt_id, division, round, version, step, status, content, recorded_by)
    SELECT row.id, row.division, row.round, row.version, row.step, row.status, row.content, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, division text, round integer, version integer,
        step text, status text, content jsonb)
""")

Item = TypeVar("Item", bound=DoubtIn)


async def decide(
    session: AsyncSession,
    items: Sequence[Item],
    step_of: Callable[[Item], Step],
    move: Callable[[Item, Locked], Doubt],
) -> tuple[Answers, list[Taken]]:
    """Decide each item on its locked doubt; nothing is written yet. The same step again is "unchanged"."""
    actor = caller_of(session).subject
    doubts = await _lock(session, [item.id for item in items])
    taken: dict[UUID, Taken] = {}

    def one(item: Item) -> Outcome:
        locked, step, content = doubts.get(item.id), step_of(item), _content(item)
        if locked is None:
            raise rules.NoSuchDoubt(field="id")
        if locked.said_before(step, content, actor):
            return "unchanged"
        taken[item.id] = Taken(step, content, locked.doubt, move(item, locked))
        return "accepted"

    return answer_each(items, one), list(taken.values())


async def write(session: AsyncSession, taken: Sequence[Taken]) -> None:
    """Write the steps that were taken, with the day until which the next desk has to act, and publish them."""
    today, actor = await clock.today(session), caller_of(session).subject
    days: dict[str, Mapping[str, int]] = {
        county: (await policy.resolve(session, "doubts.days", county, today)).read(dict[str, int])
        for county in sorted({one.now.county for one in taken})
    }
    dated = [
        replace(one, now=replace(one.now, due_on=rules.due(days[one.now.county], one.now.status, today)))
        for one in taken
    ]
    for one in dated:
        _publish(session, one)
    if dated:
        rows = to_json([one.to_json() for one in dated]).decode()
        await session.execute(_MOVE, {"rows": rows})
        await session.execute(_NOTE, {"rows": rows, "actor": actor})


async def take(
    session: AsyncSession,
    items: Sequence[Item],
    step_of: Callable[[Item], Step],
    move: Callable[[Item, Locked], Doubt],
) -> Answers:
    """Decide each item on its locked doubt and write what was decided."""
    answers, taken = await decide(session, items, step_of, move)
    await write(session, taken)
    return answers


def state_of(doubt: Doubt) -> DoubtState:
    """What others are told of a doubt."""
    return DoubtState.model_validate({field: getattr(doubt, field) for field in DoubtState.model_fields})


def _content(item: DoubtIn) -> Json:
    """What a step says, as it is kept."""
    return item.model_dump(mode="json", exclude={"id"}, exclude_none=True)


def _publish(session: AsyncSession, taken: Taken) -> None:
    state, verb = state_of(taken.now), rules.MOVES[taken.step].verb
    key = state.household_id or state.id
    outbox.publish(session, DOUBT, verb, state, key=key, sequence=taken.now.version, subject=state.id)
    reason = taken.content.get("ground") or taken.content.get("note")
    audit.record(
        session,
        f"doubt.{taken.step}",
        "doubt",
        state.id,
        state.division,
        before={"status": taken.before.status},
        after={"status": state.status, "verdict": state.verdict},
        reason=str(reason) if reason else None,
    )


async def _lock(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Locked]:
    doubts = [Doubt(*row) for row in await session.execute(_LOCK, {"ids": sorted(set(ids))})]
    last = {
        row.doubt_id: Last(row.step, row.content, row.done_on, row.recorded_by)
        for row in await session.execute(_LAST, {"ids": [one.id for one in doubts]})
    }
    return {one.id: Locked(one, last[one.id]) for one in doubts}
