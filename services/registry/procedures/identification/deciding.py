"""Reviews by towns and decisions by counties, case by case of a list whose spot checks are done."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification import effects, files, rules
from services.registry.procedures.identification import file as moves
from services.registry.procedures.identification.file import File, Reason
from services.registry.procedures.identification.lists import Batch, batches
from services.registry.procedures.identification.procedure import WORDS, Step
from services.registry.procedures.identification.schemas import DecisionIn
from shared.database.session import caller_of
from shared.http.items import Answer, Answers, Outcome, answer_each
from shared.problems import Conflict
from shared.security.crypto import KeyRing
from shared.time import clock


class NotListed(Conflict):
    slug, zh, en = (
        "case-not-listed",
        "请先列入批次并完成抽查",
        "It is put on a list, and spot-checked, before it is decided",
    )


class SpotChecksMissing(Conflict):
    slug = "spot-checks-missing"
    zh = "该批次应抽查{needed}户（不少于{percent}%），已抽查{done}户"
    en = "{needed} of this list ({percent} % or more) are to be checked on the spot; {done} were"


class CheckContradicts(Conflict):
    slug, zh = "spot-check-contradicts", "抽查发现情况不实，不能通过"
    en = "The spot check did not confirm it; it cannot be approved"


async def decide_all(session: AsyncSession, keys: KeyRing, items: list[DecisionIn]) -> Answers:
    """Decide cases. What a county approves takes effect in the register today, in this transaction."""
    caller, today = caller_of(session), await clock.today(session)
    locked = await files.lock(session, [item.id for item in items])
    listed = await batches(session, [file.list_id for file in locked.values()])
    decided: dict[UUID, tuple[File, Step, DecisionIn]] = {}

    def decide(item: DecisionIn) -> Outcome:
        file = files.existing(locked, item.id)
        if _again(file, item, caller.subject):
            return "unchanged"
        step = _open(file)
        step = rules.due_step(file, step.step, today)
        rules.authorised(step, caller)
        rules.apart(file, caller.subject)
        _spot_checked(listed.get(file.list_id) if file.list_id else None, item)
        decided[item.id] = (file, step, item)
        return "accepted"

    answers = answer_each(items, decide)
    approved = [file for file, step, item in decided.values() if item.approve and step.kind == "decision"]
    failed = await effects.take(session, keys, approved, today)
    for file, step, item in decided.values():
        if file.id not in failed:
            _apply(file, step, item, caller.subject, today)
    await files.save(session, locked.values())
    return Answers(items=[_answer(answer, position, failed) for position, answer in enumerate(answers.items)])


def _open(file: File) -> Step:
    if file.step is None:
        raise rules.CaseClosed(field="id", rule="open")
    if file.step.kind not in ("review", "decision"):
        raise rules.WrongStep(field="id", rule="in order", due=file.step.zh, due_en=file.step.en)
    return file.step


def _spot_checked(batch: Batch | None, item: DecisionIn) -> None:
    """Raises NotListed, SpotChecksMissing, CheckContradicts."""
    if batch is None or item.id not in batch.members:
        raise NotListed(field="id", rule="on a list")
    needed, done = len(batch.drawn), len(batch.checked)
    if done < needed:
        counts = {"needed": needed, "done": done, "percent": batch.row.percent}
        raise SpotChecksMissing(field="id", rule="share of the list", **counts)
    if item.approve and batch.members[item.id].confirmed is False:
        raise CheckContradicts(field="approve", rule="confirmed on the spot")


def _again(file: File, item: DecisionIn, actor: str) -> bool:
    """Whether the last review or decision of the case said just this."""
    said = [done for done in file.done if file.steps[done.position].kind in ("review", "decision")]
    content = item.model_dump(mode="json", exclude={"id"})
    deciding = file.step is not None and file.step.kind in ("review", "decision")
    return bool(said) and not deciding and (said[-1].record, said[-1].actor) == (content, actor)


def _apply(file: File, step: Step, item: DecisionIn, actor: str, today: date) -> None:
    moves.record(file, item.model_dump(mode="json", exclude={"id"}), today, actor)
    if not item.approve:
        zh, en = f"{step.zh}不予通过：{item.reason}", f"refused ({step.en}): {item.reason}"
        moves.refuse(file, {"code": step.step, "zh": zh, "en": en}, today, actor)
    elif step.kind == "review":
        moves.advance(file, today)
    else:
        moves.approve(file, _reasons(file), today, actor)


def _reasons(file: File) -> list[Reason]:
    """What the approval rests on: every step with its day, in words."""
    matter, _, english = WORDS[file.procedure_name]
    reasons = [{"code": "approved", "zh": f"{matter}程序完备，予以批准", "en": f"{english}: every step was done"}]
    for done in file.done:
        step = file.steps[done.position]
        zh, en = f"{step.zh}（{done.on.isoformat()}）", f"{step.en} ({done.on.isoformat()})"
        if step.kind == "vote":
            present, of, votes = (done.record[name] for name in ("present", "representatives", "in_favour"))
            zh += f"：应到{of}人，到会{present}人，同意{votes}人"
            en += f": {present} of {of} present, {votes} in favour"
        reasons.append({"code": step.step, "zh": zh, "en": en})
    return reasons


def _answer(answer: Answer, position: int, failed: dict[UUID, Answer]) -> Answer:
    """The answer of an item, refused where the register did not take the change."""
    if answer.id not in failed or answer.status != "accepted":
        return answer
    problem = failed[answer.id].problem
    if problem:
        problem.field = f"items[{position}].id"
    return Answer(id=answer.id, status="refused", problem=problem)
