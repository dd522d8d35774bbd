"""Record what was done at the step of a case that is due."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.http.items import Outcome, answer_each, overrule_each
from shared.problems import Problem, ProblemBody
from shared.security.auth import Caller
from shared.security.crypto import KeyRing
from shared.time import clock
from shared.words import Word
from shared.workflow import case as moves
from shared.workflow import judges, rules, store
from shared.workflow.case import Case, Reason
from shared.workflow.kinds import Holder, Judged, Made, Procedures
from shared.workflow.post import announce, post
from shared.workflow.procedure import Step
from shared.workflow.records import Announcement, Dated, Payment, Posted, Signature
from shared.workflow.schemas import CaseAnswers, StepIn

_Together = dict[tuple[str, str, str, str], list[tuple[Case, Posted | Announcement]]]


@dataclass(frozen=True, slots=True)
class _Known:
    """Who holds the posts of each village today, how posts are called, and what judges say of the records."""

    posts: Mapping[str, Mapping[str, Holder]]
    words: Mapping[str, Word]
    judged: Mapping[UUID, Judged]


async def record_all(
    session: AsyncSession, procedures: Procedures, keys: KeyRing, items: Sequence[StepIn]
) -> CaseAnswers:
    """Record steps, each of its case; a step that was recorded with the same content before is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    locked = await store.lock(session, [item.id for item in items])
    known = await _known(session, procedures, items, locked, caller, today)
    posted: _Together = defaultdict(list)
    announced: _Together = defaultdict(list)
    paid: list[Case] = []

    def decide(item: StepIn) -> Outcome:
        case = store.existing(locked, item.id)
        if _again(case, item, caller.subject):
            return "unchanged"
        step, record = _due(case, item, caller, today), item.record
        reason = judges.judge(case, step, record, caller.subject)
        if isinstance(record, Posted):
            posted[case.division, case.kind, step.step, record.place].append((case, record))
        elif isinstance(record, Signature):
            _sign(case, step, record, caller, today, known)
        else:
            _record(case, record, caller, today, reason, known.judged.get(case.id))
            if isinstance(record, Announcement) and case.status == "approved":
                announced[case.division, case.kind, step.step, record.place].append((case, record))
            if isinstance(record, Payment):
                paid.append(case)
        return "accepted"

    answers = answer_each(items, decide)
    refused = await _release(session, procedures, keys, paid, today)
    for together in posted.values():
        for case, record in together:
            moves.record(case, record.model_dump(mode="json"), today, caller.subject)
        await post(session, procedures, *_one_notice(together), today)
    for together in announced.values():
        await announce(session, procedures, *_one_notice(together), today)
    await store.save(session, procedures, [case for id, case in locked.items() if id not in refused])
    return store.with_reasons(overrule_each(answers, refused), locked)


def _again(case: Case, item: StepIn, actor: str) -> bool:
    content = item.record.model_dump(mode="json")
    position = case.procedure.position(item.step)
    return any((done.position, done.record, done.actor) == (position, content, actor) for done in case.done)


def _due(case: Case, item: StepIn, caller: Caller, today: date) -> Step:
    """The step that the record is for. Raises what stands in the way."""
    step = rules.due_step(case, item.step, today)
    rules.authorised(step, caller)
    if item.record.kind != step.kind:
        raise rules.RecordDoesNotFit(field="record.kind", rule=step.kind)
    if not isinstance(item.record, Posted | Signature):
        rules.plausible(case, item.record.on, today)
    return step


async def _known(
    session: AsyncSession,
    procedures: Procedures,
    items: Sequence[StepIn],
    locked: Mapping[UUID, Case],
    caller: Caller,
    today: date,
) -> _Known:
    signing = [locked[item.id] for item in items if isinstance(item.record, Signature) and item.id in locked]
    villages = sorted({case.division for case in signing})
    posts = {village: await procedures.posts(session, village, today) for village in villages}
    slots = {slot for case in signing for step in case.steps for slot in step.posts}
    names = {slot.post for slot in slots} | {slot.otherwise for slot in slots if slot.otherwise}
    judged = await _judged(session, procedures, items, locked, caller, today)
    return _Known(posts, {name: procedures.post_name(name) for name in names}, judged)


async def _judged(
    session: AsyncSession,
    procedures: Procedures,
    items: Sequence[StepIn],
    locked: Mapping[UUID, Case],
    caller: Caller,
    today: date,
) -> dict[UUID, Judged]:
    """What the kinds say of the records that may be made; those that may not are refused for that, one by one."""
    made: dict[tuple[str, str], list[Made]] = defaultdict(list)
    for item in items:
        case = locked.get(item.id)
        if case is None or isinstance(item.record, Posted | Signature) or _again(case, item, caller.subject):
            continue
        try:
            step = _due(case, item, caller, today)
        except Problem:
            continue
        made[case.kind, step.kind].append(Made(case, step, item.record))
    judged: dict[UUID, Judged] = {}
    for (kind, step_kind), together in made.items():
        for of, judge in procedures.kind(kind).judges.items():
            if of == step_kind:
                judged |= await judge(session, together, today)
    return judged


def _sign(case: Case, step: Step, record: Signature, caller: Caller, today: date, known: _Known) -> None:
    slot = rules.may_sign(case, step, record.post, caller.subject, known.posts[case.division], known.words)
    moves.record(case, record.model_dump(mode="json"), today, caller.subject, slot.post)
    if not rules.unsigned(step, [done.part for done in case.parts()]):
        moves.advance(case, today)


def _record(
    case: Case, record: Dated, caller: Caller, today: date, reason: Reason | None, judged: Judged | None
) -> None:
    if judged and judged.problem:
        raise judged.problem
    moves.record(case, record.model_dump(mode="json"), record.on, caller.subject)
    reasons = [reason] if reason else []
    if judged:
        moves.rest_on(case, judged.policies, judged.facts)
        reasons += judged.reasons
    if reasons:
        moves.refuse(case, reasons, today, caller.subject)
    else:
        moves.advance(case, today)


async def _release(
    session: AsyncSession, procedures: Procedures, keys: KeyRing, paid: Sequence[Case], today: date
) -> dict[UUID, ProblemBody]:
    """What the kinds do when a payment is released. Answers those that were refused after all."""
    refused: dict[UUID, ProblemBody] = {}
    for kind in procedures.kinds:
        if mine := [case for case in paid if case.kind == kind.name]:
            refused |= await kind.release(session, keys, mine, today)
    return refused


def _one_notice(together: Sequence[tuple[Case, Posted | Announcement]]) -> tuple[list[Case], str, list[str]]:
    """The cases of one notice, where it hangs, and the photos of it."""
    cases = {case.id: case for case, _ in together}
    photos = sorted({photo for _, record in together for photo in record.photos})
    return list(cases.values()), together[0][1].place, photos
