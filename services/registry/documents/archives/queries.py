"""SQL of archives and their index."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.archives.records import Archive, Entry, Paper, Recorded
from shared.names.divisions import within
from shared.notices.columns import titles
from shared.notices.schemas import Notice

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
# What a village posted, decided and sent in until the archive was asked for, in an order of its own.
_NOTICES = text("""
    SELECT n.*, 'ended' AS status, 0 AS open_objections FROM notice n
    WHERE division = :code AND starts_on <= :as_of AND recorded_at <= :known_at ORDER BY starts_on, id
""")
_STEPS = text("""
    SELECT coalesce((SELECT p.zh FROM policy p WHERE p.key = 'procedure.' || f.procedure
            ORDER BY p.valid_from DESC, p.division LIMIT 1), '') AS procedure,
        f.name, coalesce(f.steps #>> ARRAY['steps', s.position::text, 'zh'], f.steps #>> ARRAY[s.position::text, 'zh'],
            '') AS step, s.done_on, s.record, s.void
    FROM case_file f JOIN case_step s ON s.case_id = f.id
    WHERE f.division = :code AND s.done_on <= :as_of AND s.recorded_at <= :known_at
    ORDER BY f.opened_on, f.id, s.position, s.recorded_at, s.id
""")
_PAPERS = text("""
    SELECT DISTINCT ON (a.household_id, a.sha256) a.sha256, a.size, a.media_type, h.number
    FROM attachment a LEFT JOIN household h ON h.id = a.household_id
    WHERE a.division = :code AND a.recorded_at <= :known_at ORDER BY a.household_id, a.sha256, a.recorded_at
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


def _until(archive: Archive, code: str) -> dict[str, object]:
    return {"code": code, "as_of": archive.as_of, "known_at": archive.known_at}


async def notices(session: AsyncSession, archive: Archive, code: str) -> list[Notice]:
    """The notices and announcements of a village, as they hung."""
    found = (await session.execute(_NOTICES, _until(archive, code))).mappings()
    return [Notice.model_validate({**row, "titles": titles(row["columns"])}) for row in found]


async def steps(session: AsyncSession, archive: Archive, code: str) -> list[Recorded]:
    """What was recorded at the steps of a village's cases: discussions, votes, visits, decisions on notices."""
    return [Recorded(*row) for row in await session.execute(_STEPS, _until(archive, code))]


async def papers(session: AsyncSession, archive: Archive, code: str) -> list[Paper]:
    """The photos and papers of a village."""
    bound = {"code": code, "known_at": archive.known_at}
    return [Paper(*row) for row in await session.execute(_PAPERS, bound)]
