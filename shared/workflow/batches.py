"""Batches 批次 of cases that an office decides together: which are drawn for a spot check, what was found. A plan
list is a batch too: the cases that were brought together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.time import clock
from shared.workflow import queries, rules, store
from shared.workflow.kinds import Procedures
from shared.workflow.procedure import DECIDED, INTAKE
from shared.workflow.sampling import sample
from shared.workflow.schemas import BatchIn, CheckIn
from shared.workflow.separation import SPOT_CHECK, keep_apart


class NoSuchBatch(NotFound):
    slug, zh, en = "no-such-batch", "辖区内没有这一批次", "There is no such batch in your division"


class BatchDiffers(Conflict):
    slug, zh, en = "batch-differs", "此编号已用于另一批次", "This id stands for another batch"


class InBatchAlready(Conflict):
    slug, zh, en = "in-batch-already", "该事项已列入一个批次", "The case is in a batch already"


class NotDecidedInBatches(Invalid):
    slug, zh, en = "not-decided-in-batches", "此步不按批次审核", "This step is not decided in batches"


class NotDrawn(Conflict):
    slug, zh, en = (
        "not-drawn",
        "该事项未被抽中，抽查对象由系统抽取",
        "The case was not drawn; nobody chooses what is checked",
    )


class CheckedAlready(Conflict):
    slug, zh, en = "checked-already", "该事项已抽查，结论不同", "The case was checked with another result"


class BatchDetail(BaseModel):
    """A batch with the cases that are to be checked on the spot, and those that were."""

    id: UUID
    step: str
    division: str
    percent: int
    drawn_on: date
    cases: list[UUID]
    sample: list[UUID]
    checked: list[UUID]


@dataclass(frozen=True, slots=True)
class Member:
    """A case of a batch and its spot check, if it had one."""

    checked_on: date | None
    confirmed: bool | None
    finding: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands: its ``members`` by case, without those of ``listed`` that were sent back meanwhile."""

    id: UUID
    division: str
    step: str
    percent: int
    seed: str
    drawn_on: date
    listed: set[UUID]
    members: dict[UUID, Member]

    @property
    def drawn(self) -> list[UUID]:
        """The sample; where one of it was sent back, the next in order takes its place."""
        return sample(self.seed, self.members, self.percent)

    @property
    def checked(self) -> list[UUID]:
        return [id for id in self.drawn if self.members[id].checked_on]

    def detail(self) -> BatchDetail:
        return BatchDetail(
            id=self.id,
            step=self.step,
            division=self.division,
            percent=self.percent,
            drawn_on=self.drawn_on,
            cases=sorted(self.members),
            sample=self.drawn,
            checked=self.checked,
        )


async def batches(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID, Batch]:
    """Batches within the caller's division."""
    wanted = {"ids": sorted({id for id in ids if id})}
    found = {
        row.id: Batch(row.id, row.division, row.step, row.percent, row.seed, row.drawn_on, set(), {})
        for row in await session.execute(queries.BATCHES, wanted)
    }
    for row in await session.execute(queries.MEMBERS, wanted):
        if batch := found.get(row.batch_id):
            batch.listed.add(row.case_id)
            if not row.dropped:
                batch.members[row.case_id] = Member(row.checked_on, row.confirmed, row.finding)
    return found


async def draw(session: AsyncSession, procedures: Procedures, body: BatchIn) -> BatchDetail:
    """Put cases into a batch. Raises where one of them is not at this step, or in a batch already."""
    caller, today = caller_of(session), await clock.today(session)
    known = (await batches(session, [body.id])).get(body.id)
    if known:
        if known.step != body.step or set(body.case_ids) != known.listed:
            raise BatchDiffers(field="id", rule="one id, one batch")
        return known.detail()
    locked = await store.lock(session, body.case_ids)
    percents = set()
    for position, id in enumerate(body.case_ids):
        case = store.existing(locked, id, f"case_ids[{position}]")
        step = rules.due_step(case, body.step, today)
        rules.authorised(step, caller)
        if step.kind not in DECIDED:
            raise NotDecidedInBatches(field="step", rule="review or decision")
        if case.batch_id:
            raise InBatchAlready(field=f"case_ids[{position}]", rule="one batch at a time")
        case.batch_id, case.verb = body.id, case.verb or "advanced"
        percents.add(step.percent)
    divisions = {id: case.division for id, case in locked.items()}
    if not await _create(session, body.id, body.step, max(percents), divisions):
        raise BatchDiffers(field="id", rule="one id, one batch")
    await store.save(session, procedures, locked.values())
    return await read(session, body.id)


