"""SQL of exports."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.exports.records import Export, Household, Member
from services.registry.exchange.exports.schemas import ExportIn
from shared.database.session import caller_of, raw
from shared.names.divisions import prefix_range, within

_EXPORT = """
    SELECT e.id, e.division, e.layout, e.kind, e.status, e.plain, e.reason, e.requested_at, e.requested_by, e.decision, e.decided_at,
        e.decided_by, e.ground, e.households, e.persons, e.sha256, e.file, j.problem,
        CASE WHEN e.decision = 'refused' THEN 'refused' WHEN e.job_id IS NULL THEN 'waiting'
            WHEN e.forgotten_at IS NOT NULL THEN 'forgotten' WHEN e.file IS NOT NULL THEN 'ready'
            WHEN j.status = 'failed' THEN 'failed' ELSE 'making' END AS state
    FROM export e LEFT JOIN job j ON j.id = e.job_id
"""
_ADD = text("""
    INSERT INTO export (id, division, layout, kind, status, plain, reason, requested_by, job_id)
    VALUES (:id, :division, :layout, :kind, :status, :plain, :reason, :actor, :job_id) ON CONFLICT DO NOTHING RETURNING id
""")
_GET = text(f"{_EXPORT} WHERE e.id = :id")
_LOCK = text("SELECT FROM export WHERE id = :id FOR UPDATE")
LIST = text(f"""{_EXPORT} WHERE e.division >= :low AND e.division < :high
    AND (e.division, e.id) > (:division, CAST(:id AS uuid)) ORDER BY e.division, e.id LIMIT :limit""")
DECIDE = text("""
    UPDATE export SET decision = :decision, ground = :ground, decided_by = :actor, decided_at = business_now(), job_id = :job_id
    WHERE id = :id
""")
MADE = text(
    "UPDATE export SET file = :file, sha256 = :sha256, households = :households, persons = :persons WHERE id = :id"
)
FORGET = text("UPDATE export SET file = NULL, forgotten_at = business_now() WHERE id = :id")
_NAMES = text("""
    SELECT code, name FROM division WHERE (code >= :low AND code < :high) OR code IN (left(:low, 6), left(:low, 9))
    ORDER BY valid_to IS NULL, valid_from
""")
_COUNT = "SELECT count(*) FROM membership_now WHERE division >= $1 AND division < $2"
# One statement, so one moment: nobody is missed and nobody stands twice, however long it is read.
_HOUSEHOLDS = """
    SELECT h.id, h.division, h.number, h.size, h.identified_on, h.attribute, h.main_cause, h.other_causes, h.facts, h.phone,
        h.phone_masked, h.bank_card, h.card_masked,
        (SELECT p.name FROM household_place_now p WHERE p.household_id = h.id) AS natural_village,
        (SELECT jsonb_agg(jsonb_build_object('id', m.person_id, 'number', m.number, 'name', m.name, 'sex', m.sex,
                'born', m.born, 'identity_number', m.identity_number, 'identity_masked', m.identity_masked,
                'phone', m.phone, 'phone_masked', m.phone_masked, 'relation', m.relation, 'joined_on', m.joined_on,
                'facts', m.facts) ORDER BY m.relation <> '户主', m.person_id)
            FROM member_now m WHERE m.household_id = h.id) AS members
    FROM household h WHERE h.division >= $1 AND h.division < $2 AND h.status = $3 ORDER BY h.division, h.id
"""
_BATCH = 500


async def add(session: AsyncSession, asked: ExportIn, job: UUID | None) -> bool:
    """Note an export; False where its id is taken."""
    values = asked.model_dump() | {"actor": caller_of(session).subject, "job_id": job}
    return (await session.execute(_ADD, values)).scalar() is not None


async def get(session: AsyncSession, id: UUID, *, lock: bool = False) -> Export | None:
    """An export and how far it is."""
    if lock:
        await session.execute(_LOCK, {"id": id})
    row = (await session.execute(_GET, {"id": id})).one_or_none()
    return Export(*row) if row else None


async def names(session: AsyncSession, division: str) -> dict[str, str]:
    """The names of a division, of its county and township, and of all within it."""
    return {row.code: row.name for row in await session.execute(_NAMES, within(division))}


async def persons_in(session: AsyncSession, division: str) -> int:
    """How many persons live in households of a division."""
    count: int = await (await raw(session)).fetchval(_COUNT, *prefix_range(division))
    return count


async def households(session: AsyncSession, division: str, status: str) -> AsyncIterator[list[Household]]:
    """The households of a division with a status, some hundred at a time, all as they are at one moment."""
    cursor = await (await raw(session)).cursor(_HOUSEHOLDS, *prefix_range(division), status)
    while rows := await cursor.fetch(_BATCH):
        yield [_household(row) for row in rows]


def _household(row: asyncpg.Record) -> Household:
    members = [Member(**member) for member in row["members"] or ()]
    return Household(**dict(row) | {"members": members})
