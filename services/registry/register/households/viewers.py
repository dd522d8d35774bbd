"""Note whom a list showed: one line in the record for the call, one for each household that was in it."""

import json
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.names.divisions import within

_NOTE = text("""
    SELECT note_seen(CAST(:caller AS jsonb), :action, :division, :reason, CAST(:households AS uuid[]),
        CAST(:divisions AS text[]))
""")
_DIVISION = text("""
    WITH entry AS (
        INSERT INTO audit_entry (actor, roles, actor_division, purpose, action, object_kind, object_id, division,
            reason, request_id)
        SELECT said ->> 'subject', CAST(said ->> 'roles' AS text[]), said ->> 'division', said ->> 'purpose', :action,
            'list', :division, :division, :reason, said ->> 'request_id'
        FROM CAST(:caller AS jsonb) AS said
        RETURNING id, actor, roles, purpose, action, reason
    )
    INSERT INTO viewing (division, entry_id, household_id, actor, roles, purpose, action, reason)
    SELECT h.division, entry.id, h.id, entry.actor, entry.roles, entry.purpose, entry.action, entry.reason
    FROM entry, household h
    WHERE h.division >= :low AND h.division < :high AND (CAST(:status AS text) IS NULL OR h.status = :status)
""")


async def note_viewers(
    session: AsyncSession, action: str, shown: Iterable[tuple[UUID, str]], *, reason: str | None = None
) -> None:
    """The caller of this transaction was shown households, each with its division, in answer to an action."""
    pairs = sorted({(str(id), division) for id, division in shown})
    await session.execute(
        _NOTE,
        {
            "caller": _about(session),
            "action": action,
            "division": caller_of(session).division,
            "reason": reason,
            "households": [id for id, _ in pairs],
            "divisions": [division for _, division in pairs],
        },
    )


async def note_viewers_of_division(
    session: AsyncSession, action: str, division: str, *, status: str | None = None, reason: str | None = None
) -> None:
    """The caller of this transaction was given all households of a division, or those with a status."""
    bound = {
        "caller": _about(session),
        "action": action,
        "division": division,
        **within(division),
        "status": status,
        "reason": reason,
    }
    await session.execute(_DIVISION, bound | within(division))


def _about(session: AsyncSession) -> str:
    caller = caller_of(session)
    about = {
        "subject": caller.subject,
        "roles": f"{{{','.join(sorted(caller.roles))}}}",
        "division": caller.division,
        "purpose": session.info.get("purpose") or "system",
        "request_id": session.info.get("request_id"),
    }
    return json.dumps(about)
