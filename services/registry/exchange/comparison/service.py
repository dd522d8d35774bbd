"""Compare households of a file with the register of today."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison import queries
from services.registry.exchange.comparison.rules import SAYS_ALL, Beside, Compared
from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.register.households.register import number_index, phone_index
from services.registry.register.households.schemas import HouseholdIn
from shared.security.crypto import KeyRing


async def compare(
    session: AsyncSession,
    keys: KeyRing,
    given: Sequence[HouseholdIn | HouseholdLine],
    silent: Mapping[str, frozenset[str]],
) -> Mapping[str, Beside]:
    """The households of a file that are registered within sight, each beside the register, by number; ``silent`` are
    the columns that the file does not say of a household, by its number.
    """
    numbered = {one.number: one for one in given if one.number}
    there = await queries.homes(session, keys, list(numbered))

    def number(said: str | None) -> str | None:
        return number_index(said or "", keys)

    def phone(said: str | None) -> str | None:
        return phone_index(said, keys)

    compared = {
        at: Compared(one, there[at], number, phone, silent.get(at, SAYS_ALL))
        for at, one in numbered.items()
        if at in there
    }
    strangers = {
        (at, position): index
        for at, one in compared.items()
        for position in one.strangers
        if (index := number(one.given.members[position].identity_number))
    }
    known = await queries.elsewhere(session, set(strangers.values()))
    found = {key: known[index] for key, index in strangers.items() if index in known}
    return {
        at: Beside(
            there[at], one, {position: found[at, position] for position in one.strangers if (at, position) in found}
        )
        for at, one in compared.items()
    }
