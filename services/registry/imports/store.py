"""Where an import's file, errors and counts are kept."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.households.uniques import Key
from services.registry.imports.checking import Error
from shared.crypto import KeyRing
from shared.db import caller_of, raw

CHUNK, WINDOW = 1 << 19, 8  # bytes of a chunk, chunks of a window
_FIELD = "import.chunk"
_IMPORT = text("""
    INSERT INTO import (id, division, mode, sha256, bytes, columns, recorded_by)
    VALUES (:id, :division, :mode, :sha256, :bytes, :columns, :actor)
""")
_CHUNK = text("""
    INSERT INTO import_chunk (import_id, division, position, content)
    VALUES (:import_id, :division, :position, :content)
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
_DIGESTS = "SELECT number, digest FROM said_of($1)"


async def keep(session: AsyncSession, keys: KeyRing, values: dict[str, Any], content: bytes) -> None:
    """Keep an uploaded file, in encrypted chunks."""
    await session.execute(_IMPORT, values | {"actor": caller_of(session).subject, "bytes": len(content)})
    rows = [
        {
            "import_id": values["id"],
            "division": values["division"],
            "position": position,
            "content": keys.encrypt_bytes(
                content[start : start + CHUNK], field=_FIELD, record=f"{values['id']}:{position}"
            ),
        }
        for position, start in enumerate(range(0, len(content), CHUNK))
    ]
    await session.execute(_CHUNK, rows)


async def window(session: AsyncSession, keys: KeyRing, id: UUID, offset: int) -> tuple[bytes, bool]:
    """The file from an offset on, some megabytes at most; and whether it ends there."""
    connection, position = await raw(session), offset // CHUNK
    rows = await connection.fetch(
        "SELECT position, content FROM import_chunk"
        " WHERE import_id = $1 AND position >= $2 ORDER BY position LIMIT $3",
        id,
        position,
        WINDOW + 1,
    )
    parts = [
        keys.decrypt_bytes(row["content"], field=_FIELD, record=f"{id}:{row['position']}") for row in rows[:WINDOW]
    ]
    return b"".join(parts)[offset - position * CHUNK :], len(rows) <= len(parts)


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


async def forget(session: AsyncSession, id: UUID) -> None:
    """Drop the file: it was personal, and its outcome is in the register."""
    connection: asyncpg.Connection = await raw(session)
    await connection.execute("DELETE FROM import_chunk WHERE import_id = $1", id)
    await connection.execute("DELETE FROM import_seen WHERE import_id = $1", id)
