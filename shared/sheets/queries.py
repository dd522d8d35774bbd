"""SQL of files that were received and of what is wrong in them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of, raw
from shared.http import paging
from shared.sheets import chunks
from shared.sheets.records import DataFile, Dialect, Mistake, Remark, Table

_ADD = text("""
    INSERT INTO data_file (id, division, kind, sha256, bytes, tables, encoding, separator, sent, recorded_by)
    VALUES (:id, :division, :kind, :sha256, :bytes, CAST(:tables AS jsonb), :encoding, :separator, :sent, :actor)
""")
_GET = text("""
    SELECT id, division, kind, bytes, tables, sent, encoding, separator FROM data_file WHERE id = :id
""")
_TEXT = text("UPDATE data_file SET bytes = :bytes, tables = CAST(:tables AS jsonb) WHERE id = :id")
_FORGET = text("UPDATE data_file SET forgotten_at = business_now() WHERE id = :id RETURNING sent")
_NOTE = """
    INSERT INTO file_mistake (file_id, division, line, field, rule, zh, en)
    SELECT $1, $2, e.line, e.field, e.rule, e.zh, e.en
    FROM jsonb_to_recordset($3::jsonb) AS e(line integer, field text, rule text, zh text, en text)
"""
_PAGE = text("""
    SELECT line, field, rule, zh, en FROM file_mistake
    WHERE file_id = :id AND (line, field, rule) > (:line, :field, :rule) ORDER BY line, field, rule LIMIT :limit
""")
_WITHIN = """
    SELECT line, field, rule, zh, en FROM file_mistake WHERE file_id = $1 AND line >= $2 AND line < $3
    ORDER BY line, field
"""
_FIRST = "SELECT line, field, rule, zh, en FROM file_mistake WHERE file_id = $1 ORDER BY line, field, rule LIMIT $2"
_CLEAR = "DELETE FROM file_mistake WHERE file_id = $1"
_MOST = 1_000
_REMARK = """
    INSERT INTO file_remark (file_id, division, line, lines, rule, zh, en, sheet)
    SELECT $1, $2, e.line, e.lines, e.rule, e.zh, e.en, e.sheet
    FROM jsonb_to_recordset($3::jsonb)
        AS e(line integer, lines integer, rule text, zh text, en text, sheet text)
"""
_REMARKS = """
    SELECT line, lines, rule, zh, en, sheet FROM file_remark WHERE file_id = $1 ORDER BY sheet, line, rule LIMIT $2
"""
_TABLES = TypeAdapter(tuple[Table, ...])


async def add(session: AsyncSession, file: DataFile, sha256: bytes) -> None:
    """Note a file that is kept."""
    row = {"id": file.id, "division": file.division, "kind": file.kind, "bytes": file.bytes, "sent": file.sent}
    dialect = {"encoding": None, "separator": None} if file.dialect is None else asdict(file.dialect)
    who = {"sha256": sha256, "actor": caller_of(session).subject}
    await session.execute(_ADD, row | who | dialect | _tables(file))


async def get(session: AsyncSession, id: UUID) -> DataFile:
    """A file that was received."""
    row = (await session.execute(_GET, {"id": id})).one()
    dialect = Dialect(row.encoding, row.separator) if row.encoding else None
    tables = _TABLES.validate_python(row.tables)
    return DataFile(row.id, row.division, row.kind, row.bytes, tables, row.sent, dialect)


async def note_text(session: AsyncSession, file: DataFile) -> None:
    """Note what a workbook turned out to hold."""
    await session.execute(_TEXT, {"id": file.id, "bytes": file.bytes} | _tables(file))


def _tables(file: DataFile) -> dict[str, str]:
    return {"tables": _TABLES.dump_json(file.tables).decode()}


async def note_remarks(session: AsyncSession, file: DataFile, remarks: Sequence[Remark]) -> None:
    """Keep what whoever sent a file has to know of it."""
    if remarks:
        listed = json.dumps([asdict(one) for one in remarks])
        await (await raw(session)).execute(_REMARK, file.id, file.division, listed)


async def remarks(session: AsyncSession, id: UUID) -> list[Remark]:
    """What whoever sent a file has to know of it, by sheet and row; of very many the first."""
    return [Remark(*row) for row in await (await raw(session)).fetch(_REMARKS, id, _MOST)]


async def forget(session: AsyncSession, id: UUID) -> None:
    """Drop a file's content, as it came and as text: it was personal, and what is needed of it is kept."""
    sent = (await session.execute(_FORGET, {"id": id})).scalar_one()
    await chunks.forget(session, id, sent)


async def note_mistakes(session: AsyncSession, id: UUID, division: str, mistakes: Sequence[Mistake]) -> None:
    """Keep what is wrong in a file."""
    if mistakes:
        listed = [{"line": e.line, "field": e.field, "rule": e.rule, "zh": e.zh, "en": e.en} for e in mistakes]
        await (await raw(session)).execute(_NOTE, id, division, json.dumps(listed))


async def clear_mistakes(session: AsyncSession, id: UUID) -> None:
    """Forget what was wrong, before it is found again."""
    await (await raw(session)).execute(_CLEAR, id)


async def mistakes_within(session: AsyncSession, id: UUID, first: int, count: int) -> list[Mistake]:
    """What is wrong on some lines."""
    rows = await (await raw(session)).fetch(_WITHIN, id, first, first + count)
    return [Mistake(*row) for row in rows]


async def first_mistakes(session: AsyncSession, id: UUID, count: int) -> list[Mistake]:
    """The first things that are wrong."""
    return [Mistake(*row) for row in await (await raw(session)).fetch(_FIRST, id, count)]


async def mistakes(session: AsyncSession, id: UUID, limit: int, cursor: str | None) -> paging.Page[Mistake]:
    """What is wrong in a file, by line and column, a page at a time; a line is the row of a sheet there."""
    file = await get(session, id)
    line, field, rule = paging.decode(cursor, 3, (int, str, str)) or (0, "", "")
    bound = {"id": id, "line": line, "field": field, "rule": rule, "limit": limit + 1}
    rows = [Mistake(*row) for row in await session.execute(_PAGE, bound)]
    found = paging.page(rows, limit, lambda last: [last.line, last.field, last.rule])
    return paging.Page(items=[_of_sheet(file, one) for one in found.items], next=found.next)


def _of_sheet(file: DataFile, one: Mistake) -> Mistake:
    table = file.table_at(one.line)
    return replace(one, line=table.row(one.line), sheet=table.sheet)
