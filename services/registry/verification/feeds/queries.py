"""SQL of department records and of the files that bring them."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.feeds.records import Counts, Villages
from services.registry.verification.feeds.schemas import FileState
from shared.database.session import caller_of, raw
from shared.names.divisions import within

_KEEP = "SELECT fresh, renewed, unchanged, late, contradicting FROM keep_records($1, $2, $3::jsonb, $4, $5)"
_VILLAGES = text("""
    SELECT code, name FROM division_now WHERE code >= :low AND code < :high AND length(code) = 12
""")
_ADD = text("INSERT INTO feed_file (id, division, feed) VALUES (:id, :division, :feed)")
_FEED = text("SELECT feed FROM feed_file WHERE id = :id")
_STATE = text("""
    SELECT f.id, f.feed, d.kind, j.status, j.done, j.total, f.fresh, f.renewed, f.unchanged, f.late, f.contradicting,
        f.rejected, j.problem, d.recorded_at, d.recorded_by
    FROM feed_file f JOIN data_file d ON d.id = f.id JOIN job j ON j.id = f.id WHERE f.id = :id
""")
_COUNT = """
    UPDATE feed_file SET fresh = fresh + $2, renewed = renewed + $3, unchanged = unchanged + $4, late = late + $5,
        contradicting = contradicting + $6, rejected = rejected + $7 WHERE id = $1
"""


async def villages(session: AsyncSession, division: str) -> Villages:
    """The villages of a county: each code to itself, and each name that only one of them has to its code."""
    rows = (await session.execute(_VILLAGES, within(division))).all()
    by_name: dict[str, str] = {}
    for row in rows:
        by_name[row.name] = "" if row.name in by_name else row.code
    return {name: code for name, code in by_name.items() if code} | {row.code: row.code for row in rows}


async def keep(
    session: AsyncSession, division: str, feed: str, rows: Sequence[dict[str, object]], source: str
) -> Counts:
    """Keep records, each for its version, and say what became of them."""
    connection, actor = await raw(session), caller_of(session).subject
    listed = json.dumps(rows, ensure_ascii=False)
    return Counts(*await connection.fetchrow(_KEEP, division, feed, listed, source, actor))


async def add(session: AsyncSession, id: UUID, division: str, feed: str) -> None:
    """Note that a file that was received is one of a feed; it and its job share one id."""
    await session.execute(_ADD, {"id": id, "division": division, "feed": feed})


async def feed_of(session: AsyncSession, id: UUID) -> str:
    """Of which feed a file is."""
    feed: str = (await session.execute(_FEED, {"id": id})).scalar_one()
    return feed


async def state(session: AsyncSession, id: UUID) -> FileState | None:
    """How a file is going."""
    row = (await session.execute(_STATE, {"id": id})).one_or_none()
    return FileState.model_validate(row) if row else None


async def count(session: AsyncSession, id: UUID, found: Counts, rejected: int) -> None:
    """Add to a file's counts."""
    counted = found.fresh, found.renewed, found.unchanged, found.late, found.contradicting, rejected
    await (await raw(session)).execute(_COUNT, id, *counted)
