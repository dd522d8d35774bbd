"""Rules of comparison, what is in force of them, and records of departments beside persons of the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.registry.verification.doubts.records import Severity
from shared.policy import Policy

Way = Literal["identity", "name_born", "name_village", "pinyin_born", "pinyin_village"]
About = Literal["exclusion", "members", "inclusion", "document"]


class Condition(BaseModel):
    """What a field of a record has to be: one of some texts, or a number of at least so much."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    one_of: tuple[str, ...] | None = None
    at_least: Decimal | None = None


class Rule(BaseModel):
    """A rule of matching: whose records, which of them, and by what a person is recognised (surest first)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int
    feed: str
    about: About
    zh: str
    en: str
    when: tuple[Condition, ...]
    matches: tuple[Way, ...]


class Ground(BaseModel):
    """A ground of exclusion and the rules that raise it. One that is not ``enabled`` raises nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    zh: str
    en: str
    severity: Severity
    enabled: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules and grounds of a division on a day, and the policies that state them."""

    rules: Mapping[str, Rule]
    grounds: Mapping[str, Ground]
    rules_policy: Policy
    grounds_policy: Policy

    def ground_of(self, rule: Rule) -> Ground | None:
        """The first enabled ground that a rule raises; None where it raises none here."""
        return next((one for one in self.grounds.values() if one.enabled and rule.id in one.rules), None)

    def raises(self, rule: Rule) -> bool:
        """Whether a rule raises anything here: rules of exclusion need a ground."""
        return rule.about != "exclusion" or self.ground_of(rule) is not None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and when a rule looks, and by which policies."""

    division: str
    today: date
    known: InForce


@dataclass(frozen=True, slots=True)
class Matched:
    """A record of a department beside a person whom it may be about, as far as both are known."""

    record_id: UUID
    record_no: str
    version: int
    name: str
    born: date | None
    village: str | None
    number: str | None
    numbered: bool
    details: Mapping[str, str]
    from_on: date | None
    person_id: UUID
    person_name: str
    person_born: date
    person_number: str | None
    household_id: UUID
    division: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """A record of a department about somebody of whom no household knows, and where they are looked for."""

    record_id: UUID
    record_no: str
    version: int
    name: str
    number: str | None
    details: Mapping[str, str]
    from_on: date | None
    division: str


@dataclass(frozen=True, slots=True)
class Document:
    """A person whose number is no checked identity number."""

    person_id: UUID
    name: str
    document_kind: str
    number: str | None
    household_id: UUID
    division: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What is compared of a record and a person (None: not known)."""

    way: Way
    name: str
    person_name: str
    born: date | None
    person_born: date
    village: str | None
    person_village: str
    numbered: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Something of a record and a person that agrees, does not (``matched`` false), or is not known (None)."""

    what: str
    matched: bool | None
    zh: str
    en: str

    def to_json(self) -> dict[str, object]:
        return {"what": self.what, "matched": self.matched, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Rated:
    """How many doubts of a rule there are, and which share of the closed ones was true."""

    rule: str
    raised: int
    open: int
    upheld: int
    denied: int
    share: str | None

    def to_json(self) -> dict[str, object]:
        counts = {"raised": self.raised, "open": self.open, "upheld": self.upheld, "denied": self.denied}
        return counts | {"share": self.share}


@dataclass(frozen=True, slots=True)
class Run:
    """A run of rules over a division."""

    id: UUID
    division: str
    rules: list[str]
