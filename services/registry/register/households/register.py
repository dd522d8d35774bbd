"""Register households: a checked one becomes the row that ``register_households`` writes, encrypted and indexed."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from pydantic_core import from_json, to_json

from services.registry.contracts import HOUSEHOLD, HouseholdState, MemberState
from services.registry.register.codes import local
from services.registry.register.fields import catalogue
from services.registry.register.fields.rules import refusal
from services.registry.register.households import rules
from services.registry.register.households.records import (
    CARD,
    IDENTITY,
    PERSON_PHONE,
    PHONE,
    HouseholdRow,
    PersonRow,
    SealedNumber,
    SealedPhone,
)
from services.registry.register.households.schemas import HouseholdIn, MemberIn
from shared.database.session import Database
from shared.http.idempotency import Claim, KeyReused
from shared.names import identity
from shared.names.grams import grams
from shared.names.ids import uuid7
from shared.problems import Conflict, Problem
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.security.crypto import KeyRing
from shared.time import clock

_ONE = "SELECT * FROM register_one($1, $2, $3::jsonb, $4, $5, $6::jsonb)"
_MANY = "SELECT register_households($1::jsonb, $2)"
_REGISTERED = HOUSEHOLD.type("registered")
_CONFLICTS: dict[str, tuple[type[Conflict], str]] = {
    "person_by_identity": (rules.PersonRegistered, "members"),
    "person_number_key": (rules.PersonRegistered, "members.number"),
    "person_pkey": (rules.PersonRegistered, "members.id"),
    "membership_of_person": (rules.PersonRegistered, "members.id"),
    "household_number_key": (rules.NumberTaken, "number"),
    "household_pkey": (rules.HouseholdDiffers, "id"),
}


class Stored(NamedTuple):
    """The answer to a registration as it is kept under its key: JSON text."""

    status: int
    body: str
    version: int
    replayed: bool


async def one(
    database: Database, keys: KeyRing, caller: Caller, about: str, claim: Claim, household: HouseholdIn
) -> Stored:
    """Register, or answer what was answered before: one statement. Raises 403, 409 and 422 problems."""
    await _check(database, caller, household)
    asked = to_json(row(household, keys, source=f"typed:{caller.subject}").to_json()).decode()
    try:
        answer = await database.pool.fetchrow(
            _ONE, caller.division, database.moment, about, claim.key, claim.digest, asked
        )
    except asyncpg.UniqueViolationError as error:
        # Somebody was faster, or stands where this caller cannot see.
        kind, field = _CONFLICTS.get(error.constraint_name or "", (rules.HouseholdDiffers, "id"))
        raise kind(field=field, rule="once in the register") from error
    if answer["refusal"]:
        raise _refusal(answer["refusal"])
    version = from_json(answer["body"])["version"]
    return Stored(answer["status"], answer["body"], version, answer["replayed"])


def _refusal(reason: str) -> Problem:
    match reason:
        case "key":
            return KeyReused(field="Idempotency-Key", rule="one key, one request")
        case "division":
            return rules.NoSuchVillage(field="division", rule="a village on the list of divisions")
        case "id":
            return rules.HouseholdDiffers(field="id", rule="one id, one household")
        case _:
            return rules.PersonRegistered(field=reason, rule="once in the register")


async def _check(database: Database, caller: Caller, household: HouseholdIn) -> None:
    if not caller.covers(household.division):
        raise DivisionForbidden(field="division")
    moment = database.moment or await database.pool.fetchval("SELECT now FROM simulated_clock")
    today = clock.day_of(moment)
    faults = rules.household_faults(household, today)
    if faults := await local.remaining(database.pool, household.division, today, faults):
        raise refusal(rules.HouseholdNotAcceptable, faults)


async def write(connection: asyncpg.Connection, rows: Iterable[HouseholdRow], actor: str) -> None:
    """Register the rows in the open transaction. Raises UniqueViolationError, which says nothing of a person."""
    await connection.execute(_MANY, to_json([row.to_json() for row in rows]).decode(), actor)


def row(
    household: HouseholdIn,
    keys: KeyRing,
    *,
    source: str,
    kind: str = "registration",
    reason: str = "identified",
    effective_on: date | None = None,
    ground: str | None = None,
    change_id: UUID | None = None,
) -> HouseholdRow:
    """The row of a household that passed its rules. ``effective_on`` is by default the day of identification."""
    effective_on = effective_on or household.identified_on
    return HouseholdRow(
        id=household.id,
        change_id=change_id or uuid7(),
        event_id=uuid7(),
        division=household.division,
        number=household.number,
        identified_on=household.identified_on,
        effective_on=effective_on,
        attribute=household.attribute,
        main_cause=household.main_cause,
        other_causes=household.other_causes,
        facts=catalogue.facts(household, "household"),
        phone=sealed_phone(household.phone, keys, PHONE, household.id),
        bank_card=_sealed(keys, household.bank_card, CARD, household.id),
        card_masked=identity.mask_card(household.bank_card) if household.bank_card else None,
        source=source,
        digest=digest(household, keys).hex(),
        captured_at=household.captured_at.isoformat() if household.captured_at else None,
        kind=kind,
        reason=reason,
        ground=ground,
        members=tuple(person_row(member, keys) for member in household.members),
        event_type=_REGISTERED,
        event=_event(household, reason, effective_on),
    )


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
    resident = number[:18] if identity.is_resident(number[:18]) else None
    return SealedNumber(
        kind=identity.classify(number).value,
        sealed=_sealed(keys, number, IDENTITY, record),
        masked=identity.mask_number(number) if number else None,
        index=keys.blind_index(resident, IDENTITY).hex() if resident else None,
    )


def sealed_phone(phone: str | None, keys: KeyRing, field: str, record: UUID) -> SealedPhone:
    """A phone number encrypted, masked and indexed; one index finds it whether it is a person's or a household's."""
    digits = "".join(filter(str.isdigit, phone or ""))
    return SealedPhone(
        sealed=_sealed(keys, phone, field, record),
        masked=identity.mask_phone(phone) if phone else None,
        index=keys.blind_index(digits, PHONE).hex() if digits else None,
    )


def digest(household: HouseholdIn, keys: KeyRing) -> bytes:
    """A keyed digest of everything that was said of a household, but for ids and moments made by the sender."""
    # What is not said leaves no trace in it, so a digest outlives items that are added to the table.
    left_out: Any = {"id": True, "captured_at": True, "members": {"__all__": {"id"}}}
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
