"""Objections to cases: an open one stops them; an upheld one sends back or ends; another restarts the notice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification import file as moves
from services.registry.procedures.identification import files
from services.registry.procedures.identification.file import File
from services.registry.procedures.identification.posting import post
from services.registry.procedures.identification.procedure import Step
from services.registry.procedures.notices import objections
from services.registry.procedures.notices.objections import Answered
from services.registry.procedures.notices.schemas import AnswerIn, ObjectionIn
from shared.database.session import caller_of
from shared.http.items import Answers
from shared.problems import Conflict
from shared.time import clock

_UPHELD = {"code": "objection", "zh": "公示异议成立", "en": "an objection to the notice was upheld"}


class TooLate(Conflict):
    slug, zh, en = "objection-too-late", "该事项已办结，请走申诉", "The case is decided; an objection comes too late"


async def raise_all(session: AsyncSession, items: Sequence[ObjectionIn]) -> Answers:
    """Record objections; one against a case stops it until it is answered, whatever step has come meanwhile."""
    locked = await files.lock(session, [item.case_id for item in items if item.case_id])
    answers = await objections.raise_all(session, items, _may_object(locked))
    await files.save(session, locked.values())
    return answers


def _may_object(locked: dict[UUID, File]) -> Callable[[UUID], None]:
    def check(case_id: UUID) -> None:
        if files.existing(locked, case_id, "case_id").status != "open":
            raise TooLate(field="case_id", rule="before the decision")

    return check


async def answer_all(session: AsyncSession, items: Sequence[AnswerIn]) -> Answers:
    """Answer objections, and move the cases as their procedure says."""
    concerned = await objections.cases_of(session, [item.id for item in items])
    locked = await files.lock(session, concerned)

    def part_in(case_id: UUID) -> Iterable[str]:
        return files.existing(locked, case_id).actors()

    answers, answered = await objections.answer_all(session, items, part_in)
    await _move(session, locked, answered)
    await files.save(session, locked.values())
    return answers


async def _move(session: AsyncSession, locked: dict[UUID, File], answered: Sequence[Answered]) -> None:
    today, actor = await clock.today(session), caller_of(session).subject
    restarting: dict[tuple[str, str, str, str], list[File]] = defaultdict(list)
    for case_id in {one.case_id for one in answered if one.case_id}:
        file = locked[case_id]
        mine = [one for one in answered if one.case_id == case_id]
        file.objections -= len(mine)
        position = _notice_position(file)
        if file.status != "open" or position is None:
            continue
        step = file.steps[position]
        if any(one.upheld for one in mine):
            _uphold(file, step, today, actor)
        elif step.dismissed == "restart":
            _back_on_notice(file, position)
            place = next(done.record["place"] for done in reversed(file.done) if done.position == position)
            restarting[file.division, file.procedure_name, step.step, place].append(file)
        else:
            moves.settle(file, today)
    for (_, _, _, place), together in restarting.items():
        await post(session, together, place, [], today)


def _notice_position(file: File) -> int | None:
    """The last notice that has been posted."""
    posted = [done.position for done in file.done if file.steps[done.position].kind == "notice"]
    return max(posted, default=None)


def _uphold(file: File, step: Step, today: date, actor: str) -> None:
    file.dropped, back_to = True, file.procedure.position(step.upheld)
    if back_to is None:
        moves.refuse(file, _UPHELD, today, actor)
    else:
        moves.send_back(file, back_to, today)


def _back_on_notice(file: File, position: int) -> None:
    """What was done after the notice has to be done again; the notice itself stays on record."""
    if file.position != position:
        file.done = [done for done in file.done if done.position <= position]
        file.back_to, file.position, file.verb = position + 1, position, "returned"
        file.list_id, file.dropped = None, True
