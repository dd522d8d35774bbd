"""Take a step with a list of doubts: lock, decide each by itself, write and tell together."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import DOUBT, DoubtState
from services.registry.verification.doubts import rules
from services.registry.verification.doubts.schemas import DoubtIn
from shared import policy
from shared.database.session import caller_of
from shared.events import outbox
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import NotFound
from shared.security import audit
from shared.time import clock

_LOCK = text("SELECT * FROM doubt WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
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


class NoSuchDoubt(NotFound):
    slug, zh, en = "no-such-doubt", "没有这一疑点", "There is no such doubt"


@dataclass(frozen=True, slots=True)
class Last:
    """The last thing that was done about a doubt."""

    step: str
    content: dict[str, Any]
    done_on: date
    recorded_by: str


@dataclass(slots=True)
class Doubt:
    """A locked doubt: its row, its last step, and what a step of now makes of it."""

    row: dict[str, Any]
    last: Last
    now: dict[str, Any] | None = None

    def said_before(self, step: str, content: dict[str, Any], actor: str) -> bool:
        """Whether this very step was the last one."""
        return (self.last.step, self.last.content, self.last.recorded_by) == (step, content, actor)

    def take(self, step: str, content: dict[str, Any], **changes: Any) -> None:
        """Take a step. Raises NotNow."""
        move = rules.may(step, self.row["status"])
        forgotten = (
            dict.fromkeys(("verdict", "upheld", "checked_by", "judged_by", "reviewed_by", "closed_by", "closed_on"))
            if step in rules.FORGETS
            else {}
        )
        self.now = self.row | forgotten | {"status": move.after, "version": self.row["version"] + 1} | changes
        self.now |= {"step": step, "content": content, "verb": move.verb}


async def decide(
    session: AsyncSession, items: Sequence[Item], step_of: Callable[[Item], str], take: Callable[[Item, Doubt], None]
) -> tuple[Answers, dict[UUID, Doubt]]:
    """Decide each item on its locked doubt; nothing is written yet. The same step again is "unchanged"."""
    actor = caller_of(session).subject
    doubts = await _lock(session, [item.id for item in items])

    def one(item: Item) -> Outcome:
        doubt = doubts.get(item.id)
        if doubt is None:
            raise NoSuchDoubt(field="id")
        if doubt.said_before(step_of(item), content_of(item), actor):
            return "unchanged"
        take(item, doubt)
        return "accepted"

    return answer_each(items, one), {id: doubt for id, doubt in doubts.items() if doubt.now}


def content_of(item: DoubtIn) -> dict[str, Any]:
    """What a step says, as it is kept."""
    return item.model_dump(mode="json", exclude={"id"}, exclude_none=True)


async def write(session: AsyncSession, doubts: Iterable[Doubt]) -> None:
    """Write the steps that were taken, with the day until which the next desk has to act, and tell of them."""
    today, actor = await clock.today(session), caller_of(session).subject
    moved = [doubt for doubt in doubts if doubt.now]
    days = {
        county: (await policy.resolve(session, "doubts.days", county, today)).value
        for county in sorted({doubt.row["county"] for doubt in moved})
    }
    rows = []
    for doubt in moved:
        now = doubt.now or {}
        left = days[now["county"]].get(now["status"])
        now["due_on"] = today + timedelta(days=left) if now["status"] != "closed" else None
        rows.append(now)
        _tell(session, doubt.row, now)
    if rows:
        bound = {"rows": json.dumps(rows, default=str), "actor": actor}
        await session.execute(_MOVE, {"rows": bound["rows"]})
        await session.execute(_NOTE, bound)


def state_of(row: Mapping[str, Any]) -> DoubtState:
    """What others are told of a doubt."""
    return DoubtState(**{field: row[field] for field in DoubtState.model_fields})


def _tell(session: AsyncSession, before: dict[str, Any], now: dict[str, Any]) -> None:
    state = state_of(now)
    key = state.household_id or state.id
    outbox.publish(session, DOUBT, now["verb"], state, key=key, sequence=now["version"], subject=state.id)
    audit.record(
        session,
        f"doubt.{now['step']}",
        "doubt",
        state.id,
        state.division,
        before={"status": before["status"]},
        after={"status": state.status, "verdict": state.verdict},
        reason=now["content"].get("ground") or now["content"].get("note"),
    )


async def _lock(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Doubt]:
    rows = (await session.execute(_LOCK, {"ids": sorted(set(ids))})).mappings().all()
    last = {
        row.doubt_id: Last(row.step, row.content, row.done_on, row.recorded_by)
        for row in await session.execute(_LAST, {"ids": [row["id"] for row in rows]})
    }
    return {row["id"]: Doubt(dict(row), last[row["id"]]) for row in rows}
