"""Candidates: who shares the village and birth date, a pair of syllables of the name, a phone, an old number.

Blocking keeps it to people worth comparing; each way is an index (ADR 8 for the LATERALs).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.records import IDENTITY
from services.registry.verification.duplicates.records import Decision, Points, Side
from services.registry.verification.duplicates.rules import long_form
from shared import policy
from shared.database.session import caller_of, reach
from shared.http import paging
from shared.security.crypto import KeyRing

_SIDE = """
    SELECT p.id, p.division, p.name, p.sex, p.born, p.identity_number, p.identity_masked, p.phone_index,
        p.document_kind, p.grams, h.id AS household_id, h.number, h.phone_index AS home_index
    FROM {source}
    CROSS JOIN LATERAL (SELECT * FROM person WHERE id = wanted.id LIMIT 1) AS p
    CROSS JOIN LATERAL (SELECT household_id FROM membership_now WHERE person_id = wanted.id LIMIT 1) AS m
    CROSS JOIN LATERAL (SELECT id, number, phone_index, status FROM household WHERE id = m.household_id LIMIT 1) AS h
    WHERE h.status <> 'removed'
"""
# Persons of a division who live in a household that is not removed, in the order of lists.
_PAGE = text("""
    SELECT p.id, p.division FROM person p
    WHERE p.division >= :low AND p.division < :high AND (p.division, p.id) > (:division, CAST(:id AS uuid))
    ORDER BY p.division, p.id LIMIT :limit
""")
_SIDES = text(_SIDE.format(source="unnest(CAST(:ids AS uuid[])) AS wanted(id)"))
# Of each person those who are worth a comparison, within the county.
_CANDIDATES = text("""
    SELECT DISTINCT asked.id AS person_id, other.id AS other_id
    FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS asked(id uuid, division text, born date, pairs text[],
        phone text, long text)
    CROSS JOIN LATERAL (
        (SELECT p.id FROM person p WHERE p.division = asked.division AND p.born = asked.born LIMIT 50)
        UNION ALL
        (SELECT g.person_id FROM unnest(asked.pairs) AS pair(gram)
            CROSS JOIN LATERAL (SELECT one.person_id, one.division FROM person_gram one
                WHERE one.gram = pair.gram AND one.division >= left(asked.division, 6)
                  AND one.division < left(asked.division, 6) || ':' LIMIT 500) AS g
            CROSS JOIN LATERAL (SELECT FROM person p WHERE p.id = g.person_id AND (p.born = asked.born
                OR p.division = asked.division) LIMIT 1) AS near)
        UNION ALL
        (SELECT p.id FROM person p WHERE p.identity_index = decode(asked.long, 'hex') LIMIT 1)
        UNION ALL
        (SELECT p.id FROM person p WHERE p.phone_index = decode(asked.phone, 'hex') LIMIT 20)
        UNION ALL
        (SELECT p.id FROM person p WHERE p.document_kind = 'old15' AND p.born = asked.born
            AND p.division >= left(asked.division, 6) AND p.division < left(asked.division, 6) || ':' LIMIT 50)
    ) AS other
    WHERE other.id <> asked.id
""")
_DECIDED = text("""
    SELECT person_id, other_id FROM duplicate_decision
    WHERE person_id = ANY(CAST(:ids AS uuid[])) OR other_id = ANY(CAST(:ids AS uuid[]))
""")
_DECISIONS = text("""
    SELECT id, person_id, other_id, division, verdict, ground FROM duplicate_decision
    WHERE id = ANY(CAST(:ids AS uuid[]))
""")
_DECIDE = text("""
    INSERT INTO duplicate_decision (id, person_id, other_id, division, verdict, ground, recorded_by)
    SELECT id, person_id, other_id, division, verdict, ground, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, person_id uuid, other_id uuid, division text,
        verdict text, ground text)
""")
DECISIONS = text("""
    SELECT id, division, person_id, other_id, verdict, ground, recorded_at, recorded_by FROM duplicate_decision
    WHERE division >= :low AND division < :high
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")


async def sides(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Side]:
    """Persons who live in a household that is not removed, by id."""
    rows = await session.execute(_SIDES, {"ids": sorted(ids)})
    return {row.id: Side(*row) for row in rows}


async def page(
    session: AsyncSession, division: str | None, limit: int, cursor: str | None
) -> tuple[list[UUID], str | None]:
    """The next persons of a division, and the cursor of those after them."""
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": after_division, "id": after_id, "limit": limit + 1}
    found = paging.by_division(list(await session.execute(_PAGE, {**reach(session, division), **bound})), limit)
    return [row.id for row in found.items], found.next


async def candidates(session: AsyncSession, keys: KeyRing, asked: Iterable[Side]) -> set[tuple[UUID, UUID]]:
    """Pairs of persons that are worth a comparison, each beginning with one who is asked about."""
    wanted = json.dumps([_asked(one, keys) for one in asked], default=str)
    return {(row.person_id, row.other_id) for row in await session.execute(_CANDIDATES, {"asked": wanted})}


def _asked(side: Side, keys: KeyRing) -> dict[str, object]:
    # Names are kept under pairs of syllables; characters and initials would block too little.
    pairs = [gram for gram in side.grams if len(gram) > 1 and not gram.startswith("=")]
    long = ""
    if side.document_kind == "old15" and side.identity_number is not None:
        long = long_form(keys.decrypt(side.identity_number, field=IDENTITY, record=str(side.id)))
    return {
        "id": side.id,
        "division": side.division,
        "born": side.born,
        "pairs": pairs,
        "phone": side.phone_index.hex() if side.phone_index else None,
        "long": keys.blind_index(long, IDENTITY).hex() if long else None,
    }


async def points(session: AsyncSession, county: str, on: date) -> Points:
    """What each reason counts in a county."""
    return (await policy.resolve(session, "duplicates.scoring", county, on)).read(dict[str, int])


async def decided(session: AsyncSession, persons: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Pairs with one of some persons about whom it was decided, the smaller id first."""
    rows = await session.execute(_DECIDED, {"ids": sorted(persons)})
    return {(row.person_id, row.other_id) for row in rows}


async def decisions(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Decision]:
    """The decisions under some ids."""
    return {row.id: Decision(*row) for row in await session.execute(_DECISIONS, {"ids": sorted(ids)})}


async def decide(session: AsyncSession, made: Sequence[Decision]) -> None:
    """Note decisions."""
    rows = json.dumps([one.to_json() for one in made])
    await session.execute(_DECIDE, {"rows": rows, "actor": caller_of(session).subject})
