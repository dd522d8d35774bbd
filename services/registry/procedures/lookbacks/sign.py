"""Sign results in lists; the last signature makes the change, in the same transaction."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import rules
from services.registry.procedures.lookbacks import service as opening
from services.registry.procedures.lookbacks.results import FIELD
from services.registry.procedures.lookbacks.schemas import SignatureIn
from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from shared.database.session import caller_of, raw
from shared.http.items import Answer, Answers, Outcome, answer_each
from shared.security import audit
from shared.security.crypto import KeyRing

_LOCK = text("""
    SELECT r.*, ARRAY(SELECT s.signed_by FROM lookback_signature s WHERE s.result_id = r.id) AS signers
    FROM lookback_result r WHERE r.id = ANY(:ids) AND r.round_id = :round ORDER BY r.id FOR UPDATE OF r
""")
_SIGN = """
    INSERT INTO lookback_signature (result_id, position, division, step, agreed, remark, signed_by)
    SELECT id, position, division, step, agreed, remark, $2
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, position integer, division text, step text, agreed boolean,
        remark text)
"""
# What has been entered need not be kept a second time.
_STATES = """
    UPDATE lookback_result r SET signed = row.signed, status = row.status,
        proposal = CASE WHEN row.status = 'recorded' THEN r.proposal END
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, signed integer, status text) WHERE r.id = row.id
"""
_EFFECTS = """
    INSERT INTO lookback_effect (change_id, round_id, result_id, division)
    SELECT change_id, $2, result_id, division
    FROM jsonb_to_recordset($1::jsonb) AS row(change_id uuid, result_id uuid, division text)
"""


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signature about to be written; ``effect`` is what the last one does to the register.

    That is a change to be made, or the id of a correction that was made already.
    """

    row: Any
    step: str
    item: SignatureIn
    last: bool
    effect: ChangeIn | UUID | None

    @property
    def status(self) -> str:
        return "sent_back" if not self.item.agreed else "confirmed" if self.last else "recorded"


async def sign(session: AsyncSession, keys: KeyRing, round_id: UUID, items: list[SignatureIn]) -> Answers:
    """Give the next signature under results, each answered by itself."""
    round_row, caller = await opening.entered(session, round_id), caller_of(session)
    ids = [item.id for item in items]
    rows = {row.id: row for row in await session.execute(_LOCK, {"ids": ids, "round": round_id})}
    given: dict[UUID, _Signed] = {}

    def decide(item: SignatureIn) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise rules.NoSuchResult(field="id")
        if row.status != "recorded" or caller.subject in row.signers:
            return "unchanged"
        step = rules.next_step(round_row.steps, row.signed, caller, [row.recorded_by, *row.signers])
        if not item.agreed and item.remark is None:
            raise rules.RemarkMissing(field="remark", rule="with a refusal")
        last = item.agreed and row.signed + 1 == len(round_row.steps)
        given[item.id] = _Signed(row, step["step"], item, last, _effect(row, keys) if last else None)
        return "accepted"

    answers = answer_each(items, decide)
    refusals = await _apply(session, keys, given, ids)
    kept = [one for id, one in given.items() if id not in refusals]
    await _write(session, round_id, kept)
    return Answers(items=[refusals.get(answer.id, answer) for answer in answers.items])


def _effect(row: Any, keys: KeyRing) -> ChangeIn | UUID | None:
    proposal = json.loads(keys.decrypt(row.proposal, field=FIELD, record=str(row.id))) if row.proposal else {}
    if "correction_id" in proposal:
        return UUID(proposal["correction_id"])
    body = rules.change_of(row, proposal)
    return ChangeIn.model_validate(body) if body else None


async def _apply(
    session: AsyncSession, keys: KeyRing, given: dict[UUID, _Signed], ids: list[UUID]
) -> dict[UUID, Answer]:
    """Make the changes; answers the refusal of those results whose change the register refuses."""
    making = [(id, one.effect) for id, one in given.items() if isinstance(one.effect, ChangeIn)]
    if not making:
        return {}
    answers = await changes.decide(session, keys, [change for _, change in making], through="rounds")
    refusals = {}
    for position, ((id, _), answer) in enumerate(zip(making, answers.items, strict=True)):
        if answer.problem:
            # The field is named from the request's own list.
            field = (answer.problem.field or "").replace(f"items[{position}]", f"items[{ids.index(id)}]", 1)
            problem = answer.problem.model_copy(update={"field": field})
            refusals[id] = Answer(id=id, status="refused", problem=problem)
    return refusals


async def _write(session: AsyncSession, round_id: UUID, given: list[_Signed]) -> None:
    if not given:
        return
    connection, caller = await raw(session), caller_of(session)
    signatures = [
        {
            "id": str(one.row.id),
            "position": one.row.signed + 1,
            "division": one.row.division,
            "step": one.step,
            "agreed": one.item.agreed,
            "remark": one.item.remark,
            "signed": one.row.signed + 1,
            "status": one.status,
        }
        for one in given
    ]
    effects = [
        {
            "change_id": str(one.effect.id if isinstance(one.effect, ChangeIn) else one.effect),
            "result_id": str(one.row.id),
            "division": one.row.division,
        }
        for one in given
        if one.effect
    ]
    listed = json.dumps(signatures, ensure_ascii=False)
    await connection.execute(_SIGN, listed, caller.subject)
    await connection.execute(_STATES, listed)
    await connection.execute(_EFFECTS, json.dumps(effects), round_id)
    audit.record(session, "round.signed", "round", round_id, caller.division, after={"results": len(given)})
