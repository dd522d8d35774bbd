"""Record what was done at the step of a case that is due."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility.holders import holders
from services.registry.procedures.identification import file as moves
from services.registry.procedures.identification import files, judging, rules
from services.registry.procedures.identification.file import File, Reason
from services.registry.procedures.identification.posting import post
from services.registry.procedures.identification.procedure import Step
from services.registry.procedures.identification.schemas import (
    Announcement,
    Application,
    Comparison,
    Discussion,
    Posting,
    Signature,
    StepIn,
    Visit,
    Vote,
)
from services.registry.verification.screening.policies import in_force
from services.registry.verification.screening.records import InForce
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security.auth import Caller
from shared.time import clock


@dataclass(frozen=True, slots=True)
class _Known:
    """By village: who holds its posts today, and the grounds of exclusion in force."""

    posts: Mapping[str, Mapping[str, Any]]
    screening: Mapping[str, InForce]


async def record_all(session: AsyncSession, items: list[StepIn]) -> Answers:
    """Record steps, each of its case; a step that was recorded with the same content before is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    locked = await files.lock(session, [item.id for item in items])
    signing = {locked[item.id].division for item in items if isinstance(item.record, Signature) and item.id in locked}
    posts = {village: await holders(session, village, today) for village in sorted(signing)}
    comparing = {
        locked[item.id].division for item in items if isinstance(item.record, Comparison) and item.id in locked
    }
    known = _Known(posts, {village: await in_force(session, village, today) for village in sorted(comparing)})
    posted: dict[tuple[str, str, str, str], list[tuple[File, Posting]]] = defaultdict(list)

    def decide(item: StepIn) -> Outcome:
        file = files.existing(locked, item.id)
        if _again(file, item, caller.subject):
            return "unchanged"
        step = rules.due_step(file, item.step, today)
        rules.authorised(step, caller)
        if item.record.kind != step.kind:
            raise rules.RecordDoesNotFit(field="record.kind", rule=step.kind)
        if isinstance(item.record, Posting):
            key = (file.division, file.procedure_name, step.step, item.record.place)
            posted[key].append((file, item.record))
        else:
            _record(file, step, item, caller, today, known)
        return "accepted"

    answers = answer_each(items, decide)
    for together in posted.values():
        await _post(session, together, caller.subject, today)
    await files.save(session, locked.values())
    return answers


def _again(file: File, item: StepIn, actor: str) -> bool:
    content = item.record.model_dump(mode="json")
    position = file.procedure.position(item.step)
    return any((done.position, done.record, done.actor) == (position, content, actor) for done in file.done)


def _record(file: File, step: Step, item: StepIn, caller: Caller, today: date, known: _Known) -> None:
    made, content = item.record, item.record.model_dump(mode="json")
    if isinstance(made, Signature):
        slot = rules.may_sign(file, step, made.post, caller.subject, known.posts[file.division])
        moves.record(file, content, today, caller.subject, slot.post)
        if not rules.unsigned(step, [done.part for done in file.parts()]):
            moves.advance(file, today)
        return
    assert not isinstance(made, Posting)
    rules.plausible(file, made.on, today)
    reason = _judged(file, step, made, caller.subject, known)
    moves.record(file, content, made.on, caller.subject)
    if reason:
        moves.refuse(file, reason, today, caller.subject)
    else:
        moves.advance(file, today)


def _judged(
    file: File,
    step: Step,
    made: Application | Visit | Discussion | Comparison | Vote | Announcement,
    actor: str,
    known: _Known,
) -> Reason | None:
    match made:
        case Application():
            return judging.application(made)
        case Visit():
            return judging.visit(step, made, actor)
        case Discussion():
            return judging.discussion(step, made)
        case Comparison():
            screening, removal = known.screening[file.division], file.procedure_name == "removal"
            reason = judging.comparison(step, made, screening.grounds, clearing_out=removal)
            file.policies = [*file.policies, screening.grounds_policy.reference()]
            return reason
        case Vote():
            compared = any(one.kind == "comparison" for one in file.steps[: file.position])
            return judging.vote(step, made, findings=compared)
        case Announcement():
            return None


async def _post(session: AsyncSession, together: Sequence[tuple[File, Posting]], actor: str, today: date) -> None:
    """One notice for all cases of a village that are posted together."""
    for file, record in together:
        moves.record(file, record.model_dump(mode="json"), today, actor)
    of_list: dict[UUID, File] = {file.id: file for file, _ in together}
    photos = sorted({photo for _, record in together for photo in record.photos})
    await post(session, list(of_list.values()), together[0][1].place, photos, today)
