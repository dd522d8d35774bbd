"""The text of a file, read by a job window by window."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.security.crypto import KeyRing
from shared.sheets import chunks
from shared.sheets.records import Header, Position, Window

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


async def behind_header(session: AsyncSession, keys: KeyRing, id: UUID, header: Header) -> Position:
    """Where the rows begin."""
    return Position().after((await window(session, keys, id, Position(), header.line)).lines)
