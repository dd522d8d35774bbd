"""SQL of archives and their index."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.archives.records import Archive, Entry
from shared.names.divisions import within

BEGIN = text("""
    INSERT INTO archive (id, division, as_of, known_at, certificates_of, recorded_by)
    VALUES (:id, :division, :as_of, business_now(), :certificates_of, :actor)
""")
_COLUMNS = """
    a.id, a.division, a.as_of, a.known_at, a.certificates_of, j.status, j.done, j.total, a.entries, a.bytes, a.root,
    a.completed_at, a.recorded_at, a.recorded_by
"""
_ONE = text(f"SELECT {_COLUMNS} FROM archive a JOIN job j ON j.id = a.id WHERE a.id = :id")
LIST = text(f"""
    SELECT {_COLUMNS} FROM archive a CROSS JOIN LATERAL (SELECT * FROM job WHERE job.id = a.id LIMIT 1) AS j
    WHERE a.division >= :low AND a.division < :high AND (a.division, a.id) > (:division, CAST(:id AS uuid))
    ORDER BY a.division, a.id LIMIT :limit
""")
# Towns and villages of a division by code, a town before its villages.
_NEXT = text("""
    SELECT code FROM division
    WHERE code >= :low AND code < :high AND code > :after AND length(code) IN (9, 12)
      AND held_on(valid_from, valid_to, :as_of)
    ORDER BY code LIMIT 1
""")
_COUNT = text("""
    SELECT count(*) FROM division
    WHERE code >= :low AND code < :high AND length(code) IN (9, 12)
      AND held_on(valid_from, valid_to, :as_of)
""")
ADD = text("""
    INSERT INTO archive_entry (archive_id, division, path, kind, subject, sha256, size, pages, rows)
    VALUES (:archive_id, :division, :path, :kind, :subject, :sha256, :size, :pages, :rows)
""")
_ENTRIES = text("""
    SELECT path, kind, subject, sha256, size, pages, rows, recorded_at FROM archive_entry
    WHERE archive_id = :id AND path > :after ORDER BY path LIMIT :limit
""")
COMPLETE = text("""
    UPDATE archive SET root = :root, entries = :entries, bytes = :bytes, completed_at = business_now() WHERE id = :id
""")
_MAX = 100_000  # documents of a county, and more


async def archive(session: AsyncSession, id: UUID) -> Archive | None:
    """An archive with how far its job is."""
    row = (await session.execute(_ONE, {"id": id})).one_or_none()
    return Archive(*row) if row else None


async def entries(session: AsyncSession, id: UUID, after: str = "", limit: int = _MAX) -> list[Entry]:
    """The documents of an archive by path."""
    return [Entry(*row) for row in await session.execute(_ENTRIES, {"id": id, "after": after, "limit": limit})]


async def count(session: AsyncSession, archive: Archive) -> int:
    """How many towns and villages an archive is about."""
    bound = within(archive.division) | {"as_of": archive.as_of}
    counted: int = (await session.execute(_COUNT, bound)).scalar_one()
    return counted


async def following(session: AsyncSession, archive: Archive, after: str) -> str | None:
    """The next town or village by code."""
    bound = within(archive.division) | {"as_of": archive.as_of, "after": after}
    code: str | None = (await session.execute(_NEXT, bound)).scalar_one_or_none()
    return code
