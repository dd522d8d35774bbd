"""A household and its members as they pass between modules, and as the register's SQL functions take them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple, TypedDict, Unpack
from uuid import UUID

from services.registry.contracts import HouseholdState, MemberState

# Which key a value is encrypted and indexed with.
IDENTITY, PERSON_PHONE = "person.identity_number", "person.phone"
PHONE, CARD = "household.phone", "household.bank_card"

Status = Literal["registered", "removed", "exited"]
Facts = Mapping[str, object]  # the items of the field table, as stored
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Household:
    """A locked household: its facts, its members, and the day of its last change (``since``)."""

    id: UUID
    division: str
    number: str
    version: int
    status: Status
    identified_on: date
    attribute: str
    main_cause: str
    other_causes: tuple[str, ...]
    facts: Facts
    origins: Mapping[str, int]
    members: tuple[MemberState, ...]
    since: date
    # What one that was taken off the register was until then.
    lived_as: Literal["registered", "exited"] = "registered"

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def counted(self) -> int:
        """How many persons it adds to the register: those of a registered household."""
        return self.size if self.status == "registered" else 0


class Changed(TypedDict, total=False):
    """What a change may set of a household."""

    division: str
    number: str
    status: Status
    identified_on: date
    attribute: str
    main_cause: str
    other_causes: tuple[str, ...]
    facts: Facts
    origins: Mapping[str, int]
    members: tuple[MemberState, ...]


def after(household: Household, **changed: Unpack[Changed]) -> Household:
    """The household with some facts changed, one version on."""
    return replace(household, version=household.version + 1, **changed)


def state_of(
    household: Household,
    reason: str,
    effective_on: date,
    *,
    origin: tuple[UUID, ...] = (),
    destination: tuple[UUID, ...] = (),
) -> HouseholdState:
    """What is published of a household; with the households that a change of several joined it to."""
    return HouseholdState(
        id=household.id,
        number=household.number,
        division=household.division,
        status=household.status,
        identified_on=household.identified_on,
        size=household.size,
        attribute=household.attribute,
        main_cause=household.main_cause,
        members=list(household.members),
        reason=reason,
        effective_on=effective_on,
        predecessors=list(origin),
        successors=list(destination),
    )


@dataclass(frozen=True, slots=True)
class SealedNumber:
    """An identifying number: its kind, encrypted, masked, and (hex) indexed where it is an identity number."""

    kind: str
    sealed: str | None
    masked: str | None
    index: str | None


@dataclass(frozen=True, slots=True)
class SealedPhone:
    """A phone number encrypted, masked and (hex) indexed."""

    sealed: str | None
    masked: str | None
    index: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person who is to be registered as a member."""

    id: UUID
    number: str | None
    name: str
    sex: str | None
    born: date | None
    document: SealedNumber
    phone: SealedPhone
    grams: tuple[str, ...]
    relation: str
    facts: Facts

    def to_json(self) -> Json:
        """As ``register_households`` and ``members_join`` take it."""
        return {
            "id": self.id,
            "number": self.number,
            "name": self.name,
            "sex": self.sex,
            "born": self.born,
            "document_kind": self.document.kind,
            "identity_number": self.document.sealed,
            "identity_masked": self.document.masked,
            "identity_index": self.document.index,
            "phone": self.phone.sealed,
            "phone_masked": self.phone.masked,
            "phone_index": self.phone.index,
            "grams": self.grams,
            "relation": self.relation,
            "facts": self.facts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How a household enters the register: by which change, what decided it; by default it is identified.

    ``source`` is where its facts come from; it takes effect on the day of identification where no day is named.
    """

    source: str
    through: str
    kind: str = "registration"
    reason: str = "identified"
    effective_on: date | None = None
    ground: str | None = None
    change_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Where the person at a position of a lookup lives: as it is answered, ids as text."""

    position: int
    person_id: str
    household_id: str
    division: str
    number: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRow:
    """A household that is to be registered, with the change and the event that it begins with."""

    id: UUID
    change_id: UUID | None  # None: made when it is written, as the event's is
    division: str
    number: str
    identified_on: date
    effective_on: date
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: Facts
    phone: SealedPhone
    bank_card: str | None
    card_masked: str | None
    digest: str
    captured_at: str | None
    entry: Entry
    members: tuple[PersonRow, ...]
    event_type: str
    event: HouseholdState

    def to_json(self) -> Json:
        """As ``register_households`` takes it."""
        return {
            "id": self.id,
            "change_id": self.change_id,
            "division": self.division,
            "number": self.number,
            "identified_on": self.identified_on,
            "effective_on": self.effective_on,
            "attribute": self.attribute,
            "main_cause": self.main_cause,
            "other_causes": self.other_causes,
            "facts": self.facts,
            "phone": self.phone.sealed,
            "phone_masked": self.phone.masked,
            "phone_index": self.phone.index,
            "bank_card": self.bank_card,
            "card_masked": self.card_masked,
            "source": self.entry.source,
            "digest": self.digest,
            "captured_at": self.captured_at,
            "kind": self.entry.kind,
            "reason": self.entry.reason,
            "through": self.entry.through,
            "ground": self.entry.ground,
            "version": 1,
            "size": len(self.members),
            "members": [member.to_json() for member in self.members],
            "event_type": self.event_type,
            "event": self.event,
        }

    def uniques(self) -> "list[Unique]":
        """What of it and of its members may stand in the register once."""
        persons = [(member.id, member.number, member.document.index) for member in self.members]
        return uniques_of_household(self.id, self.number, persons)


Key = str  # with its kind: number:…, household:…, identity:…, people:…, person:…


class Unique(NamedTuple):
    """A key, the field that it comes from, and of which member (None: of the household)."""

    key: Key
    field: str
    member: int | None = None


# Of a person as much as has to be new: id, number in the register, index of the identity number.
Known = tuple[UUID, str | None, str | None]


def uniques_of(person: PersonRow) -> list[Unique]:
    """What of a person may stand in the register once."""
    return _of_person((person.id, person.number, person.document.index), None)


def uniques_of_household(id: UUID, number: str, persons: Iterable[Known]) -> list[Unique]:
    """What of a household and of its members may stand in the register once."""
    listed = [Unique(f"number:{number}", "number"), Unique(f"household:{id}", "id")]
    for position, person in enumerate(persons):
        listed += _of_person(person, position)
    return listed


def _of_person(person: Known, position: int | None) -> list[Unique]:
    id, number, index = person
    listed = [Unique(f"identity:{index}", "identity_number", position)] if index else []
    if number:
        listed.append(Unique(f"people:{number}", "number", position))
    listed.append(Unique(f"person:{id}", "id", position))
    return listed


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """What is believed of a household from a day to a day, instead of what began on the day ``replaces``."""

    replaces: date
    division: str
    status: str
    size: int
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: Facts
    origins: Mapping[str, int]
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRow:
    """What is believed of a membership from a day to a day, instead of what began on the day ``replaces``."""

    replaces: date
    person_id: UUID
    division: str
    relation: str
    joined_on: date
    left_on: date | None
    facts: Facts
    origins: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRow:
    """Who somebody is, as ``correct_identity`` takes it."""

    name: str
    sex: str
    born: date
    document: SealedNumber
    phone: SealedPhone
    grams: tuple[str, ...]

    def to_json(self) -> Json:
        """As ``correct_identity`` takes it."""
        return {
            "name": self.name,
            "sex": self.sex,
            "born": self.born,
            "document_kind": self.document.kind,
            "identity_number": self.document.sealed,
            "identity_masked": self.document.masked,
            "identity_index": self.document.index,
            "phone": self.phone.sealed,
            "phone_masked": self.phone.masked,
            "phone_index": self.phone.index,
            "grams": self.grams,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownByRow:
    """By what a household is known, as ``correct_household`` takes it: what no day bounds."""

    number: str
    identified_on: date
    phone: SealedPhone
    bank_card: str | None
    card_masked: str | None

    def to_json(self) -> Json:
        """As ``correct_household`` takes it."""
        return {
            "number": self.number,
            "identified_on": self.identified_on,
            "phone": self.phone.sealed,
            "phone_masked": self.phone.masked,
            "phone_index": self.phone.index,
            "bank_card": self.bank_card,
            "card_masked": self.card_masked,
        }
