"""The job that makes an export: one reading of the register, streamed into a file in constant memory."""

import asyncio
import csv
import hashlib
import io
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.exports import queries
from services.registry.exchange.exports.rows import Rows, Values
from services.registry.exchange.files import chunks
from services.registry.exchange.imports.layout import layouts
from services.registry.register.households.registering import CARD, IDENTITY, PERSON_PHONE, PHONE
from shared.database.session import keys_of, raw
from shared.jobs import Job, Progress
from shared.names.ids import uuid7
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.sheets.cells import harmless
from shared.sheets.problems import ROWS, TooManyRows
from shared.sheets.writing import Frame, Pieces, Workbook
from shared.time import clock

_HOUSEHOLDS = 500  # read at a time
_SEALED = {
    "household.phone": PHONE,
    "household.bank_card": CARD,
    "member.identity_number": IDENTITY,
    "member.phone": PERSON_PHONE,
}


async def step(session: AsyncSession, job: Job) -> Progress:
    """Make the file of an export. Raises TooManyRows where a workbook cannot hold it."""
    export = (await session.execute(queries.GET, {"id": job.args["export_id"]})).one()
    low, high = export.division, f"{export.division}:"
    connection, keys = await raw(session), keys_of(session)
    if export.kind == "workbook" and await connection.fetchval(queries.COUNT, low, high) > ROWS:
        raise TooManyRows(limit=ROWS)
    names = (await session.execute(queries.DIVISIONS, {"low": low, "high": high})).all()
    today = await clock.today(session)
    reveal = _revealing(keys) if export.plain else None
    rows = Rows(layouts()[export.layout], {row.code: row.name for row in names}, reveal, today.year)
    writer, digest = chunks.Writer(session, keys, uuid7(), export.division), hashlib.sha256()
    into: _Sheet | _Csv = (_Sheet if export.kind == "workbook" else _Csv)(watermark(export), export, rows)
    households = persons = 0
    cursor = await connection.cursor(queries.HOUSEHOLDS, low, high, export.status)
    while found := await cursor.fetch(_HOUSEHOLDS):
        persons += await asyncio.to_thread(into.add, found)
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
    export = (await session.execute(queries.GET, {"id": job.args["export_id"]})).one()
    await chunks.forget(session, export.file)
    await session.execute(queries.FORGET, {"id": export.id})
    return Progress(finished=True, result={"export": str(export.id)})


def watermark(export: Any) -> str:
    """Who took what, when, for what, released by whom: it stands on every page."""
    released = f"；批准：{export.decided_by}" if export.plain else "；号码已脱敏"
    day = f"{export.requested_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    return f"导出：{export.requested_by} {day}；用途：{export.reason}{released}；编号：{export.id}"


def _revealing(keys: KeyRing) -> Any:
    def reveal(what: str, of: Values) -> str:
        _, _, key = what.partition(".")
        return keys.decrypt(of[key], field=_SEALED[what], record=str(of["id"]))

    return reveal


class _File:
    """Rows being made into a file; the watermark stands above the header."""

    def __init__(self, mark: str, export: Any, rows: Rows) -> None:
        self._rows, self._cells, self._at = rows, rows.cells(), 0

    def add(self, found: list[Any]) -> int:
        """Write households; answers how many rows they are."""
        made = [row for one in found for row in self._rows.of(one, self._cells)]
        self._write(made)
        return len(made)

    def _write(self, rows: list[list[str]]) -> None:
        raise AssertionError("each kind of file writes its own way")


class _Sheet(_File):
    def __init__(self, mark: str, export: Any, rows: Rows) -> None:
        super().__init__(mark, export, rows)
        self._out = Pieces()
        explanation = (mark, f"版式：{rows.layout.zh}", "含个人信息，仅限上述用途使用，用后销毁", rows.layout.en)
        title = f"{rows.names.get(export.division, export.division)} {rows.layout.zh}"
        frame = Frame("登记册", explanation, 1, watermark=mark, title=title, author=export.requested_by)
        self._book = Workbook(self._out, frame)
        self._book.__enter__()
        self._write([[mark], list(rows.layout.columns)])

    def _write(self, rows: list[list[str]]) -> None:
        self._book.rows(self._at, rows)
        self._at += len(rows)

    def take(self) -> bytes:
        return self._out.take()

    def close(self) -> None:
        self._book.__exit__()


class _Csv(_File):
    def __init__(self, mark: str, export: Any, rows: Rows) -> None:
        super().__init__(mark, export, rows)
        self._out = io.StringIO()
        self._out.write("\ufeff")  # spreadsheets take the file for UTF-8 then
        self._writer = csv.writer(self._out, lineterminator="\n")
        self._write([[mark], list(rows.layout.columns)])

    def _write(self, rows: list[list[str]]) -> None:
        self._writer.writerows([harmless(cell) for cell in row] for row in rows)

    def take(self) -> bytes:
        taken = self._out.getvalue().encode()
        self._out.seek(0)
        self._out.truncate()
        return taken

    def close(self) -> None:
        return
