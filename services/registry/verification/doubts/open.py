"""Raise doubts 疑点: what a rule found is put before people once, however often the rule is run."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.records import Found
from shared import policy
from shared.database.session import caller_of, raw
from shared.security import audit
from shared.time import clock

_BATCH = 2000
_RAISE = "SELECT raise_doubts($1::jsonb, $2)"


async def raise_doubts(session: AsyncSession, rows: Sequence[Found]) -> int:
    """Raise what is neither open nor settled already, of rules that are not switched off; answers how many.

    A doubt lies first with the county, which has the days of the policy ``doubts.days`` to pass it on.
    """
    today, actor, made = await clock.today(session), caller_of(session).subject, 0
    connection = await raw(session)
    for county, found in _by_county(rows).items():
        days = await policy.resolve(session, "doubts.days", county, today)
        due_on = today + timedelta(days=days.read(dict[str, int])["raised"])
        raised = 0
        for start in range(0, len(found), _BATCH):
            batch = [one.to_json(due_on) for one in found[start : start + _BATCH]]
            raised += await connection.fetchval(_RAISE, to_json(batch).decode(), actor)
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
