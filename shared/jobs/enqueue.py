"""Ask for long work, in the transaction that needs it."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.names.ids import uuid7

_INSERT = text("""
    INSERT INTO job (id, kind, division, caller, args, due_at)
    VALUES (:id, :kind, :division, CAST(:caller AS jsonb), CAST(:args AS jsonb),
            coalesce(CAST(:due_at AS timestamptz), business_now()))
    ON CONFLICT (id) DO NOTHING
""")


async def enqueue(
    session: AsyncSession,
    kind: str,
    args: Mapping[str, object],
    *,
    division: str,
    due_at: datetime | None = None,
    id: UUID | None = None,
) -> UUID:
    """A job of a kind, to be run as this transaction's caller, not before ``due_at`` (business time)."""
    id = id or uuid7()
    await session.execute(
        _INSERT,
        {
            "id": id,
            "kind": kind,
            "division": division,
            "caller": json.dumps(caller_of(session).to_json()),
            "args": json.dumps(args, default=str),
            "due_at": due_at,
        },
    )
    return id
