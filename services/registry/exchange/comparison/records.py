"""What the register says of a household today, and what differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.register.households.records import Facts, Status


@dataclass(frozen=True, slots=True)
class Telling:
    """Since which day something is so, who recorded it (by name, where they are staff), by which kind of change."""

    since: date
    by: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who lives in a household. ``index`` is that of the identity number where it is one, ``phone`` that of
    the phone; ``origins`` say by which version of the household each fact was set, ``version`` by which the relation,
    ``joined_on`` since when they live there with it.
    """

    id: UUID
    number: str | None
    name: str
    sex: str | None
    born: date | None
    document_kind: str
    index: str | None
    phone: str | None
    relation: str
    version: int
    joined_on: date
    facts: Facts
    origins: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Home:
    """A household as the register has it today, its bank card in plain, and what is known of each of its versions."""

    id: UUID
    division: str
    number: str
    version: int
    status: Status
    identified_on: date
    attribute: str
    main_cause: str
    other_causes: tuple[str, ...]
    phone: str | None
    bank_card: str | None
    facts: Facts
    origins: Mapping[str, int]
    members: tuple[Person, ...]
    told: Mapping[int, Telling]
    ended: tuple[str, str] | None  # why it is not registered any more, in Chinese and English

    def telling(self, version: int) -> Telling | None:
        """Since when what a version brought is so."""
        return self.told.get(version)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody of a file who is registered, and does not live in the household of the file: where they live
    (id and number of the household), or since when and why they live nowhere.
    """

    person_id: UUID
    household_id: UUID | None
    number: str | None
    left_on: date | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file says and the register does not: of which field, of which member (None: of the household).

    ``said`` there and ``known`` here in words, neither of what is secret; ``since`` when the register says so.
    """

    field: str
    zh: str
    en: str
    member: int | None = None
    said: str = ""
    known: str = ""
    since: date | None = None
