"""Objections to cases: an open one stops them; an upheld one sends back or ends; another restarts the notice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.http.items import Answers
from shared.notices import objections
from shared.notices.objections import Answered
from shared.notices.schemas import AnswerIn, ObjectionIn
from shared.problems import Conflict
from shared.time import clock
from shared.workflow import case as moves
from shared.workflow import store
from shared.workflow.case import Case, Reason
from shared.workflow.kinds import Procedures
from shared.workflow.post import post
from shared.workflow.procedure import Step
from shared.workflow.separation import ANSWER, keep_apart

_UPHELD: Reason = {"code": "objection", "zh": "公示异议成立", "en": "an objection to the notice was upheld"}


class TooLate(Conflict):
    slug, zh = "objection-too-late", "该事项已办结，请按信访申诉程序反映"
    en = "The case is decided; an objection comes too late"


async def raise_all(session: AsyncSession, procedures: Procedures, items: Sequence[ObjectionIn]) -> Answers:
    """Record objections; one against a case stops it until it is answered, whatever step has come meanwhile."""
    locked = await store.lock(session, [item.case_id for item in items if item.case_id])
    answers = await objections.raise_all(session, items, _may_object(locked))
    await store.save(session, procedures, locked.values())
    return answers


def _may_object(locked: dict[UUID, Case]) -> Callable[[UUID], None]:
    def check(case_id: UUID) -> None:
        if store.existing(locked, case_id, "case_id").status != "open":
            raise TooLate(field="case_id", rule="before the decision")

    return check


async def answer_all(session: AsyncSession, procedures: Procedures, items: Sequence[AnswerIn]) -> Answers:
    """Answer objections, and move the cases as their procedure says."""
    concerned = await objections.cases_of(session, [item.id for item in items])
    locked = await store.lock(session, concerned)

    def apart(actor: str, case_id: UUID | None, posted_by: str) -> None:
        others: Iterable[str] = store.existing(locked, case_id).actors() if case_id else [posted_by]
        keep_apart(actor, others, ANSWER)

    answers, answered = await objections.answer_all(session, items, apart)
    await _move(session, procedures, locked, answered)
    await store.save(session, procedures, locked.values())
    return answers


async def _move(
    session: AsyncSession, procedures: Procedures, locked: dict[UUID, Case], answered: Sequence[Answered]
) -> None:
    today, actor = await clock.today(session), caller_of(session).subject
    restarting: dict[tuple[str, str, str, str], list[Case]] = defaultdict(list)
    for case_id in {one.case_id for one in answered if one.case_id}:
        case = locked[case_id]
        mine = [one for one in answered if one.case_id == case_id]
        case.objections -= len(mine)
        position = _notice_position(case)
        if case.status != "open" or position is None:
            continue
        step = case.steps[position]
        if any(one.upheld for one in mine):
            _uphold(case, step, today, actor)
        elif step.dismissed == "restart":
            _back_on_notice(case, position)
            restarting[case.division, case.kind, step.step, _place(case, position)].append(case)
        else:
            moves.settle(case, today)
    for (_, _, _, place), together in restarting.items():
        await post(session, procedures, together, place, [], today)


def _notice_position(case: Case) -> int | None:
    """The last notice that has been posted."""
    posted = [done.position for done in case.done if case.steps[done.position].kind == "notice"]
    return max(posted, default=None)


def _place(case: Case, position: int) -> str:
    return next(str(done.record["place"]) for done in reversed(case.done) if done.position == position)


def _uphold(case: Case, step: Step, today: date, actor: str) -> None:
    back_to = case.procedure.position(step.upheld)
    if back_to is None:
        case.left_batch = case.batch_id
        moves.refuse(case, [_UPHELD], today, actor)
    else:
        moves.send_back(case, back_to, today)


def _back_on_notice(case: Case, position: int) -> None:
    """What was done after the notice has to be done again; the notice itself stays on record."""
    if case.position != position:
        case.done = [done for done in case.done if done.position <= position]
        case.back_to, case.position, case.verb = position + 1, position, "returned"
        case.left_batch, case.batch_id = case.batch_id, None
