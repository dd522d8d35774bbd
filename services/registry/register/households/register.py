"""Register households: a checked one becomes the row that ``register_households`` writes, encrypted and indexed."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import asyncpg
from pydantic.main import IncEx
from pydantic_core import to_json

from services.registry.contracts import HOUSEHOLD, HouseholdState, MemberState
from services.registry.register.fields import catalogue
from services.registry.register.households import rules
from services.registry.register.households.records import (
    CARD,
    IDENTITY,
    PERSON_PHONE,
    PHONE,
    Entry,
    HouseholdRow,
    PersonRow,
    SealedNumber,
    SealedPhone,
    Unique,
    uniques_of_household,
)
from services.registry.register.households.schemas import HouseholdIn, MemberIn
from shared.names import identity
from shared.names.grams import grams
from shared.security.crypto import KeyRing

_MANY = "SELECT register_households($1::jsonb, $2)"
_REGISTERED = HOUSEHOLD.type("registered")


async def write(connection: asyncpg.Connection, rows: Iterable[HouseholdRow], actor: str) -> None:
    """Register the rows in the open transaction. Raises UniqueViolationError, which says nothing of a person."""
    await write_texts(connection, map(text, rows), actor)


async def write_texts(connection: asyncpg.Connection, rows: Iterable[str], actor: str) -> None:
    """As ``write``, of rows that are texts already."""
    await connection.execute(_MANY, f"[{','.join(rows)}]", actor)


def text(row: HouseholdRow) -> str:
    """A row as it is written."""
    return to_json(row.to_json()).decode()


def row(household: HouseholdIn, keys: KeyRing, entry: Entry, *, known_as: str | None = None) -> HouseholdRow:
    """The row of a household that passed its rules; ``known_as`` is its digest where that is made already."""
    effective_on = entry.effective_on or household.identified_on
    return HouseholdRow(
        id=household.id,
        change_id=entry.change_id,
        division=household.division,
        number=household.number,
        identified_on=household.identified_on,
        effective_on=effective_on,
        attribute=household.attribute,
        main_cause=household.main_cause,
        other_causes=household.other_causes,
        facts=catalogue.facts(household, "household"),
        phone=sealed_phone(household.phone, keys, PHONE, household.id),
        bank_card=sealed_card(household.bank_card, keys, household.id),
        card_masked=identity.mask_card(household.bank_card) if household.bank_card else None,
        digest=known_as or digest(household, keys).hex(),
        captured_at=household.captured_at.isoformat() if household.captured_at else None,
        entry=entry,
        members=tuple(person_row(member, keys) for member in household.members),
        event_type=_REGISTERED,
        event=_event(household, entry.reason, effective_on),
    )


def uniques(household: HouseholdIn, keys: KeyRing) -> list[Unique]:
    """What of a household and of its members may stand in the register once, without sealing any of it."""
    persons = [(one.id, one.number, number_index(one.identity_number, keys)) for one in household.members]
    return uniques_of_household(household.id, household.number, persons)


def person_row(member: MemberIn, keys: KeyRing) -> PersonRow:
    """The row of one person: the number encrypted and masked, and indexed where it is an identity number."""
    return PersonRow(
        id=member.id,
        number=member.number,
        name=member.name,
        sex=rules.sex_of(member),
        born=rules.born_of(member),
        document=sealed_number(member.identity_number, keys, member.id),
        phone=sealed_phone(member.phone, keys, PERSON_PHONE, member.id),
        grams=grams(member.name),
        relation=member.relation,
        facts=catalogue.facts(member, "member"),
    )


def sealed_number(given: str, keys: KeyRing, record: UUID) -> SealedNumber:
    """An identifying number: its kind, encrypted, masked, and indexed where it is an identity number."""
    number = identity.normalise(given)
    return SealedNumber(
        kind=identity.classify(number).value,
        sealed=_sealed(keys, number, IDENTITY, record),
        masked=identity.mask_number(number) if number else None,
        index=number_index(number, keys),
    )


def number_index(said: str, keys: KeyRing) -> str | None:
    """By what a person is found who has an identity number; None where it is none."""
    number = identity.normalise(said)
    resident = number[:18] if identity.is_resident(number[:18]) else None
    return keys.blind_index(resident, IDENTITY).hex() if resident else None


def sealed_phone(phone: str | None, keys: KeyRing, field: str, record: UUID) -> SealedPhone:
    """A phone number encrypted, masked and indexed; one index finds it whether it is a person's or a household's."""
    return SealedPhone(
        sealed=_sealed(keys, phone, field, record),
        masked=identity.mask_phone(phone) if phone else None,
        index=phone_index(phone, keys),
    )


def phone_index(phone: str | None, keys: KeyRing) -> str | None:
    """By what a phone is found, a person's or a household's, however it is written."""
    digits = "".join(filter(str.isdigit, phone or ""))
    return keys.blind_index(digits, PHONE).hex() if digits else None


def sealed_card(card: str | None, keys: KeyRing, household: UUID) -> str | None:
    """The number of a bank card, encrypted."""
    return _sealed(keys, card, CARD, household)


def digest(household: HouseholdIn, keys: KeyRing) -> bytes:
    """A keyed digest of everything that was said of a household, but for ids and moments made by the sender."""
    # What is not said leaves no trace in it, so a digest outlives items that are added to the table.
    left_out: Mapping[str, IncEx | bool] = {"id": True, "captured_at": True, "members": {"__all__": {"id"}}}
    return keys.blind_index(household.model_dump_json(exclude=left_out, exclude_defaults=True), "household.digest")


def _event(household: HouseholdIn, reason: str, effective_on: date) -> HouseholdState:
    members = [
        MemberState(id=one.id, relation=one.relation, born=rules.born_of(one) or date.min, labour=one.labour)
        for one in household.members
    ]
    return HouseholdState(
        id=household.id,
        number=household.number,
        division=household.division,
        status="registered",
        identified_on=household.identified_on,
        size=len(members),
        attribute=household.attribute,
        main_cause=household.main_cause,
        members=members,
        reason=reason,
        effective_on=effective_on,
    )


def _sealed(keys: KeyRing, plain: str | None, field: str, record: UUID) -> str | None:
    """A value encrypted for its field and record; None stays None."""
    return keys.encrypt(plain, field=field, record=str(record)) if plain else None
