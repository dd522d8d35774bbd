"""What is asked of imports: send a file, ask for it to be loaded, fetch what goes back.

What a table of persons brings in is checked and then waits: whoever sent it, or a colleague, asks for it, and
another person releases it (``release``). A household table corrects what is registered, which one person records
(``complete``).
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from services.registry.exchange.imports.records import Options, Standing
from services.registry.exchange.imports.schemas import ImportState
from services.registry.exchange.layouts.catalogue import layouts
from services.registry.exchange.layouts.records import Given
from services.registry.exchange.layouts.rules import expected, plan_of
from shared import jobs, policy
from shared.database.session import caller_of
from shared.names.ids import uuid7
from shared.names.words import LEVELS as LEVEL_WORDS
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security import audit
from shared.security.access import LEVELS, LevelForbidden
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets.receive import receive
from shared.sheets.records import DataFile, Kind
from shared.time import clock, workdays
from shared.workflow.separation import is_same_person


class NoSuchImport(NotFound):
    slug, zh, en = "no-such-import", "没有这次导入", "There is no such import"


class NothingMarked(NotFound):
    slug, zh, en = "nothing-marked", "没有标注文件（无错误、尚未完成或已过保留期）", "There is no marked file"


class ForTheSender(Forbidden):
    slug = "for-the-sender"
    zh = "标注文件含原始号码，只供上传人下载"
    en = "The marked file holds plain numbers and goes back to whoever sent it"


class NotAFirstLoad(Invalid):
    slug = "not-a-first-load"
    zh = "首次建档须导入人员表；户表只更正已登记的户"
    en = "A first load is a table of persons; a household table only corrects households that are registered"


class YearClosedBefore(Conflict):
    slug = "year-closed-before"
    zh = "{year}年已封账，不能再首次建档；请作为普通导入报送"
    en = "The year {year} is closed, so there is no first load any more: send it as an ordinary import"
    year: int


class NotToBeLoaded(Conflict):
    slug = "not-to-be-loaded"
    zh = "只有检查完毕、尚未申请的预览才能申请导入"
    en = "Only a preview that is checked and that nobody has asked for can be asked for"


class HasErrors(Conflict):
    slug = "import-has-errors"
    zh = "预览中有{rejected}户有误，“全部或不导入”方式下不能导入，请改正后重新上传"
    en = "{rejected} households are wrong; all or nothing cannot be loaded: correct the file and send it again"
    rejected: int


class NothingNew(Conflict):
    slug = "nothing-new"
    zh = "文件中没有可以登记的新户，无需申请导入"
    en = "The file brings no household that is new and right: there is nothing to ask for"


class ImportExpired(Conflict):
    slug = "import-expired"
    zh = "该导入已过期，文件已删除，请重新上传"
    en = "This import has expired and its file is deleted: send the file again"


async def start(
    session: AsyncSession, keys: KeyRing, body: AsyncIterator[bytes], options: Options, given: Given
) -> UUID:
    """Keep a file and check it in a job. Raises what is wrong with it as a problem (422), and what stands against a
    first load: LevelForbidden (403), YearClosedBefore (409).
    """
    id, division, today = uuid7(), caller_of(session).division, await clock.today(session)
    if options.first_load:
        if len(division) > LEVELS["county"]:
            raise LevelForbidden(field="first_load", rule="county level", level=LEVEL_WORDS["county"])
        await no_closed_year(session, division)
    kept = await policy.resolve(session, "imports.kept_days", division, today)
    given = replace(given, effective_on=given.effective_on or today)
    file = await receive(session, keys, id, body, expected(given))
    until = await clock.now(session) + timedelta(days=kept.number())
    await queries.add(session, id, options, given, until)
    if file.tables:
        await note_layout(session, file, options, given)
    await jobs.enqueue(session, "import", {"import_id": str(id)}, division=division, id=id)
    await _forget_after(session, id, division, until)
    said = options.to_json() | {"bytes": file.bytes, "kind": file.kind, "policy": kept.reference()}
    audit.record(session, "import.started", "import", id, division, after=said)
    return id


async def note_layout(session: AsyncSession, file: DataFile, options: Options, given: Given) -> None:
    """Note what the headers of a file say. Raises NotAFirstLoad (422)."""
    plans = [plan_of(table.header.columns, given) for table in file.tables]
    if options.first_load and plans[0].layout.a_line == "household":
        raise NotAFirstLoad(field="first_load", rule="a table of persons")
    await queries.note_layout(session, file.id, plans)


async def no_closed_year(session: AsyncSession, division: str) -> None:
    """Raises YearClosedBefore (409) where a county has closed a year: its register has had its first load."""
    if (year := await queries.closed_year(session, division)) is not None:
        raise YearClosedBefore(field="first_load", rule="no closed year", year=year)


async def state(session: AsyncSession, id: UUID) -> ImportState:
    """How an import is going, and what it did. Raises NoSuchImport (404)."""
    found = await queries.state(session, id)
    if found is None:
        raise NoSuchImport(field="import_id")
    return found.model_copy(update={"remarks": await files.remarks(session, id)})


async def standing(session: AsyncSession, id: UUID, *, lock: bool = False) -> Standing:
    """What decides about an import. Raises NoSuchImport (404)."""
    found = await queries.standing(session, id, lock=lock)
    if found is None:
        raise NoSuchImport(field="import_id")
    return found


async def load(session: AsyncSession, id: UUID) -> ImportState:
    """Ask for what a preview found new to be loaded; corrections of a household table are made at once, in a job.

    Raises NotToBeLoaded, ImportExpired, HasErrors, NothingNew (409), and YearClosedBefore for a first load.
    """
    found = await standing(session, id)
    if found.state == "checked":  # else it is at work, perhaps for long, and not to be waited for
        found = await standing(session, id, lock=True)
    if found.state == "waiting" and is_same_person(found.asked_by or "", caller_of(session).subject):
        return await state(session, id)
    if found.state == "expired":
        raise ImportExpired(field="import_id", rule="within its days")
    if found.state != "checked":
        raise NotToBeLoaded(field="import_id", rule="a checked preview")
    if found.rejected and found.mode == "all_or_nothing":
        raise HasErrors(field="import_id", rule="all or nothing", rejected=found.rejected)
    if layouts()[found.layout or ""].a_line == "household":
        await load_in_job(session, found)
        audit.record(session, "import.loading", "import", id, found.division)
    elif not found.created:
        raise NothingNew(field="import_id", rule="something new")
    else:
        await ask(session, found)
        args = {"import_id": str(id), "mark": True}  # what went back says now that it waits
        await jobs.enqueue(session, "import", args, division=found.division, id=uuid7())
    return await state(session, id)


async def ask(session: AsyncSession, found: Standing) -> None:
    """Ask, as the caller, for what is new to be loaded: it waits for another person, and so does its file.

    Raises YearClosedBefore (409) for a first load.
    """
    if found.first_load:
        await no_closed_year(session, found.division)
    today = await clock.today(session)
    days = await policy.resolve(session, "changes.release_days", found.division, today)
    due_on = workdays.after(today, days.number())
    await queries.ask(session, found.id, due_on)
    await keep_until(session, found, datetime.combine(due_on + timedelta(days=1), time.min, clock.SHANGHAI))
    said: dict[str, object] = {"households": found.created, "persons": found.persons}
    said |= {"first_load": found.first_load, "policy": days.reference()}
    audit.record(session, "import.asked", "import", found.id, found.division, after=said)


async def load_in_job(session: AsyncSession, found: Standing) -> UUID:
    """Load what was checked, in a job of the caller; its files are kept for some days from now."""
    kept = await policy.resolve(session, "imports.kept_days", found.division, await clock.today(session))
    await keep_until(session, found, await clock.now(session) + timedelta(days=kept.number()))
    args = {"import_id": str(found.id), "load": True}
    job = await jobs.enqueue(session, "import", args, division=found.division, id=uuid7())
    await queries.note_load(session, found.id, job)
    return job


async def keep_until(session: AsyncSession, found: Standing, until: datetime) -> None:
    """Keep what came at least until some moment, and then forget it."""
    if until > found.kept_until:
        await queries.keep_until(session, found.id, until)
        await _forget_after(session, found.id, found.division, until)


async def _forget_after(session: AsyncSession, id: UUID, division: str, until: datetime) -> None:
    await jobs.enqueue(session, "forget_import", {"import_id": str(id)}, division=division, due_at=until)


async def marked(session: AsyncSession, id: UUID) -> tuple[UUID, Kind, str | None]:
    """The file that goes back, its kind, and of text the encoding. Raises NothingMarked (404), ForTheSender (403)."""
    found = await queries.marked(session, id)
    if found is None:
        raise NoSuchImport(field="import_id")
    if found.sent_by != caller_of(session).subject:
        raise ForTheSender(field="import_id", rule="the sender")
    if found.file is None:
        raise NothingMarked(field="import_id")
    audit.read(session, "import", id, found.division, reason="marked file")
    return found.file, found.kind, found.encoding
