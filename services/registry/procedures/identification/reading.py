"""Cases as they are read: how far they are, what is missing, who must act and by when."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations.kinds import called
from services.registry.procedures.identification import files, rules
from services.registry.procedures.identification.file import File
from services.registry.procedures.identification.lists import batches
from services.registry.procedures.identification.procedure import WORDS, Step
from shared.database.session import caller_of
from shared.http import paging
from shared.security import audit
from shared.time import clock

# ``dropped``: the case was decided before this step was reached.
State = Literal["done", "due", "running", "waiting", "dropped"]
_LIST = text("""
    SELECT id, due_on FROM case_file
    WHERE division >= :low AND division < :high
      AND (due_on, id) > (CAST(CAST(:day AS text) AS date), CAST(:id AS uuid))
      AND (CAST(:level AS text) IS NULL OR level = :level)
      AND (CAST(:procedure AS text) IS NULL OR procedure = :procedure)
      AND (CAST(:household AS uuid) IS NULL OR household_id = :household)
      AND (:closed OR step IS NOT NULL)
    ORDER BY due_on, id LIMIT :limit
""")


class Work(BaseModel):
    """A case on a worklist: which office has to do what by when. ``step`` is absent where nothing is left to do."""

    id: UUID
    household_id: UUID
    division: str
    procedure: str
    status: str
    step: str | None
    zh: str | None
    en: str | None
    level: str | None
    roles: list[str]
    posts: list[str]
    since: date
    due_on: date
    overdue: bool
    notice_until: date | None
    open_objections: int
    list_id: UUID | None


class StepState(BaseModel):
    """A step of the procedure and how it stands; ``missing`` says in words what it still takes."""

    step: str
    kind: str
    zh: str
    en: str
    level: str
    state: State
    due_on: date | None
    done_on: date | None
    done_by: list[str]
    records: list[dict[str, Any]]
    missing_zh: str | None
    missing_en: str | None


class CaseDetail(Work):
    """A case with everything that was recorded in it, and what its decision rests on."""

    head_name: str
    size: int
    category: str
    ground: str
    outcome: str
    steps: list[StepState]
    reasons: list[dict[str, Any]]
    policies: list[dict[str, Any]]
    notice_id: UUID | None
    opened_by: str
    opened_on: date
    decided_by: str | None
    decided_on: date | None
    version: int


async def page(
    session: AsyncSession, asked: Mapping[str, Any], division: str | None, limit: int, cursor: str | None
) -> paging.Page[Work]:
    """Cases by the day on which somebody has to have acted: the overdue ones first."""
    low = division or caller_of(session).division
    day, id = paging.decode(cursor, 2) or ("0001-01-01", paging.FIRST[1])
    bound = {"low": low, "high": low + ":", "day": day, "id": id, "limit": limit + 1}
    rows = (await session.execute(_LIST, {**asked, **bound})).all()
    found, today = await files.read(session, [row.id for row in rows]), await clock.today(session)
    items = [work(found[row.id], today) for row in rows]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(items, limit, [last.due_on.isoformat(), str(last.id)] if last else None)


async def one(session: AsyncSession, id: UUID) -> CaseDetail:
    """A case. Raises NoSuchCase (404)."""
    file = files.existing(await files.read(session, [id]), id, "case_id")
    today = await clock.today(session)
    listed = await batches(session, [file.list_id])
    batch = listed.get(file.list_id) if file.list_id else None
    counts = (len(batch.drawn), len(batch.checked)) if batch else None
    audit.read(session, "household", file.household_id, file.division, reason=f"case {id}")
    about = file.about
    return CaseDetail(
        **work(file, today).model_dump(),
        head_name=about.head_name,
        size=about.size,
        category=about.category,
        ground=about.ground,
        outcome=file.outcome,
        steps=[_state(file, place, counts) for place in range(len(file.steps))],
        reasons=file.reasons,
        policies=file.policies,
        notice_id=file.notice_id,
        opened_by=file.opened_by,
        opened_on=file.opened_on,
        decided_by=file.decided_by,
        decided_on=file.decided_on,
        version=file.version,
    )


def work(file: File, today: date) -> Work:
    """Who has to do what by when."""
    step = file.step
    return Work(
        id=file.id,
        household_id=file.household_id,
        division=file.division,
        procedure=file.procedure_name,
        status=file.status,
        step=step.step if step else None,
        zh=step.zh if step else None,
        en=step.en if step else None,
        level=step.level if step else None,
        roles=sorted(step.roles) if step else [],
        posts=[slot.post for slot in rules.unsigned(step, [done.part for done in file.parts()])] if step else [],
        since=file.since,
        due_on=file.due_on,
        overdue=bool(step) and not (file.notice_until and today < file.notice_until) and file.due_on < today,
        notice_until=file.notice_until,
        open_objections=file.objections,
        list_id=file.list_id,
    )


def _state(file: File, place: int, counts: tuple[int, int] | None) -> StepState:
    step, made = file.steps[place], [done for done in file.done if done.position == place]
    current = file.step is not None and place == file.position
    state: State = "done" if place < file.position else "waiting"
    if current:
        state = "running" if file.notice_until else "due"
    elif file.step is None:
        state = "done" if made else "dropped"
    missing = _missing(file, step, counts) if current else (None, None)
    return StepState(
        step=step.step,
        kind=step.kind,
        zh=step.zh,
        en=step.en,
        level=step.level,
        state=state,
        due_on=file.due_on if current else None,
        done_on=max((done.on for done in made), default=None),
        done_by=[done.actor for done in made],
        records=[done.record for done in made],
        missing_zh=missing[0],
        missing_en=missing[1],
    )


def _missing(file: File, step: Step, counts: tuple[int, int] | None) -> tuple[str, str]:
    """What the present step still takes, in words."""
    if file.objections:
        return f"有{file.objections}条异议待答复", f"{file.objections} objections wait for an answer"
    if file.notice_until:
        return f"公示至{file.notice_until}前一日止", f"the notice hangs until the day before {file.notice_until}"
    drawn, checked = counts or (0, 0)
    match step.kind:
        case "signatures":
            posts = [called(slot.post) for slot in rules.unsigned(step, [done.part for done in file.parts()])]
            return (
                f"待签字：{'、'.join(zh for zh, _ in posts)}",
                f"signatures are missing: {', '.join(en for _, en in posts)}",
            )
        case "review" | "decision" if counts is None:
            return "待列入批次并抽查", "it is to be put on a list and spot-checked"
        case "review" | "decision" if checked < drawn:
            return f"应抽查{drawn}户，已抽查{checked}户", f"{checked} of {drawn} spot checks are done"
        case _:
            matter, _, english = WORDS[file.procedure_name]
            return f"{matter}：待办理{step.zh}", f"{english}: {step.en} is to be done"
