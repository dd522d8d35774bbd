"""SQL of privacy: people and where they live, consents, requests, viewers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy.records import Consent, CorrectionRequest, Person
from services.registry.desk.privacy.schemas import RequestFull, Viewer
from shared.database.rows import typed

_PERSONS = text("""
    SELECT p.id, p.born, p.division, m.household_id
    FROM unnest(CAST(:ids AS uuid[])) AS wanted(id)
    CROSS JOIN LATERAL (SELECT * FROM person WHERE id = wanted.id LIMIT 1) AS p
    CROSS JOIN LATERAL (SELECT household_id FROM membership_believed WHERE person_id = wanted.id
        ORDER BY left_on IS NOT NULL, joined_on DESC LIMIT 1) AS m
""")
CONSENT = text("""
    INSERT INTO consent (id, division, household_id, person_id, purposes, given_on, valid_to, evidence, guardian_id,
        policies, recorded_by)
    SELECT id, division, household_id, person_id, purposes, given_on, valid_to, evidence, guardian_id, policies, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, division text, household_id uuid, person_id uuid,
        purposes text[], given_on date, valid_to date, evidence text, guardian_id uuid, policies jsonb)
""")
_CONSENTS = """
    SELECT id, division, household_id, person_id, purposes, given_on, withdrawal_id, withdrawn_on,
        valid_to, evidence, guardian_id
    FROM consent WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id
"""
WITHDRAW = text("""
    UPDATE consent c SET withdrawal_id = row.withdrawal_id, withdrawn_on = row.withdrawn_on,
        withdrawal_ground = row.ground, withdrawn_by = :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, withdrawal_id uuid, withdrawn_on date, ground text)
    WHERE c.id = row.id
""")
CONSENT_LIST = text("""
    SELECT * FROM consent WHERE division >= :low AND division < :high
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")
CONSENT_LIST_OF = text("""
    SELECT * FROM consent WHERE person_id = :person_id AND division >= :low AND division < :high
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")

REQUEST = text("""
    INSERT INTO correction_request (id, division, household_id, person_id, asked_by, asked_on, field, wanted, evidence,
        due_on, policies, recorded_by)
    SELECT id, division, household_id, person_id, asked_by, asked_on, field, wanted, evidence, due_on, policies, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, division text, household_id uuid, person_id uuid,
        asked_by text, asked_on date, field text, wanted text, evidence text[], due_on date, policies jsonb)
""")
_REQUESTS = """
    SELECT id, division, household_id, person_id, field, asked_on, status, answer_id, recorded_by, asked_by,
        wanted, evidence
    FROM correction_request WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id
"""
_CHANGES = text("SELECT id, household_id FROM change WHERE id = ANY(CAST(:ids AS uuid[]))")
ANSWER = text("""
    UPDATE correction_request q SET status = row.status, answer_id = row.answer_id, answer = row.answer,
        change_id = row.change_id, answered_on = business_today(), answered_by = :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, status text, answer_id uuid, answer text,
        change_id uuid)
    WHERE q.id = row.id
""")
REQUEST_LIST = text("""
    SELECT * FROM correction_request WHERE division >= :low AND division < :high
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")
OPEN_LIST = text("""
    SELECT * FROM correction_request WHERE status = 'open' AND division >= :low AND division < :high
      AND (CAST(:due AS date) IS NULL OR due_on < :due)
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")
_ONE_REQUEST = text("SELECT * FROM correction_request WHERE id = :id")

# A look is a line of the record about one household, or a household that a list showed.
_LOOK = """(action IN ('read', 'disclosed') OR starts_with(action, 'revealed.'))"""
_VIEWERS_OF = text(f"""
    SELECT * FROM (
        SELECT id AS entry, CAST(:household_id AS uuid) AS household_id, division, business_at AS seen_at, actor,
            roles, purpose, action, reason
        FROM audit_entry WHERE object_kind = 'household' AND object_id = :object_id AND id > :entry AND {_LOOK}
        UNION ALL
        SELECT entry_id, household_id, division, seen_at, actor, roles, purpose, action, reason
        FROM viewing WHERE household_id = :household_id AND entry_id > :entry
    ) AS look ORDER BY entry LIMIT :limit
""")
VIEWERS = text(f"""
    SELECT * FROM (
        (SELECT id AS entry, CAST(object_id AS uuid) AS household_id, division, business_at AS seen_at, actor, roles,
            purpose, action, reason
        FROM audit_entry WHERE object_kind = 'household' AND {_LOOK} AND division >= :low AND division < :high
          AND (division, id) > (:division, :entry) ORDER BY division, id LIMIT :limit)
        UNION ALL
        (SELECT entry_id, household_id, division, seen_at, actor, roles, purpose, action, reason
        FROM viewing WHERE division >= :low AND division < :high
          AND (division, entry_id, household_id) > (:division, :entry, CAST(:household_id AS uuid))
        ORDER BY division, entry_id, household_id LIMIT :limit)
    ) AS look ORDER BY division, entry, household_id LIMIT :limit
""")
_HOUSEHOLD = text("SELECT id, division FROM household WHERE id = :id")
ERASURES = text("""
    SELECT * FROM erasure WHERE division >= :low AND division < :high
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")


async def persons(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The persons whom the caller may see, by id."""
    return {one.id: one for one in typed(Person, await session.execute(_PERSONS, {"ids": list(ids)}))}


async def consents(session: AsyncSession, ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, Consent]:
    """Consents by id, to be changed in this transaction where they are locked."""
    found = await session.execute(text(_CONSENTS + "FOR UPDATE" * lock), {"ids": list(ids)})
    return {one.id: one for one in typed(Consent, found)}


async def requests(
    session: AsyncSession, ids: Sequence[UUID], *, lock: bool = False
) -> dict[UUID, CorrectionRequest]:
    """Requests to correct by id, to be changed in this transaction where they are locked."""
    found = await session.execute(text(_REQUESTS + "FOR UPDATE" * lock), {"ids": list(ids)})
    return {one.id: one for one in typed(CorrectionRequest, found)}


async def households_of_changes(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The household that each change is of."""
    return {row.id: row.household_id for row in await session.execute(_CHANGES, {"ids": list(ids)})}


async def request(session: AsyncSession, id: UUID) -> RequestFull | None:
    """All of one request; what is wanted is still sealed."""
    row = (await session.execute(_ONE_REQUEST, {"id": id})).one_or_none()
    return RequestFull.model_validate(row) if row else None


async def is_known(session: AsyncSession, household_id: UUID) -> bool:
    """Whether the caller may see a household."""
    return (await session.execute(_HOUSEHOLD, {"id": household_id})).one_or_none() is not None


async def viewers_of(session: AsyncSession, household_id: UUID, after: int, limit: int) -> list[Viewer]:
    """Who saw a household, after an entry of the record."""
    bound = {"household_id": household_id, "object_id": str(household_id), "entry": after, "limit": limit}
    return [Viewer.model_validate(row) for row in await session.execute(_VIEWERS_OF, bound)]
