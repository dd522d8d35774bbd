"""Record what was found, in lists."""

import json
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import rules, service
from services.registry.procedures.lookbacks.records import InScope, Json, Known
from services.registry.procedures.lookbacks.schemas import ResultIn
from shared.database.session import caller_of, raw
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.time import clock

FIELD = "lookback_result.proposal"
_SCOPE = text("""
    SELECT household_id, division, status FROM lookback_household
    WHERE round_id = :round AND household_id = ANY(:households)
""")
_KNOWN = text("""
    SELECT id, round_id, household_id, status, digest FROM lookback_result
    WHERE id = ANY(:ids) OR (round_id = :round AND household_id = ANY(:households))
""")
_CORRECTED = text("""
    SELECT household_id, id FROM change c
    WHERE id = ANY(:ids) AND kind = 'correction' AND recorded_at >= :opened_at
      AND NOT EXISTS (SELECT FROM lookback_effect e WHERE e.change_id = c.id)
""")
_RECORD = """
    INSERT INTO lookback_result (id, round_id, household_id, division, result, checked_on, effective_on, ground,
        evidence, proposal, digest, recorded_by)
    SELECT id, $2, household_id, division, result, checked_on, effective_on, ground, evidence, proposal,
        decode(digest, 'hex'), $3
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, household_id uuid, division text, result text,
        checked_on date, effective_on date, ground text, evidence text[], proposal text, digest text)
"""


async def record(session: AsyncSession, keys: KeyRing, round_id: UUID, items: list[ResultIn]) -> Answers:
    """Record results, each answered by itself; the same again is "unchanged"."""
    round, today = await service.entered(session, round_id), await clock.today(session)
    caller, households = caller_of(session), [item.household_id for item in items]
    bound = {"round": round_id, "households": households}
    scope = {row.household_id: InScope(*row) for row in await session.execute(_SCOPE, bound)}
    ids = {"ids": [item.id for item in items]}
    known = [Known(*row) for row in await session.execute(_KNOWN, bound | ids)]
    by_id = {row.id: row for row in known}
    standing = {row.household_id for row in known if row.round_id == round_id and row.status != "sent_back"}
    cited = {"ids": [item.correction_id for item in items if item.correction_id], "opened_at": round.opened_at}
    corrected = {(row.household_id, row.id) for row in await session.execute(_CORRECTED, cited)}
    rows: list[Json] = []

    def decide(item: ResultIn) -> Outcome:
        digest = keys.blind_index(item.model_dump_json(exclude={"id"}), FIELD)
        if before := by_id.get(item.id):
            if (before.round_id, before.digest) != (round_id, digest):
                raise rules.ResultDiffers(field="id", rule="one id, one result")
            return "unchanged"
        rules.check(item, scope.get(item.household_id), round, today, corrected)
        division = item.household.division if item.household else scope[item.household_id].division
        if not caller.covers(division) or not division.startswith(round.division):
            raise DivisionForbidden(field="household.division")
        if item.household_id in standing:
            raise rules.ResultExists(field="household_id", rule="once a round")
        standing.add(item.household_id)
        rows.append(_row(item, division, digest, keys))
        return "accepted"

    answers = answer_each(items, decide)
    if rows:
        await (await raw(session)).execute(_RECORD, json.dumps(rows, ensure_ascii=False), round_id, caller.subject)
        audit.record(session, "round.recorded", "round", round_id, caller.division, after={"results": len(rows)})
    return answers


def _row(item: ResultIn, division: str, digest: bytes, keys: KeyRing) -> Json:
    parts = {"household", "member", "person_id", "successor_id", "relations", "correction_id"}
    proposal = item.model_dump(mode="json", include=parts, exclude_none=True, exclude_unset=True)
    return {
        "id": str(item.id),
        "household_id": str(item.household_id),
        "division": division,
        "result": item.result,
        "checked_on": item.checked_on.isoformat(),
        "effective_on": (item.effective_on or item.checked_on).isoformat(),
        "ground": item.ground,
        "evidence": item.evidence,
        "proposal": keys.encrypt(json.dumps(proposal, ensure_ascii=False), field=FIELD, record=str(item.id))
        if proposal
        else None,
        "digest": digest.hex(),
    }
