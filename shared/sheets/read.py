"""The text of a file, read by a job window by window."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.security.crypto import KeyRing
from shared.sheets import chunks
from shared.sheets.records import DataFile, Position, Rows, Window

_PIECES = 8


async def window(session: AsyncSession, keys: KeyRing, id: UUID, start: Position, limit: int) -> Window:
    """Whole lines from a position on, at most so many and some megabytes."""
    position = start.offset // chunks.CHUNK
    parts = await chunks.read(session, keys, id, position, _PIECES + 1)
    last = len(parts) <= _PIECES
    lines = b"".join(parts[:_PIECES])[start.offset - position * chunks.CHUNK :].split(b"\n")
    if not last:
        lines = lines[:-1]
    return Window(start, lines[:limit], last and len(lines) <= limit)


async def rows(session: AsyncSession, keys: KeyRing, file: DataFile, start: Position, limit: int) -> Rows:
    """Rows from a position on, of the table there: at most so many and some megabytes. Between tables it is those of
    the next one.
    """
    table = file.table_at(start.line)
    if start.line < table.rows.line:
        start = table.rows
    last = table is file.tables[-1]
    if table.ends is None:
        found = await window(session, keys, file.id, start, limit)
        return Rows(table, start, found.lines, found.ended, found.ended and last)
    left = table.ends - start.line
    lines = (await window(session, keys, file.id, start, min(limit, left))).lines if left > 0 else []
    ended = len(lines) >= left
    return Rows(table, start, lines, ended, ended and last)
