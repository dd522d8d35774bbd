"""The job that makes an export: one reading of the register, streamed into a file in constant memory."""

import asyncio
import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.exports import queries
from services.registry.exchange.exports.records import Export, Household, Member
from services.registry.exchange.exports.rules import Cell, Rows, watermark
from services.registry.exchange.layouts.catalogue import layouts
from services.registry.register.households.records import CARD, IDENTITY, PERSON_PHONE, PHONE
from shared.database.session import keys_of
from shared.jobs import Job, Progress
from shared.names.ids import uuid7
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.sheets import chunks
from shared.sheets.problems import ROWS, TooManyRows
from shared.sheets.write import Frame, TableFile, table_file
from shared.time import clock

_SEALED = {
    "household.phone": PHONE,
    "household.bank_card": CARD,
    "member.identity_number": IDENTITY,
    "member.phone": PERSON_PHONE,
}


async def make(session: AsyncSession, job: Job) -> Progress:
    """Make the file of an export. Raises TooManyRows where a workbook cannot hold it."""
    export = await _export(session, job)
    keys = keys_of(session)
    if export.kind == "workbook" and await queries.persons_in(session, export.division) > ROWS:
        raise TooManyRows(limit=ROWS)
    reveal = _Reveal(keys) if export.plain else None
    year = (await clock.today(session)).year
    rows = Rows(layouts()[export.layout], await queries.names(session, export.division), reveal, year)
    writer, digest = chunks.Writer(session, keys, uuid7(), export.division), hashlib.sha256()
    mark = watermark(export)
    into, cells = table_file(export.kind, _frame(export, rows, mark)), rows.cells()
    into.rows(0, [[mark], rows.layout.columns])
    households = persons = 0
    async for found in queries.households(session, export.division, export.status):
        persons += await asyncio.to_thread(_add, into, 2 + persons, rows, cells, found)
        households += len(found)
        digest.update(made := into.take())
        await writer.write(made)
    into.close()
    digest.update(made := into.take())
    await writer.write(made)
    await writer.close()
    told = {"households": households, "persons": persons, "sha256": digest.hexdigest()}
    await session.execute(queries.MADE, told | {"id": export.id, "file": writer.id})
    about = told | {"layout": export.layout, "plain": export.plain, "requested_by": export.requested_by}
    audit.record(session, "export.made", "export", export.id, export.division, after=about, reason=export.reason)
    return Progress(done=persons, total=persons, finished=True, result={"export": str(export.id)})


async def forget(session: AsyncSession, job: Job) -> Progress:
    """Delete the file of an export whose days are over; its record stays."""
    export = await _export(session, job)
    await chunks.forget(session, export.file)
    await session.execute(queries.FORGET, {"id": export.id})
    return Progress(finished=True, result={"export": str(export.id)})


async def _export(session: AsyncSession, job: Job) -> Export:
    export = await queries.get(session, job.id_of("export_id"))
    assert export
    return export


def _frame(export: Export, rows: Rows, mark: str) -> Frame:
    """The watermark stands above the header."""
    explanation = (mark, f"版式：{rows.layout.zh}", "含个人信息，仅限上述用途使用，用后销毁", rows.layout.en)
    title = f"{rows.names.get(export.division, export.division)} {rows.layout.zh}"
    return Frame(
        "登记册",
        explanation,
        1,
        watermark=mark,
        title=title,
        author=export.requested_by,
        columns=rows.layout.columns,
        forms=rows.forms(),
    )


def _add(into: TableFile, first: int, rows: Rows, cells: list[Cell], found: list[Household]) -> int:
    """Write households; answers how many rows they are."""
    made = [row for one in found for row in rows.of(one, cells)]
    into.rows(first, made)
    return len(made)


class _Reveal:
    """Numbers in plain."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def __call__(self, what: str, of: Household | Member) -> str:
        _, _, key = what.partition(".")
        return self._keys.decrypt(getattr(of, key), field=_SEALED[what], record=str(of.id))
