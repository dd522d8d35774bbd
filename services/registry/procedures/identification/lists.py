"""Lists 批次 of cases that an office decides together: which are drawn for a spot check, what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification import files, rules
from services.registry.procedures.identification.sampling import sample
from services.registry.procedures.identification.schemas import CheckIn, ListIn
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.time import clock

_LIST = text("SELECT * FROM case_list WHERE id = ANY(:ids)")
_MEMBERS = text("SELECT * FROM case_list_member WHERE list_id = ANY(:ids) ORDER BY list_id, case_id")
_DRAW = text("""
    INSERT INTO case_list (id, division, step, percent, drawn_on, drawn_by)
    VALUES (:id, :division, :step, :percent, :day, :actor)
""")
_MEMBER = text("INSERT INTO case_list_member (list_id, case_id, division) VALUES (:list_id, :case_id, :division)")
_CHECK = text("""
    UPDATE case_list_member SET checked_on = :on, checked_by = :actor, confirmed = :confirmed, finding = :finding
    WHERE list_id = :list_id AND case_id = :id
""")


class NoSuchList(NotFound):
    slug, zh, en = "no-such-list", "辖区内没有这一批次", "There is no such list in your division"


class ListDiffers(Conflict):
    slug, zh, en = "list-differs", "此编号已用于另一批次", "This id stands for another list"


class ListedAlready(Conflict):
    slug, zh, en = "listed-already", "该事项已列入一个批次", "The case stands on a list already"


class NotDecidedInLists(Invalid):
    slug, zh, en = "not-decided-in-lists", "此步不按批次审核", "This step is not decided in lists"


class NotDrawn(Conflict):
    slug, zh, en = (
        "not-drawn",
        "该事项未被抽中，抽查对象由系统抽取",
        "The case was not drawn; nobody chooses what is checked",
    )


class CheckedAlready(Conflict):
    slug, zh, en = "checked-already", "该事项已抽查，结论不同", "The case was checked with another result"


class Drawn(BaseModel):
    """A list with the cases that are to be checked on the spot, and those that were."""

    id: UUID
    step: str
    division: str
    percent: int
    drawn_on: date
    cases: list[UUID]
    sample: list[UUID]
    checked: list[UUID]


@dataclass(frozen=True, slots=True)
class Batch:
    """A list as it stands: its ``members`` by case, without those of ``listed`` that were sent back meanwhile."""

    row: Any
    listed: set[UUID]
    members: dict[UUID, Any]

    @property
    def drawn(self) -> list[UUID]:
        """The sample; where one of it was sent back, the next in order takes its place."""
        return sample(self.row.seed, self.members, self.row.percent)

    @property
    def checked(self) -> list[UUID]:
        return [id for id in self.drawn if self.members[id].checked_on]


async def batches(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID, Batch]:
    """Lists within sight."""
    wanted = {"ids": sorted({id for id in ids if id})}
    rows = (await session.execute(_LIST, wanted)).all()
    found = {row.id: Batch(row, set(), {}) for row in rows}
    for row in await session.execute(_MEMBERS, wanted):
        if batch := found.get(row.list_id):
            batch.listed.add(row.case_id)
            if not row.dropped:
                batch.members[row.case_id] = row
    return found


async def draw(session: AsyncSession, body: ListIn) -> Drawn:
    """Put cases on a list. Raises where one of them is not at this step, or on a list already."""
    caller, today = caller_of(session), await clock.today(session)
    known = (await batches(session, [body.id])).get(body.id)
    if known:
        if known.row.step != body.step or set(body.case_ids) != known.listed:
            raise ListDiffers(field="id", rule="one id, one list")
        return told(known)
    locked = await files.lock(session, body.case_ids)
    percents = set()
    for position, id in enumerate(body.case_ids):
        file = files.existing(locked, id, f"case_ids[{position}]")
        step = rules.due_step(file, body.step, today)
        rules.authorised(step, caller)
        if step.kind not in ("review", "decision"):
            raise NotDecidedInLists(field="step", rule="review or decision")
        if file.list_id:
            raise ListedAlready(field=f"case_ids[{position}]", rule="one list at a time")
        file.list_id, file.verb = body.id, file.verb or "advanced"
        percents.add(step.percent)
    about = {"id": body.id, "division": caller.division, "step": body.step, "percent": max(percents)}
    await session.execute(_DRAW, about | {"day": today, "actor": caller.subject})
    members = [{"list_id": body.id, "case_id": id, "division": file.division} for id, file in locked.items()]
    await session.execute(_MEMBER, members)
    await files.save(session, locked.values())
    after = {"step": body.step, "cases": len(members), "percent": max(percents)}
    audit.record(session, "case_list.drawn", "case_list", body.id, caller.division, after=after)
    return await read(session, body.id)


async def read(session: AsyncSession, id: UUID) -> Drawn:
    """A list. Raises NoSuchList (404)."""
    found = (await batches(session, [id])).get(id)
    if found is None:
        raise NoSuchList(field="list_id")
    return told(found)


def told(batch: Batch) -> Drawn:
    row = batch.row
    return Drawn(
        id=row.id,
        step=row.step,
        division=row.division,
        percent=row.percent,
        drawn_on=row.drawn_on,
        cases=sorted(batch.members),
        sample=batch.drawn,
        checked=batch.checked,
    )


async def check(session: AsyncSession, items: Sequence[CheckIn]) -> Answers:
    """Record spot checks of cases that were drawn, by somebody who had no part in them."""
    caller, today = caller_of(session), await clock.today(session)
    locked = await files.lock(session, [item.id for item in items])
    listed = await batches(session, [file.list_id for file in locked.values()])
    checked: list[dict[str, Any]] = []

    def decide(item: CheckIn) -> Outcome:
        file = files.existing(locked, item.id)
        batch = listed.get(file.list_id) if file.list_id else None
        if batch is None or file.step is None or item.id not in batch.drawn:
            raise NotDrawn(field="id", rule="drawn from its list")
        rules.authorised(file.step, caller)
        rules.apart(file, caller.subject)
        member = batch.members[item.id]
        if member.checked_on:
            if (member.checked_on, member.confirmed, member.finding) != (item.on, item.confirmed, item.finding):
                raise CheckedAlready(field="id", rule="checked once")
            return "unchanged"
        if not batch.row.drawn_on <= item.on <= today:
            first, last = str(batch.row.drawn_on), str(today)
            raise rules.DayImplausible(field="on", rule="after it was drawn", earliest=first, latest=last)
        checked.append(item.model_dump() | {"list_id": file.list_id, "actor": caller.subject})
        after = {"list_id": str(file.list_id), "confirmed": item.confirmed}
        audit.record(session, "case.spot_checked", "case", file.id, file.division, after=after)
        return "accepted"

    answers = answer_each(items, decide)
    if checked:
        await session.execute(_CHECK, checked)
    return answers
