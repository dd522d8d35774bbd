"""A number that somebody mistyped is a doubt as soon as its person is registered, not only at the next screening."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.records import Found
from services.registry.verification.doubts.service import raise_doubts
from services.registry.verification.screening import match, queries
from services.registry.verification.screening.policies import in_force
from services.registry.verification.screening.records import InForce, Scope
from shared.time import clock


async def doubt_numbers(session: AsyncSession, persons: Sequence[UUID]) -> None:
    """Raise what the rules about documents say of some persons."""
    today = await clock.today(session)
    known, found = dict[str, InForce](), list[Found]()
    for one in await queries.documents_of(session, persons):
        county = one.division[:6]
        if county not in known:
            known[county] = await in_force(session, county, today)
        scope = Scope(county, today, known[county])
        rules = (rule for rule in scope.known.rules.values() if scope.known.raises(rule))
        found += [match.of_document(rule, scope, one) for rule in rules if match.is_about(rule, one)]
    if found:
        await raise_doubts(session, found)


CONSEQUENCES = (doubt_numbers,)
