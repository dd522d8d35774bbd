"""Compare households of a file with the register of today."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison import queries
from services.registry.exchange.comparison.records import Difference, Home
from services.registry.exchange.comparison.rules import Compared
from services.registry.register.households.register import number_index, phone_index
from services.registry.register.households.schemas import HouseholdIn
from shared.security.crypto import KeyRing


async def compare(
    session: AsyncSession, keys: KeyRing, given: Sequence[HouseholdIn]
) -> tuple[Mapping[str, Home], Mapping[str, Sequence[Difference]]]:
    """The households of a file that are registered within sight, by number, and everything that differs of each."""
    there = await queries.homes(session, keys, [one.number for one in given])

    def number(said: str | None) -> str | None:
        return number_index(said or "", keys)

    def phone(said: str | None) -> str | None:
        return phone_index(said, keys)

    compared = [Compared(one, there[one.number], number, phone) for one in given if one.number in there]
    strangers = {
        (one.given.number, position): index
        for one in compared
        for position in one.strangers
        if (index := number(one.given.members[position].identity_number))
    }
    known = await queries.elsewhere(session, set(strangers.values()))
    found = {key: known[index] for key, index in strangers.items() if index in known}
    return there, {
        one.given.number: one.differences(
            {position: found[key] for position in one.strangers if (key := (one.given.number, position)) in found}
        )
        for one in compared
    }
