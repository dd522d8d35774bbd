"""Who did what to which object for what purpose, and who read what: append-only, in the same transaction.

Entries are gathered during the transaction and written as one statement at its end. ``before`` and ``after``
carry no plain identity number, phone, card or health detail.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, MetaData, Table, Text, insert, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.security.auth import Caller

_metadata = MetaData()
AUDIT = Table(
    "audit_entry",
    _metadata,
    Column("id", BigInteger, primary_key=True),
    Column("recorded_at", DateTime(timezone=True)),
    Column("business_at", DateTime(timezone=True)),
    Column("actor", Text),
    Column("roles", ARRAY(Text)),
    Column("actor_division", Text),
    Column("purpose", Text),
    Column("action", Text),
    Column("object_kind", Text),
    Column("object_id", Text),
    Column("division", Text),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("reason", Text),
    Column("request_id", Text),
)


LIST = text("""
    SELECT id, recorded_at, business_at, actor, roles, purpose, action, object_kind, object_id, division, before,
        after, reason, request_id
    FROM audit_entry WHERE division >= :low AND division < :high AND (division, id) > (:division, :id)
      AND (CAST(:kind AS text) IS NULL OR object_kind = :kind)
      AND (CAST(:object_id AS text) IS NULL OR object_id = :object_id)
    ORDER BY division, id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: an action on one object in a division."""

    action: str
    object_kind: str
    object_id: str
    division: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    reason: str | None


def record(
    session: AsyncSession,
    action: str,
    kind: str,
    id: UUID | str,
    division: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Note that the caller of this transaction did ``action`` to an object."""
    session.info.setdefault("audit", []).append(Entry(action, kind, str(id), division, before, after, reason))


def read(session: AsyncSession, kind: str, id: UUID | str, division: str, *, reason: str | None = None) -> None:
    """Note that the caller of this transaction saw an object."""
    record(session, "read", kind, id, division, reason=reason)


async def flush(session: AsyncSession) -> None:
    """Write what was gathered. Called by the edge, before the outbox."""
    entries: list[Entry] = session.info.pop("audit", [])
    if not entries:
        return
    caller: Caller = session.info["caller"]
    common = {
        "actor": caller.subject,
        "roles": sorted(caller.roles),
        "actor_division": caller.division,
        "purpose": session.info.get("purpose") or "system",
        "request_id": session.info.get("request_id"),
    }
    await session.execute(insert(AUDIT), [common | asdict(entry) for entry in entries])
