"""Raise doubts 疑点: what a rule found is told to people once, however often the rule is run."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.session import caller_of, raw
from shared.names.ids import uuid7
from shared.policy import Reference
from shared.security import audit
from shared.time import clock

Severity = Literal["notice", "warning", "serious"]
_BATCH = 2000
_RAISE = "SELECT raise_doubts($1::jsonb, $2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found about a household, one of its persons, or a record of a department.

    ``evidence`` shows masked numbers only. ``fingerprint`` says what makes the same finding the same (by default all
    of the evidence): a finding that was settled is not raised again while its fingerprint stays.
    """

    rule: str
    rule_version: int
    division: str
    evidence: dict[str, Any]
    severity: Severity
    household_id: UUID | None = None
    person_id: UUID | None = None
    ground: str | None = None
    feed: str | None = None
    record_id: UUID | None = None
    fingerprint: str | None = None
    policy: Reference | None = None


async def raise_doubts(session: AsyncSession, rows: Sequence[Found]) -> int:
    """Raise what is neither open nor settled already, of rules that are not switched off; answers how many.

    A doubt lies first with the county, which has the days of the policy ``doubts.days`` to pass it on.
    """
    today, actor, made = await clock.today(session), caller_of(session).subject, 0
    connection = await raw(session)
    for county, found in _by_county(rows).items():
        days = await policy.resolve(session, "doubts.days", county, today)
        due_on = (today + timedelta(days=days.value["raised"])).isoformat()
        raised = 0
        for start in range(0, len(found), _BATCH):
            batch = [_row(one, due_on) for one in found[start : start + _BATCH]]
            raised += await connection.fetchval(_RAISE, json.dumps(batch, default=str), actor)
        if raised:
            rules = sorted({one.rule for one in found})
            audit.record(session, "doubts.raised", "rule", ", ".join(rules)[:200], county, after={"raised": raised})
        made += raised
    return made


def _by_county(rows: Sequence[Found]) -> dict[str, list[Found]]:
    counties: dict[str, list[Found]] = {}
    for row in rows:
        counties.setdefault(row.division[:6], []).append(row)
    return counties


def _row(found: Found, due_on: str) -> dict[str, Any]:
    return asdict(found) | {"id": uuid7(), "due_on": due_on}