async def same_list(session: AsyncSession, id: UUID) -> None:
    """Raises BatchDiffers where an id stands for a batch that is not a plan list of the caller's office."""
    known = (await batches(session, [id])).get(id)
    if known and (known.step, known.division) != (INTAKE, caller_of(session).division):
        raise BatchDiffers(field="id", rule="one id, one list")


async def take_in(session: AsyncSession, id: UUID, cases: Mapping[UUID, str]) -> None:
    """Put cases, with their divisions, on a plan list: nothing of it is drawn. Raises BatchDiffers."""
    known = (await batches(session, [id])).get(id)
    if known:
        await session.execute(queries.MEMBER, _members(id, cases))
    elif not await _create(session, id, INTAKE, 0, cases):
        raise BatchDiffers(field="id", rule="one id, one list")


async def _create(session: AsyncSession, id: UUID, step: str, percent: int, cases: Mapping[UUID, str]) -> bool:
    """Write a batch of cases. False where its id is taken by somebody who is out of sight."""
    caller, today = caller_of(session), await clock.today(session)
    about = {"id": id, "division": caller.division, "step": step, "percent": percent}
    made = await session.execute(queries.DRAW, about | {"day": today, "actor": caller.subject})
    if made.one_or_none() is None:
        return False
    await session.execute(queries.MEMBER, _members(id, cases))
    after = {"step": step, "cases": len(cases), "percent": percent}
    audit.record(session, "case_batch.drawn", "case_batch", id, caller.division, after=after)
    return True


def _members(id: UUID, cases: Mapping[UUID, str]) -> list[dict[str, object]]:
    return [{"batch_id": id, "case_id": case, "division": division} for case, division in cases.items()]


async def read(session: AsyncSession, id: UUID) -> BatchDetail:
    """A batch. Raises NoSuchBatch (404)."""
    found = (await batches(session, [id])).get(id)
    if found is None:
        raise NoSuchBatch(field="batch_id")
    return found.detail()


async def check(session: AsyncSession, items: Sequence[CheckIn]) -> Answers:
    """Record spot checks of cases that were drawn, by somebody who had no part in them."""
    caller, today = caller_of(session), await clock.today(session)
    locked = await store.lock(session, [item.id for item in items])
    listed = await batches(session, [case.batch_id for case in locked.values()])
    checked: list[dict[str, object]] = []

    def decide(item: CheckIn) -> Outcome:
        case = store.existing(locked, item.id)
        batch = listed.get(case.batch_id) if case.batch_id else None
        if batch is None or case.step is None or item.id not in batch.drawn:
            raise NotDrawn(field="id", rule="drawn from its batch")
        rules.authorised(case.step, caller)
        keep_apart(caller.subject, case.actors(), SPOT_CHECK)
        member = batch.members[item.id]
        if member.checked_on:
            if (member.checked_on, member.confirmed, member.finding) != (item.on, item.confirmed, item.finding):
                raise CheckedAlready(field="id", rule="checked once")
            return "unchanged"
        if not batch.drawn_on <= item.on <= today:
            raise rules.DayImplausible(field="on", rule="after it was drawn", earliest=batch.drawn_on, latest=today)
        checked.append(item.model_dump() | {"batch_id": case.batch_id, "actor": caller.subject})
        after = {"batch_id": str(case.batch_id), "confirmed": item.confirmed}
        audit.record(session, "case.spot_checked", "case", case.id, case.division, after=after)
        return "accepted"

    answers = answer_each(items, decide)
    if checked:
        await session.execute(queries.CHECK, checked)
    return answers
