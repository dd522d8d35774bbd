"""Reviews by towns and decisions by counties, case by case of a batch whose spot checks are done."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.http.items import Outcome, answer_each, overrule_each
from shared.problems import Conflict, ProblemBody
from shared.security.auth import Caller
from shared.security.crypto import KeyRing
from shared.time import clock
from shared.workflow import case as moves
from shared.workflow import rules, store
from shared.workflow.batches import Batch, batches
from shared.workflow.case import Case, Reason
from shared.workflow.kinds import Judged, Made, Procedures, Words
from shared.workflow.procedure import DECIDED, Step
from shared.workflow.schemas import CaseAnswers, DecisionIn
from shared.workflow.separation import APPROVE, is_same_person, keep_apart


class NotInBatch(Conflict):
    slug, zh, en = (
        "case-not-listed",
        "请先列入批次并完成抽查",
        "It is put into a batch, and spot-checked, before it is decided",
    )


class SpotChecksMissing(Conflict):
    slug = "spot-checks-missing"
    zh = "该批次应抽查{needed}户（不少于{percent}%），已抽查{done}户"
    en = "{needed} of this batch ({percent} % or more) are to be checked on the spot; {done} were"
    needed: int
    done: int
    percent: int


class CheckContradicts(Conflict):
    slug, zh = "spot-check-contradicts", "抽查发现情况不实，不能通过"
    en = "The spot check did not confirm it; it cannot be approved"


async def decide_all(
    session: AsyncSession, procedures: Procedures, keys: KeyRing, items: Sequence[DecisionIn]
) -> CaseAnswers:
    """Decide cases. What a county approves takes effect today, in this transaction."""
    caller, today = caller_of(session), await clock.today(session)
    locked = await store.lock(session, [item.id for item in items])
    listed = await batches(session, [case.batch_id for case in locked.values()])
    judged = await _judged(session, procedures, items, locked, today)
    decided: dict[UUID, tuple[Case, Step, DecisionIn]] = {}

    def decide(item: DecisionIn) -> Outcome:
        case = store.existing(locked, item.id)
        if _again(case, item, caller.subject):
            return "unchanged"
        step = _may_decide(case, caller, today)
        _spot_checked(listed.get(case.batch_id) if case.batch_id else None, item)
        if item.approve and case.id in judged and (problem := judged[case.id].problem):
            raise problem
        decided[item.id] = (case, step, item)
        return "accepted"

    answers = answer_each(items, decide)
    approved = [case for case, step, item in decided.values() if _takes_effect(step, item, judged.get(case.id))]
    refused = await _take_effect(session, procedures, keys, approved, today)
    for id, (case, step, item) in decided.items():
        if id not in refused:
            words = procedures.kind(case.kind).words
            _apply(case, step, item, judged.get(id), words, caller.subject, today)
    await store.save(session, procedures, locked.values())
    return store.with_reasons(overrule_each(answers, refused), locked)


def _may_decide(case: Case, caller: Caller, today: date) -> Step:
    """Raises what stands in the way of a decision by this caller today."""
    step = rules.due_step(case, rules.decided_step(case).step, today)
    rules.authorised(step, caller)
    keep_apart(caller.subject, case.actors(), APPROVE)
    return step


def _takes_effect(step: Step, item: DecisionIn, judged: Judged | None) -> bool:
    return item.approve and step.kind == "decision" and not (judged and judged.reasons)


async def _judged(
    session: AsyncSession,
    procedures: Procedures,
    items: Sequence[DecisionIn],
    locked: Mapping[UUID, Case],
    today: date,
) -> dict[UUID, Judged]:
    """What the kinds say of approvals that are due: the standard of today, not of the day of the proposal."""
    made: dict[str, list[Made]] = defaultdict(list)
    for item in items:
        case = locked.get(item.id)
        if case and case.step and case.step.kind == "decision" and item.approve:
            made[case.kind].append(Made(case, case.step, item))
    judged: dict[UUID, Judged] = {}
    for name, together in made.items():
        if judge := procedures.kind(name).judges.get("decision"):
            judged |= await judge(session, together, today)
    return judged


def _spot_checked(batch: Batch | None, item: DecisionIn) -> None:
    """Raises NotInBatch, SpotChecksMissing, CheckContradicts."""
    if batch is None or item.id not in batch.members:
        raise NotInBatch(field="id", rule="in a batch")
    needed, done = len(batch.drawn), len(batch.checked)
    if done < needed:
        raise SpotChecksMissing(
            field="id", rule="share of the batch", needed=needed, done=done, percent=batch.percent
        )
    if item.approve and batch.members[item.id].confirmed is False:
        raise CheckContradicts(field="approve", rule="confirmed on the spot")


def _again(case: Case, item: DecisionIn, actor: str) -> bool:
    """Whether the last review or decision of the case said just this."""
    said = [done for done in case.done if case.steps[done.position].kind in DECIDED]
    content = item.model_dump(mode="json", exclude={"id"})
    deciding = case.step is not None and case.step.kind in DECIDED
    same = bool(said) and said[-1].record == content and is_same_person(said[-1].actor, actor)
    return same and not deciding


def _apply(
    case: Case, step: Step, item: DecisionIn, judged: Judged | None, words: Words, actor: str, today: date
) -> None:
    moves.record(case, item.model_dump(mode="json", exclude={"id"}), today, actor)
    if judged and item.approve:
        moves.rest_on(case, judged.policies, judged.facts)
    if judged and item.approve and judged.reasons:
        moves.refuse(case, judged.reasons, today, actor)
    elif not item.approve:
        zh, en = f"{step.zh}不予通过：{item.reason}", f"refused ({step.en}): {item.reason}"
        moves.refuse(case, [{"code": step.step, "zh": zh, "en": en}], today, actor)
    elif step.kind == "review":
        moves.advance(case, today)
    else:
        moves.approve(case, _reasons(case, words), today, actor)


def _reasons(case: Case, words: Words) -> list[Reason]:
    """What the approval rests on: every step with its day, in words."""
    reasons: list[Reason] = [{"code": "approved", "zh": words.approved, "en": f"{words.en}: every step was done"}]
    for done in case.done:
        step, said = case.steps[done.position], done.record
        zh, en = f"{step.zh}（{done.on.isoformat()}）", f"{step.en} ({done.on.isoformat()})"
        if step.kind == "vote":
            present, of, votes = (said[name] for name in ("present", "representatives", "in_favour"))
            zh += f"：应到{of}人，到会{present}人，同意{votes}人"
            en += f": {present} of {of} present, {votes} in favour"
        if step.kind == "consent" and not said["agrees"]:
            zh += f"：农户不同意（{said['reason']}）"
            en += f": the household declines ({said['reason']})"
        reasons.append({"code": step.step, "zh": zh, "en": en})
    return reasons


async def _take_effect(
    session: AsyncSession, procedures: Procedures, keys: KeyRing, approved: Sequence[Case], today: date
) -> dict[UUID, ProblemBody]:
    """What approvals do, kind by kind. Answers those that were refused after all."""
    refused: dict[UUID, ProblemBody] = {}
    for kind in procedures.kinds:
        if mine := [case for case in approved if case.kind == kind.name]:
            refused |= await kind.effect(session, keys, mine, today)
    return refused
