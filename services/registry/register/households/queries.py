"""Households as they are locked, read for a correction, and listed.

A list has in its statement only what is asked for, so its plan fits it.
"""

import json
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import MemberState
from services.registry.register.households.records import Household, Key
from shared.database.session import caller_of, raw
from shared.names.divisions import within

_LOCK = text("SELECT * FROM household WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_LIVED_AS = text("""
    SELECT DISTINCT ON (household_id) household_id, status FROM household_state_believed
    WHERE household_id = ANY(:ids) AND status <> 'removed' ORDER BY household_id, effective_from DESC
""")
_MEMBERS = text("""
    SELECT household_id, relation, person_id AS id, born, facts ->> 'labour' AS labour
    FROM member_now WHERE household_id = ANY(:ids) ORDER BY relation <> '户主', born, person_id
""")
# A member whose facts were corrected is believed anew from a day on, without a change of the household itself.
_SINCE = text("""
    SELECT s.household_id, greatest(s.effective_from, (SELECT max(m.joined_on) FROM membership_now m
        WHERE m.household_id = s.household_id)) AS effective_from
    FROM household_state_now s WHERE s.household_id = ANY(:ids)
""")
# What is believed of a household and of one of its members, stretch by stretch.
STATES = text("""
    SELECT division, status, size, attribute, main_cause, other_causes, facts, origins, effective_from, effective_to
    FROM household_state_believed WHERE household_id = :id
""")
MEMBERSHIPS = text("""
    SELECT person_id, division, relation, joined_on, left_on, facts, origins FROM membership_believed
    WHERE household_id = :id AND person_id = :person_id
""")
PERSON = text("""
    SELECT name, sex, born, document_kind, identity_number, identity_masked, encode(identity_index, 'hex') AS indexed,
        phone, phone_masked, encode(phone_index, 'hex') AS phone_indexed
    FROM person WHERE id = :person_id FOR UPDATE
""")
KNOWN_BY = text("""
    SELECT number, identified_on, phone, phone_masked, encode(phone_index, 'hex') AS phone_indexed, bank_card,
        card_masked
    FROM household WHERE id = :id
""")
# The first day on which more than facts changed, and the last closed year of some: who is counted hangs on both.
FIRST_CHANGE = text("""
    SELECT min(effective_on) FROM change
    WHERE household_id = :id AND kind NOT IN ('registration', 'new_entry', 'correction', 'cancellation')
""")
CLOSED_YEAR = text("""
    SELECT max(year) FROM year_close WHERE division = left(:division, 6) AND year BETWEEN :first AND :last
""")
_EXIST = text("SELECT code FROM division_now WHERE code = ANY(:codes)")
_KINDS = ("number", "household", "identity", "people", "person")
_TAKEN = "SELECT key FROM taken_keys($1, $2, $3, $4, $5)"

COLUMNS = "h.id, h.division, h.number, h.version, h.status, h.size, h.identified_on, h.attribute, h.main_cause"
_CLAUSES = {
    "status": "h.status = :status",
    "cause": "h.main_cause = :cause",
    "attribute": "h.attribute = :attribute",
    "year": "h.identified_year = :year",
    "number": "h.number = :number",
    "unsafe": "h.unsafe_house",
    "safe": "NOT coalesce(h.unsafe_house, false)",
}
# A household has few helpers and a helper few households; both meet in indexes.
_LABEL = """JOIN household_label l ON l.household_id = h.id AND l.division = h.division AND l.label = :label
    AND l.ends_on IS NULL AND l.division >= :low AND l.division < :high
    AND (l.division, l.household_id) > (:after_division, CAST(:after_id AS uuid))"""
_HELPER = """JOIN responsibility r ON r.household_id = h.id AND r.staff_id = :helper AND r.role = 'helper'
    AND r.ended_on IS NULL"""
_EXISTS = {
    "label": "EXISTS (SELECT FROM household_label l WHERE l.household_id = h.id AND l.label = :label"
    " AND l.ends_on IS NULL)",
    "helper": "EXISTS (SELECT FROM responsibility r WHERE r.household_id = h.id AND r.staff_id = :helper"
    " AND r.role = 'helper' AND r.ended_on IS NULL)",
    "sizes": "h.size = ANY(CAST(:sizes AS integer[]))",
}
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


def clauses(names: frozenset[str]) -> str:
    """Conditions on a household ``h`` that was found by something else."""
    return " AND ".join(["true", *((_CLAUSES | _EXISTS)[name] for name in sorted(names))])


@cache
def listing(names: frozenset[str]) -> TextClause:
    """A page after a position. Sizes are listed one by one and merged, so that each list is in order."""
    joins = (_LABEL if "label" in names else "") + (_HELPER if "helper" in names else "")
    own = [_CLAUSES[name] for name in sorted(names & _CLAUSES.keys())]
    where = " AND ".join(
        [
            "h.division >= :low AND h.division < :high",
            "(h.division, h.id) > (:after_division, CAST(:after_id AS uuid))",
            *own,
        ]
    )
    page = f"SELECT {COLUMNS} FROM household h {joins} WHERE {where}"
    order = "ORDER BY h.division, h.id LIMIT :limit"
    if "sizes" in names:
        page = f"""SELECT {COLUMNS} FROM unnest(CAST(:sizes AS integer[])) AS wanted(size)
            CROSS JOIN LATERAL ({page} AND h.size = wanted.size {order}) AS h"""
    return text(f"{page} {order}")


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Household]:
    """The households that exist within sight, locked in the order of their ids until the transaction ends."""
    wanted = {"ids": sorted(set(ids))}
    rows = (await session.execute(_LOCK, wanted)).all()
    members: dict[UUID, list[MemberState]] = {}
    for row in await session.execute(_MEMBERS, wanted):
        member = MemberState(id=row.id, relation=row.relation, born=row.born, labour=row.labour)
        members.setdefault(row.household_id, []).append(member)
    since = {row.household_id: row.effective_from for row in await session.execute(_SINCE, wanted)}
    removed = [row.id for row in rows if row.status == "removed"]
    was = (
        {row.household_id: row.status for row in await session.execute(_LIVED_AS, {"ids": removed})}
        if removed
        else {}
    )
    return {
        row.id: Household(
            id=row.id,
            division=row.division,
            number=row.number,
            version=row.version,
            status=row.status,
            identified_on=row.identified_on,
            attribute=row.attribute,
            main_cause=row.main_cause,
            other_causes=tuple(row.other_causes),
            facts=row.facts,
            origins=row.origins,
            members=tuple(members.get(row.id, ())),
            since=since[row.id],
            lived_as=was.get(row.id, "registered"),
        )
        for row in rows
    }


async def existing_divisions(session: AsyncSession, codes: Iterable[str]) -> set[str]:
    """Which of some villages, or divisions of another level, exist today."""
    asked = sorted(set(codes))
    return set((await session.execute(_EXIST, {"codes": asked})).scalars()) if asked else set()


async def taken(session: AsyncSession, keys: Iterable[Key]) -> set[Key]:
    """Which of some keys stand in the register already, wherever they stand."""
    by_kind: dict[str, list[str | bytes]] = {kind: [] for kind in _KINDS}
    for kind, value in (key.split(":", 1) for key in sorted(set(keys))):
        by_kind[kind].append(bytes.fromhex(value) if kind == "identity" else value)
    if not any(by_kind.values()):
        return set()
    rows = await (await raw(session)).fetch(_TAKEN, *by_kind.values())
    return {row["key"] for row in rows}


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
