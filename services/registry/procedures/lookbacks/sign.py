"""Sign results in lists; the last signature makes the change, in the same transaction."""

import json
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.lookbacks import rules, service
from services.registry.procedures.lookbacks.records import Json, Result, Signed
from services.registry.procedures.lookbacks.results import FIELD
from services.registry.procedures.lookbacks.schemas import SignatureIn
from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from shared.database.session import caller_of, raw
from shared.http.items import Answer, Answers, Outcome, answer_each
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.workflow.separation import is_same_person

_LOCK = text("""
    SELECT r.id, r.household_id, r.division, r.result, r.status, r.signed, r.effective_on, r.ground, r.proposal,
        r.recorded_by, ARRAY(SELECT s.signed_by FROM lookback_signature s WHERE s.result_id = r.id) AS signers
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


async def sign_results(session: AsyncSession, keys: KeyRing, round_id: UUID, items: list[SignatureIn]) -> Answers:
    """Give the next signature under results, each answered by itself."""
    round, caller = await service.entered(session, round_id), caller_of(session)
    ids = [item.id for item in items]
    results = {row.id: Result(*row) for row in await session.execute(_LOCK, {"ids": ids, "round": round_id})}
    given: dict[UUID, Signed] = {}

    def decide(item: SignatureIn) -> Outcome:
        result = results.get(item.id)
        if result is None:
            raise rules.NoSuchResult(field="id")
        if result.status != "recorded" or any(is_same_person(caller.subject, one) for one in result.signers):
            return "unchanged"
        step = rules.next_signature(round, result, caller).step
        if not item.agreed and item.remark is None:
            raise rules.RemarkMissing(field="remark", rule="with a refusal")
        last = item.agreed and result.signed + 1 == len(round.steps)
        effect = _effect(result, keys) if last else None
        given[item.id] = Signed(result, step, item.agreed, item.remark, last, effect)
        return "accepted"

    answers = answer_each(items, decide)
    refusals = await _apply(session, keys, given, ids)
    kept = [one for id, one in given.items() if id not in refusals]
    await _write(session, round_id, kept)
    return Answers(items=[refusals.get(answer.id, answer) for answer in answers.items])


def _effect(result: Result, keys: KeyRing) -> ChangeIn | UUID | None:
    sealed = result.proposal
    proposal: Json = json.loads(keys.decrypt(sealed, field=FIELD, record=str(result.id))) if sealed else {}
    if "correction_id" in proposal:
        return UUID(str(proposal["correction_id"]))
    body = rules.change_of(result, proposal)
    return ChangeIn.model_validate(body) if body else None


async def _apply(
    session: AsyncSession, keys: KeyRing, given: dict[UUID, Signed], ids: list[UUID]
) -> dict[UUID, Answer]:
    """Make the changes; answers the refusal of those results whose change the register refuses."""
    making = [(id, one.effect) for id, one in given.items() if isinstance(one.effect, ChangeIn)]
    if not making:
        return {}
    answers = await changes.decide(session, keys, [change for _, change in making], through="lookbacks")
    refusals = {}
    for position, ((id, _), answer) in enumerate(zip(making, answers.items, strict=True)):
        if answer.problem:
            # The field is named from the request's own list.
            field = (answer.problem.field or "").replace(f"items[{position}]", f"items[{ids.index(id)}]", 1)
            problem = answer.problem.model_copy(update={"field": field})
            refusals[id] = Answer(id=id, status="refused", problem=problem)
    return refusals


async def _write(session: AsyncSession, round_id: UUID, given: list[Signed]) -> None:
    if not given:
        return
    connection, caller = await raw(session), caller_of(session)
    effects = [
        {
            "change_id": str(one.effect.id if isinstance(one.effect, ChangeIn) else one.effect),
            "result_id": str(one.result.id),
            "division": one.result.division,
        }
        for one in given
        if one.effect
    ]
    listed = to_json([one.to_json() for one in given]).decode()
    await connection.execute(_SIGN, listed, caller.subject)
    await connection.execute(_STATES, listed)
    await connection.execute(_EFFECTS, json.dumps(effects), round_id)
    audit.record(session, "round.signed", "round", round_id, caller.division, after={"results": len(given)})
