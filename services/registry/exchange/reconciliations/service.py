"""What is asked of reconciliations: send a list, see how it stands and what differs, decide.

What differs is shown to whoever sees the household; it is decided one by one, or many at once in a job (``settle``).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries as imports
from services.registry.exchange.layouts.records import Given
from services.registry.exchange.layouts.rules import expected, plan_of
from services.registry.exchange.reconciliations import queries
from services.registry.exchange.reconciliations.records import Decision, Reconciliation
from services.registry.exchange.reconciliations.schemas import (
    BulkDecision,
    Count,
    Decided,
    DecisionIn,
    DifferenceRow,
    Filters,
    ReconciliationRow,
    ReconciliationState,
)
from services.registry.exchange.reconciliations.settle import settle
from services.registry.register.divisions.rules import NoSuchDivision
from services.registry.register.households.names import reads_names
from services.registry.register.households.queries import note_viewers
from shared import jobs, policy
from shared.database.session import caller_of
from shared.http import paging
from shared.http.items import Answers, answers_of
from shared.names.ids import uuid7
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets.receive import receive
from shared.sheets.records import DataFile
from shared.time import clock, workdays
from shared.words import Digits

_OPEN = ("open", "done")


class NoSuchReconciliation(NotFound):
    slug, zh, en = "no-such-reconciliation", "没有这次核对", "There is no such reconciliation"


class ListOfTheFuture(Invalid):
    slug, zh, en = "list-of-the-future", "名单日期晚于今天", "The day of the list lies in the future"


class NewerListThere(Conflict):
    slug = "newer-list-there"
    zh = "该地已核对过{day}的名单，不能再核对更早的名单；请下载最新名单后上传"
    en = "A list of {day} was compared already for this place: send the newest one"
    day: date


class SameListThere(Conflict):
    slug = "same-list-there"
    zh = "这份名单已经上传核对，请直接处理其中的差异，不必重新上传"
    en = "This list is being worked on already: decide what differs there"


class NotOpen(Conflict):
    slug = "reconciliation-not-open"
    zh = "这次核对尚未比对完毕，或已有更新的名单，或已过保留期，不能再处理"
    en = "This list is not compared yet, or a newer one took its place, or its days are over"


class DecidedTwice(Invalid):
    slug = "decided-twice"
    zh = "同一项差异在这次提交中有两个不同的决定，请只保留一个"
    en = "A difference is decided in two ways at once: keep one"


async def start(
    session: AsyncSession, keys: KeyRing, body: AsyncIterator[bytes], asked: Reconciliation, given: Given
) -> UUID:
    """Keep a list and compare it in a job. Raises what is wrong with it as a problem (422), DivisionForbidden (403),
    NoSuchDivision (404), ListOfTheFuture (422), NewerListThere and SameListThere (409).
    """
    today = await clock.today(session)
    if not caller_of(session).covers(asked.division):
        raise DivisionForbidden(field="division")
    if asked.as_of > today:
        raise ListOfTheFuture(field="as_of", rule="not in the future")
    if not (await imports.places(session, asked.division)).villages:
        raise NoSuchDivision(field="division", rule="villages of today", code=Digits(asked.division))
    asked = replace(asked, given=replace(given, effective_on=given.effective_on or asked.as_of))
    days = await policy.resolve(session, "reconciliations.days", asked.division, today)
    kept = await policy.resolve(session, "reconciliations.kept_days", asked.division, today)
    until = await clock.now(session) + timedelta(days=kept.number())
    file = await receive(session, keys, asked.id, body, expected(asked.given))
    await queries.add(session, asked, workdays.after(today, days.number()), until)
    if await queries.same_list(session, asked) is not None:
        raise SameListThere(rule="once")
    if file.tables:
        await note_layout(session, file, asked)
    about = {"reconciliation_id": str(asked.id)}
    await jobs.enqueue(session, "reconcile", about, division=asked.division, id=asked.id)
    await jobs.enqueue(session, "forget_reconciliation", about, division=asked.division, due_at=until)
    said: dict[str, object] = {"as_of": asked.as_of.isoformat(), "covers": asked.covers, "bytes": file.bytes}
    said |= {"policies": [days.reference(), kept.reference()]}
    audit.record(session, "reconciliation.started", "reconciliation", asked.id, asked.division, after=said)
    return asked.id


async def note_layout(session: AsyncSession, file: DataFile, asked: Reconciliation) -> None:
    """Note what the headers of a list say. Raises NewerListThere (409)."""
    await queries.note_layout(
        session, asked.id, [plan_of(table.header.columns, asked.given) for table in file.tables]
    )
    if (newer := await queries.newer_list(session, asked.id)) is not None:
        raise NewerListThere(field="as_of", rule="the newest list", day=newer)


async def page(
    session: AsyncSession, division: str | None, limit: int, cursor: str | None
) -> paging.Page[ReconciliationRow]:
    """The lists of a place, and those of the offices above it that cover it."""
    return await paging.of_division(
        session, queries.LIST, ReconciliationRow, division=division, limit=limit, cursor=cursor
    )


async def state(session: AsyncSession, id: UUID) -> ReconciliationState:
    """How a reconciliation stands: what differs within sight, counted. Raises NoSuchReconciliation (404)."""
    row = (await session.execute(queries.STATE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchReconciliation(field="reconciliation_id")
    counts = row.counted or await counted(session, id)
    shown = ReconciliationState.model_validate(row)
    return shown.model_copy(
        update={
            "counts": [Count.model_validate(one) for one in counts],
            "remarks": await files.remarks(session, id),
        }
    )


async def counted(session: AsyncSession, id: UUID) -> list[Count]:
    """How many differences there are of each kind."""
    return [Count.model_validate(row) for row in await session.execute(queries.COUNTS, {"id": id})]


async def differences(
    session: AsyncSession, id: UUID, asked: Filters, limit: int, cursor: str | None
) -> paging.Page[DifferenceRow]:
    """What differs, by village; whose households were shown goes on record."""
    await state(session, id)
    bound = asked.model_dump(exclude={"division", "limit", "cursor"})
    found = await paging.of_division(
        session,
        queries.DIFFERENCES,
        DifferenceRow,
        division=asked.division,
        limit=limit,
        cursor=cursor,
        of=id,
        **bound,
    )
    shown = [(row.household_id, row.division) for row in found.items if row.household_id]
    if not reads_names(caller_of(session)):
        return found.model_copy(update={"items": [row.model_copy(update={"name": None}) for row in found.items]})
    if shown:
        await note_viewers(session, "listed", shown)
    return found


async def decide(session: AsyncSession, keys: KeyRing, id: UUID, items: Sequence[DecisionIn]) -> Answers:
    """Decide differences, each by itself. Raises NoSuchReconciliation (404), NotOpen (409), DecidedTwice (422)."""
    asked = await open_one(session, id)
    decisions: dict[UUID, Decision] = {}
    for position, item in enumerate(items):
        said = decision_of(item)
        if decisions.setdefault(item.id, said) != said:
            raise DecidedTwice(field=f"items[{position}].id", rule="one decision each")
    return answers_of(items, await settle(session, keys, asked, decisions))


async def decide_many(session: AsyncSession, id: UUID, body: BulkDecision) -> UUID:
    """Decide all differences that meet what is given, in a job of the caller."""
    asked = await open_one(session, id)
    division = body.division or caller_of(session).division
    if not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    args = {"reconciliation_id": str(id), "asked": body.model_dump(mode="json")}
    said = body.model_dump(mode="json", exclude_none=True)
    place = max(division, asked.division, key=len)
    audit.record(session, "reconciliation.decided", "reconciliation", id, place, after=said, reason=body.ground)
    return await jobs.enqueue(session, "settle_reconciliation", args, division=place, id=uuid7())


async def open_one(session: AsyncSession, id: UUID) -> Reconciliation:
    """A list whose differences can be decided. Raises NoSuchReconciliation (404), NotOpen (409)."""
    row = (await session.execute(queries.STATE, {"id": id})).one_or_none()
    found = await queries.get(session, id)
    if row is None or found is None:
        raise NoSuchReconciliation(field="reconciliation_id")
    if row.state not in _OPEN:
        raise NotOpen(field="reconciliation_id", rule="compared, and the newest")
    return found


def decision_of(body: Decided) -> Decision:
    """What somebody says of a difference."""
    return Decision(body.decision == "accept", body.ground, body.reason, body.effective_on)


def asked_of(said: object) -> BulkDecision:
    """What was asked for, as a job keeps it."""
    return BulkDecision.model_validate(cast("dict[str, object]", said))
