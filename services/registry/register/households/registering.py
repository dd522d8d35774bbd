"""From a checked household to the row that ``register_households`` writes: encrypted, masked, indexed, told."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from services.registry.contracts import HOUSEHOLD, HouseholdState, MemberState
from services.registry.register.fields import catalogue
from services.registry.register.households.rules import born_of, sex_of
from services.registry.register.households.schemas import HouseholdIn, MemberIn
from shared.names import identity
from shared.names.grams import grams
from shared.names.ids import uuid7
from shared.security.crypto import KeyRing

IDENTITY, PHONE, CARD = "person.identity_number", "household.phone", "household.bank_card"
PERSON_PHONE = "person.phone"
_REGISTER = "SELECT register_households($1::jsonb, $2)"


def row(
    household: HouseholdIn,
    keys: KeyRing,
    *,
    source: str,
    kind: str = "registration",
    reason: str = "identified",
    effective_on: date | None = None,
    ground: str | None = None,
) -> dict[str, Any]:
    """The row of a household that passed its rules. ``effective_on`` is by default the day of identification."""
    effective_on = effective_on or household.identified_on
    return {
        "id": str(household.id),
        "change_id": str(uuid7()),
        "event_id": str(uuid7()),
        "division": household.division,
        "number": household.number,
        "identified_on": household.identified_on.isoformat(),
        "effective_on": effective_on.isoformat(),
        "attribute": household.attribute,
        "main_cause": household.main_cause,
        "other_causes": household.other_causes,
        "facts": catalogue.facts(household, "household"),
        **phone_row(household.phone, keys, PHONE, household.id),
        "bank_card": sealed(keys, household.bank_card, CARD, household.id),
        "card_masked": identity.mask_card(household.bank_card) if household.bank_card else None,
        "source": source,
        "digest": digest(household, keys).hex(),
        "captured_at": household.captured_at.isoformat() if household.captured_at else None,
        "kind": kind,
        "reason": reason,
        "ground": ground,
        "version": 1,
        "size": len(household.members),
        "members": [member_row(member, keys) for member in household.members],
        "event_type": HOUSEHOLD.type("registered"),
        "event": _event(household, reason, effective_on).model_dump(mode="json"),
    }


def member_row(member: MemberIn, keys: KeyRing) -> dict[str, Any]:
    """The row of one person: the number encrypted and masked, and indexed where it is an identity number."""
    born = born_of(member)
    return {
        "id": str(member.id),
        "number": member.number,
        "name": member.name,
        "sex": sex_of(member),
        "born": born.isoformat() if born else None,
        **number_row(member.identity_number, keys, member.id),
        **phone_row(member.phone, keys, PERSON_PHONE, member.id),
        "grams": grams(member.name),
        "relation": member.relation,
        "facts": catalogue.facts(member, "member"),
    }


def number_row(given: str, keys: KeyRing, record: UUID) -> dict[str, Any]:
    """An identifying number: its kind, encrypted, masked, and indexed where it is an identity number."""
    number = identity.normalise(given)
    resident = number[:18] if identity.is_resident(number[:18]) else None
    return {
        "document_kind": identity.classify(number).value,
        "identity_number": sealed(keys, number, IDENTITY, record),
        "identity_masked": identity.mask_number(number) if number else None,
        "identity_index": keys.blind_index(resident, IDENTITY).hex() if resident else None,
    }


def phone_row(phone: str | None, keys: KeyRing, field: str, record: UUID) -> dict[str, Any]:
    """A phone number encrypted, masked and indexed; one index finds it whether it is a person's or a household's."""
    digits = "".join(filter(str.isdigit, phone or ""))
    return {
        "phone": sealed(keys, phone, field, record),
        "phone_masked": identity.mask_phone(phone) if phone else None,
        "phone_index": keys.blind_index(digits, PHONE).hex() if digits else None,
    }


def digest(household: HouseholdIn, keys: KeyRing) -> bytes:
    """A keyed digest of everything that was said of a household, but for ids and moments made by the sender."""
    # What is not said leaves no trace in it, so a digest outlives items that are added to the table.
    left_out: Any = {"id": True, "captured_at": True, "members": {"__all__": {"id"}}}
    return keys.blind_index(household.model_dump_json(exclude=left_out, exclude_defaults=True), "household.digest")


async def write(connection: asyncpg.Connection, rows: Iterable[dict[str, Any]], actor: str) -> None:
    """Register the rows in the open transaction. Raises UniqueViolationError, which says nothing of a person."""
    await connection.execute(_REGISTER, to_json(list(rows)).decode(), actor)


def _event(household: HouseholdIn, reason: str, effective_on: date) -> HouseholdState:
    members = [
        MemberState(id=member.id, relation=member.relation, born=born_of(member) or date.min, labour=member.labour)
        for member in household.members
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


def sealed(keys: KeyRing, plain: str | None, field: str, record: UUID) -> str | None:
    """A value encrypted for its field and record; None stays None."""
    return keys.encrypt(plain, field=field, record=str(record)) if plain else None
