"""Where a feed's file is kept, encrypted, until it is read; and what was wrong in it."""

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.feeds.keeping import Counts
from services.registry.verification.feeds.rules import Wrong
from shared.database.session import caller_of, raw
from shared.security.crypto import KeyRing

CHUNK, WINDOW = 1 << 19, 8  # bytes of a chunk, chunks of a window
_FIELD = "feed.chunk"
_FILE = text("""
    INSERT INTO feed_file (id, division, feed, sha256, bytes, columns, recorded_by)
    VALUES (:id, :division, :feed, :sha256, :bytes, :columns, :actor)
""")
_CHUNK = text("""
    INSERT INTO feed_chunk (file_id, division, position, content) VALUES (:file_id, :division, :position, :content)
""")
_WINDOW = """
    SELECT position, content FROM feed_chunk WHERE file_id = $1 AND position >= $2 ORDER BY position LIMIT $3
"""
_ERRORS = """
    INSERT INTO feed_error (file_id, division, line, field, rule, zh, en)
    SELECT $1, $2, e.line, e.field, e.rule, e.zh, e.en
    FROM jsonb_to_recordset($3::jsonb) AS e(line integer, field text, rule text, zh text, en text)
"""
_COUNT = """
    UPDATE feed_file SET fresh = fresh + $2, renewed = renewed + $3, unchanged = unchanged + $4, late = late + $5,
        contradicting = contradicting + $6, rejected = rejected + $7 WHERE id = $1
"""


async def keep(session: AsyncSession, keys: KeyRing, values: dict[str, Any], content: bytes) -> None:
    """Keep an uploaded file, in encrypted chunks."""
    await session.execute(_FILE, values | {"actor": caller_of(session).subject, "bytes": len(content)})
    rows = [
        {
            "file_id": values["id"],
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
    position = offset // CHUNK
    rows = await (await raw(session)).fetch(_WINDOW, id, position, WINDOW + 1)
    parts = [
        keys.decrypt_bytes(row["content"], field=_FIELD, record=f"{id}:{row['position']}") for row in rows[:WINDOW]
    ]
    return b"".join(parts)[offset - position * CHUNK :], len(rows) <= len(parts)


async def note(
    session: AsyncSession, id: UUID, division: str, counts: Counts, wrong: list[tuple[int, list[Wrong]]]
) -> None:
    """Add to a file's counts, and keep what is wrong by line."""
    connection = await raw(session)
    told = counts.fresh, counts.renewed, counts.unchanged, counts.late, counts.contradicting, len(wrong)
    await connection.execute(_COUNT, id, *told)
    if wrong:
        listed = [{"line": line} | asdict(one) for line, several in wrong for one in several]
        await connection.execute(_ERRORS, id, division, json.dumps(listed))


async def forget(session: AsyncSession, id: UUID) -> None:
    """Drop the content: it was personal, and what is needed of it is kept."""
    await (await raw(session)).execute("DELETE FROM feed_chunk WHERE file_id = $1", id)
