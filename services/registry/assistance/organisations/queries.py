"""SQL of organisations and their people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations.records import Organisation, StaffMember
from shared.database.session import caller_of

_ORGANISATION = "id, division, level, kind, name, invented, valid_from, valid_to, version"
_STAFF = """id, division, organisation_id, name, post, rank, subject, phone, phone_masked, phone_index,
    identity_number, identity_masked, identity_index, joined_on, left_on, version"""

LIST = text(f"""
    SELECT {_ORGANISATION} FROM organisation
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:kind AS text) IS NULL OR kind = :kind) AND (CAST(:level AS text) IS NULL OR level = :level)
    ORDER BY division, id LIMIT :limit
""")
STAFF_LIST = text(f"""
    SELECT {_STAFF} FROM staff
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:organisation_id AS uuid) IS NULL OR organisation_id = :organisation_id)
      AND (CAST(:post AS text) IS NULL OR post = :post)
    ORDER BY division, id LIMIT :limit
""")
_GET = text(f"SELECT {_ORGANISATION} FROM organisation WHERE id = ANY(:ids)")
_LOCK = text(f"SELECT {_ORGANISATION} FROM organisation WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_SAME = text(f"""
    SELECT {_ORGANISATION} FROM organisation
    WHERE id = ANY(:ids) OR (division = ANY(:divisions) AND name = ANY(:names) AND valid_to IS NULL)
""")
_RECORD = text("""
    INSERT INTO organisation (id, division, level, kind, name, valid_from, invented, recorded_by)
    VALUES (:id, :division, :level, :kind, :name, :valid_from, :invented, :actor)
""")
_CHANGE = text("UPDATE organisation SET name = :name, valid_to = :valid_to, version = :version WHERE id = :id")
_STAFF_GET = text(f"SELECT {_STAFF} FROM staff WHERE id = ANY(:ids)")
_STAFF_LOCK = text(f"SELECT {_STAFF} FROM staff WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_STAFF_RECORD = text("""
    INSERT INTO staff (id, division, organisation_id, name, post, rank, subject, phone, phone_masked, phone_index,
        identity_number, identity_masked, identity_index, joined_on, recorded_by)
    VALUES (:id, :division, :organisation_id, :name, :post, :rank, :subject, :phone, :phone_masked, :phone_index,
        :identity_number, :identity_masked, :identity_index, :joined_on, :actor)
""")
_STAFF_CHANGE = text("""
    UPDATE staff SET post = :post, rank = :rank, subject = :subject, phone = :phone, phone_masked = :phone_masked,
        phone_index = :phone_index, left_on = :left_on, version = :version
    WHERE id = :id
""")
# What the person has in charge carries the subject too, for villages that do not see the county's staff.
_SUBJECT = text("""
    UPDATE responsibility SET subject = :subject
    WHERE staff_id = :id AND ended_on IS NULL AND subject IS DISTINCT FROM :subject
""")
# Of the staff anywhere, also where the caller cannot see them.
_TAKEN = text("SELECT key FROM taken_staff(CAST(:ids AS uuid[]), :subjects, CAST(:indexes AS bytea[]))")


async def get(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    """The organisations of some ids within the caller's division."""
    return await _organisations(session, _GET, ids)


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    """The same, locked in the order of their ids."""
    return await _organisations(session, _LOCK, ids)


async def same(
    session: AsyncSession, ids: Collection[UUID], divisions: Collection[str], names: Collection[str]
) -> list[Organisation]:
    """Organisations with one of the ids, and those that exist with one of the names in one of the divisions."""
    bound = {"ids": list(ids), "divisions": list(divisions), "names": list(names)}
    return [Organisation(*row) for row in await session.execute(_SAME, bound)]


async def record(session: AsyncSession, rows: Sequence[Organisation]) -> None:
    if rows:
        actor = {"actor": caller_of(session).subject}
        await session.execute(_RECORD, [asdict(row) | actor for row in rows])


async def change(session: AsyncSession, row: Organisation) -> None:
    await session.execute(_CHANGE, asdict(row))


async def staff(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, StaffMember]:
    """The people of some ids within the caller's division."""
    return await _staff(session, _STAFF_GET, ids)


async def lock_staff(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, StaffMember]:
    """The same, locked in the order of their ids."""
    return await _staff(session, _STAFF_LOCK, ids)


async def taken(
    session: AsyncSession,
    *,
    ids: Collection[UUID] = (),
    subjects: Collection[str] = (),
    indexes: Collection[bytes] = (),
) -> set[str]:
    """Which of these somebody of the staff has, anywhere: ``id:…``, ``subject:…``, ``identity:<hex>``."""
    bound = {"ids": list(ids), "subjects": list(subjects), "indexes": list(indexes)}
    return set((await session.execute(_TAKEN, bound)).scalars())


async def record_staff(session: AsyncSession, rows: Sequence[StaffMember]) -> None:
    if rows:
        actor = {"actor": caller_of(session).subject}
        await session.execute(_STAFF_RECORD, [asdict(row) | actor for row in rows])


async def change_staff(session: AsyncSession, row: StaffMember) -> None:
    """Write what may change of somebody; what they have in charge follows their subject."""
    await session.execute(_STAFF_CHANGE, asdict(row))
    await session.execute(_SUBJECT, {"id": row.id, "subject": row.subject})


async def _organisations(
    session: AsyncSession, statement: TextClause, ids: Iterable[UUID]
) -> dict[UUID, Organisation]:
    wanted = sorted(set(ids))
    found = [Organisation(*row) for row in await session.execute(statement, {"ids": wanted})] if wanted else []
    return {one.id: one for one in found}


async def _staff(session: AsyncSession, statement: TextClause, ids: Iterable[UUID]) -> dict[UUID, StaffMember]:
    wanted = sorted(set(ids))
    found = [StaffMember(*row) for row in await session.execute(statement, {"ids": wanted})] if wanted else []
    return {one.id: one for one in found}
