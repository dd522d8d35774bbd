"""Where an import's file, errors and counts are kept."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.files import chunks
from services.registry.exchange.imports.checking import Error
from services.registry.register.households.uniques import Key
from shared.database.session import caller_of, raw
from shared.security.crypto import KeyRing

_WINDOW = 8  # pieces
_IMPORT = text("""
    INSERT INTO import (id, job_id, division, mode, kind, preview, sha256, bytes, columns, header_line, layout,
        unknown, not_kept, given, sent, recorded_by)
    VALUES (:id, :id, :division, :mode, :kind, :preview, :sha256, :bytes, :columns, :header_line, :layout, :unknown,
        :not_kept, CAST(:given AS jsonb), :sent, :actor)
""")
_READ = text("""
    UPDATE import SET bytes = :bytes, columns = :columns, header_line = :header_line, layout = :layout,
        unknown = :unknown, not_kept = :not_kept WHERE id = :id
""")
_ERRORS = """
    INSERT INTO import_error (import_id, division, line, field, rule, zh, en)
    SELECT $1, $2, e.line, e.field, e.rule, e.zh, e.en
    FROM jsonb_to_recordset($3::jsonb) AS e(line integer, field text, rule text, zh text, en text)
"""
_COUNT = """
    UPDATE import SET created = created + $2, unchanged = unchanged + $3, rejected = rejected + $4,
        persons = persons + $5 WHERE id = $1
"""
_NOTHING_DONE = "UPDATE import SET created = 0, unchanged = 0, rejected = 0, persons = 0, corrected = 0 WHERE id = $1"
_DIGESTS = "SELECT number, digest FROM said_of($1)"


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """Note an import of a file that is kept."""
    given = json.dumps(values["given"], default=str)
    await session.execute(_IMPORT, values | {"given": given, "actor": caller_of(session).subject})


async def note_text(session: AsyncSession, id: UUID, size: int, known: dict[str, Any]) -> None:
    """Note what a workbook turned out to hold."""
    await session.execute(_READ, known | {"id": id, "bytes": size})


async def lines_from(
    session: AsyncSession, keys: KeyRing, id: UUID, offset: int, limit: int
) -> tuple[list[bytes], bool]:
    """Whole lines of the text from an offset on, at most so many; and whether it ends with them."""
    position = offset // chunks.CHUNK
    parts = await chunks.read(session, keys, id, position, _WINDOW + 1)
    last = len(parts) <= _WINDOW
    lines = b"".join(parts[:_WINDOW])[offset - position * chunks.CHUNK :].split(b"\n")
    if not last:
        lines = lines[:-1]
    return lines[:limit], last and len(lines) <= limit


async def digests(session: AsyncSession, numbers: Sequence[str]) -> dict[str, str]:
    """What was said of the households with some numbers, where the caller can see them."""
    rows = await (await raw(session)).fetch(_DIGESTS, list(numbers))
    return {row["number"]: row["digest"] for row in rows}


async def note(session: AsyncSession, id: UUID, division: str, errors: list[Error]) -> None:
    """Keep what is wrong."""
    if errors:
        listed = [{"line": e.line, "field": e.field, "rule": e.rule, "zh": e.zh, "en": e.en} for e in errors]
        await (await raw(session)).execute(_ERRORS, id, division, json.dumps(listed))


async def count(
    session: AsyncSession, id: UUID, *, created: int, unchanged: int, rejected: int, persons: int
) -> None:
    """Add to an import's counts, in households and (registered) persons."""
    await (await raw(session)).execute(_COUNT, id, created, unchanged, rejected, persons)


async def count_corrected(session: AsyncSession, id: UUID, corrected: int) -> None:
    """Add households that a household table corrected."""
    await (await raw(session)).execute("UPDATE import SET corrected = corrected + $2 WHERE id = $1", id, corrected)


async def seen_before(session: AsyncSession, id: UUID, division: str, keys: Sequence[Key]) -> set[Key]:
    """Which of some keys an earlier stretch of the same file has shown; the others are noted."""
    fresh = await (await raw(session)).fetch(
        "INSERT INTO import_seen (import_id, division, value) SELECT $1, $2, unnest($3::text[])"
        " ON CONFLICT DO NOTHING RETURNING value",
        id,
        division,
        list(keys),
    )
    return set(keys) - {row["value"] for row in fresh}


async def begin_again(session: AsyncSession, id: UUID) -> None:
    """Forget what a check found, before the load finds it again."""
    connection: asyncpg.Connection = await raw(session)
    await connection.execute("DELETE FROM import_error WHERE import_id = $1", id)
    await connection.execute("DELETE FROM import_outcome WHERE import_id = $1", id)
    await connection.execute("DELETE FROM import_seen WHERE import_id = $1", id)
    await connection.execute(_NOTHING_DONE, id)


async def done_nothing(session: AsyncSession, id: UUID) -> None:
    """What was checked was not loaded: nothing was created."""
    await (await raw(session)).execute("UPDATE import SET created = 0, persons = 0, corrected = 0 WHERE id = $1", id)


async def forget(session: AsyncSession, id: UUID) -> None:
    """Drop what came: it was personal, and its outcome is in the register and in the marked file."""
    connection: asyncpg.Connection = await raw(session)
    sent = await connection.fetchval("SELECT sent FROM import WHERE id = $1", id)
    await chunks.forget(session, id, sent)
    await connection.execute("DELETE FROM import_seen WHERE import_id = $1", id)
    await connection.execute("DELETE FROM import_outcome WHERE import_id = $1", id)
    await connection.execute("UPDATE import SET forgotten_at = business_now() WHERE id = $1", id)


async def forget_marked(session: AsyncSession, id: UUID) -> None:
    """Drop what was to go back."""
    connection: asyncpg.Connection = await raw(session)
    await chunks.forget(session, await connection.fetchval("SELECT marked FROM import WHERE id = $1", id))
    await connection.execute("UPDATE import SET marked = NULL WHERE id = $1", id)
