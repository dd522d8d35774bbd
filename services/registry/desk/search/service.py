"""Find persons and households: the narrowest thing that was given leads, the rest is checked."""

import json
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.search import queries, rules
from services.registry.desk.search.schemas import Hit, Hits, SearchIn
from services.registry.register.households import queries as households
from services.registry.register.households.queries import note_viewers
from services.registry.register.households.records import IDENTITY, PHONE
from shared.database.session import caller_of
from shared.http import paging
from shared.names import identity
from shared.security.crypto import KeyRing

# A page reads names in rounds of growing size; what is beyond the last round is the next page's.
_ROUNDS, _GROWS, _MOST = 6, 4, 2000


async def find(session: AsyncSession, keys: KeyRing, asked: SearchIn) -> Hits:
    """A page of what meets all that is asked. Who was shown is noted. Raises NothingAsked, NameTooShort."""
    patterns = rules.patterns(asked.name) if asked.name else None
    if patterns == []:
        raise rules.NameTooShort(field="name", rule="a character or two letters")
    if not (asked.given() or patterns or asked.identity_number or asked.phone):
        raise rules.NothingAsked(rule="one term")
    bound = asked.bound(caller_of(session).division)
    names = asked.conditions()
    if asked.number:
        bound |= {"number": asked.number}
    if asked.identity_number or asked.phone:
        bound |= _indexes(keys, asked)
        hits = await _persons(session, queries.by_indexes(names), bound, asked, patterns)
    elif patterns and asked.helper:
        hits = await _persons(session, queries.by_helper(names), bound, asked, patterns)
    elif patterns:
        ways = {way for pattern in patterns for way in rules.ways(pattern)}
        listed = [{"gram": way.gram, "needed": list(way.needed)} for way in sorted(ways, key=lambda one: one.gram)]
        bound |= {"ways": json.dumps(listed)}
        hits = await _persons(session, queries.by_grams(names), bound, asked, patterns)
    else:
        hits = await _heads(session, households.listing(names), bound, asked)
    await note_viewers(session, "searched", [(hit.household_id, hit.division) for hit in hits.items])
    return hits


def _indexes(keys: KeyRing, asked: SearchIn) -> dict[str, object]:
    number = identity.normalise(asked.identity_number)[:18]
    digits = "".join(filter(str.isdigit, asked.phone or ""))
    return {
        "identity_index": keys.blind_index(number, IDENTITY) if number else None,
        "phone_index": keys.blind_index(digits, PHONE) if digits else None,
    }


async def _persons(
    session: AsyncSession,
    statement: TextClause,
    bound: dict[str, object],
    asked: SearchIn,
    patterns: list[rules.Pattern] | None,
) -> Hits:
    """Read on from the cursor until the page is full, nothing is left, or enough was read for one request."""
    after = paging.decode(asked.cursor, 2) or paging.FIRST
    found: dict[UUID, Hit] = {}
    size, more = asked.limit + 1, True
    for _ in range(_ROUNDS):
        position = {"after_division": after[0], "after_id": after[1], "limit": size}
        rows = (await session.execute(statement, bound | position)).all()
        for row in rows:
            if len(found) > asked.limit:
                break
            if patterns is None or any(rules.fits(row.name, pattern) for pattern in patterns):
                found.setdefault(row.person_id, Hit.model_validate(row))
        more = len(rows) == size
        if not more or len(found) > asked.limit:
            break
        after = [rows[-1].division, str(rows[-1].person_id)]
        size = min(size * _GROWS, _MOST)
    shown = list(found.values())[: asked.limit]
    if len(found) > asked.limit:
        after, more = [shown[-1].division, str(shown[-1].person_id)], True
    return Hits(items=shown, next=paging.encode(after) if more else None)


async def _heads(session: AsyncSession, statement: TextClause, bound: dict[str, object], asked: SearchIn) -> Hits:
    after = paging.decode(asked.cursor, 2) or paging.FIRST
    position = {"after_division": after[0], "after_id": after[1], "limit": asked.limit + 1}
    rows = (await session.execute(statement, bound | position)).all()
    page = paging.by_division(list(rows), asked.limit)
    heads = await session.execute(queries.HEADS, {"ids": [row.id for row in page.items]})
    return Hits(items=[Hit.model_validate(row) for row in heads], next=page.next)
