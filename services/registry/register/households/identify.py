"""By what a household is known: its number, its day of identification, its phone and bank card, corrected.

None of them is bounded by days: what was wrong was wrong from the beginning. The history keeps what stood before,
numbers masked. What names the household to others, and since when it belongs to the register, is corrected by a
higher office than what the household says of itself (policy ``corrections.levels``);
all of it is on record with its ground.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.codes import service as codes
from services.registry.register.households import queries, rules
from services.registry.register.households.records import PHONE, Facts, Household, KnownByRow, SealedPhone
from services.registry.register.households.register import sealed_card, sealed_phone
from services.registry.register.households.schemas import HouseholdPatch
from shared import policy
from shared.database.session import caller_of
from shared.names import identity
from shared.names.words import LEVELS as LEVEL_WORDS
from shared.security.access import LEVELS, LevelForbidden
from shared.security.crypto import KeyRing
from shared.time import clock

_NAMED = ("number", "identified_on", "phone", "bank_card")


@dataclass(frozen=True, slots=True)
class KnownBy:
    """By what a household is known from now on, and what of it the history shows before and after."""

    row: KnownByRow
    before: Facts
    after: Facts


async def may_correct(session: AsyncSession, division: str, given: Collection[str]) -> None:
    """Whether the caller's office is high enough for what is corrected. Raises LevelForbidden (403)."""
    found = await policy.resolve(session, "corrections.levels", division, await clock.today(session))
    levels = found.read(dict[str, str])
    for field in sorted(levels.keys() & given):
        level = levels[field]
        if len(caller_of(session).division) > LEVELS[level]:
            raise LevelForbidden(field=field, rule="corrections.levels", level=LEVEL_WORDS[level])


async def known_by(
    session: AsyncSession, keys: KeyRing, household: Household, body: HouseholdPatch
) -> KnownBy | None:
    """By what a household is known once it is corrected; None where nothing of it is given.

    Raises LevelForbidden (403), NumberTaken and YearIsClosed (409), FactsNotAcceptable (422).
    """
    given = [name for name in _NAMED if name in body.model_fields_set]
    if not given:
        return None
    await may_correct(session, household.division, given)
    await _check(session, household, body)
    now = (await session.execute(queries.KNOWN_BY, {"id": household.id})).one()
    phone, card, masked = SealedPhone(now.phone, now.phone_masked, now.phone_indexed), now.bank_card, now.card_masked
    if "phone" in given:
        phone = sealed_phone(body.phone, keys, PHONE, household.id)
    if "bank_card" in given:
        card = sealed_card(body.bank_card, keys, household.id)
        masked = identity.mask_card(body.bank_card) if body.bank_card else None
    row = KnownByRow(
        number=body.number or now.number,
        identified_on=body.identified_on or now.identified_on,
        phone=phone,
        bank_card=card,
        card_masked=masked,
    )
    before = {"number": now.number, "identified_on": now.identified_on, "phone": now.phone_masked}
    after = {"number": row.number, "identified_on": row.identified_on, "phone": phone.masked}
    return KnownBy(
        row=row,
        before={name: (before | {"bank_card": now.card_masked})[name] for name in given},
        after={name: (after | {"bank_card": masked})[name] for name in given},
    )


async def _check(session: AsyncSession, household: Household, body: HouseholdPatch) -> None:
    today = await clock.today(session)
    first = (await session.execute(queries.FIRST_CHANGE, {"id": household.id})).scalar()
    faults = list(rules.known_by_faults(body, first, today))
    if body.identified_on:
        faults += rules.word_faults(household, body.identified_on, today)
    await codes.refuse(session, household.division, faults, rules.FactsNotAcceptable)
    if body.number and body.number != household.number and await queries.taken(session, [f"number:{body.number}"]):
        raise rules.NumberTaken(field="number", rule="once in the register")
    if body.identified_on and not body.in_closed_year:
        years = sorted((body.identified_on.year, household.identified_on.year))
        bound = {"division": household.division, "first": years[0], "last": years[1]}
        if closed := (await session.execute(queries.CLOSED_YEAR, bound)).scalar():
            raise rules.YearIsClosed(field="identified_on", rule="closed years stay", year=closed)
