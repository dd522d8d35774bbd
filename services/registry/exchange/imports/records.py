"""Imports, the households in their files, and what is found of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.registry.exchange.imports.places import Places
from services.registry.exchange.layouts.records import Given, Plan
from services.registry.register.changes.records import Through
from services.registry.register.fields.records import Lists
from services.registry.register.households.records import Key, Unique
from services.registry.register.households.schemas import HouseholdIn
from shared.problems import Problem
from shared.security.crypto import KeyRing
from shared.sheets.records import DataFile, Kind, Mistake, Position
from shared.words import Language

Mode = Literal["all_or_nothing", "accept_good"]
Level = Literal["village", "town", "county"]
Phase = Literal["start", "read", "survey", "check", "load", "mark"]
# How an import stands for the people who bring it and who release it.
State = Literal["checking", "checked", "waiting", "refused", "expired", "loading", "done", "failed"]
Cells = dict[str, str | None]
_ASSUMED = ("attribute", "identified_on")  # said with the file as a whole, or implied by its layout
# What became of a line, a letter each.
NEW, SAME, EXITED, CORRECTED, WRONG, NOTHING = "n", "s", "e", "c", "w", " "


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is imported: all of it or nothing, or every household that is good; checked only, or asked for too;
    as the first load of a county's register 首次建档; and in which language its marked file speaks.
    """

    mode: Mode = "all_or_nothing"
    preview: bool = False
    first_load: bool = False
    language: Language = "zh"

    def to_json(self) -> dict[str, str | bool]:
        said: dict[str, str | bool] = {"mode": self.mode, "language": self.language}
        return said | {"preview": self.preview, "first_load": self.first_load}


@dataclass(frozen=True, slots=True)
class Import:
    """An import as it was sent, how many of its households are new and wrong so far, the marked file, of each
    household that does not stand together (by number) the lines at which its parts begin, and the keys that may stand
    twice in the file (None: any).
    """

    id: UUID
    division: str
    options: Options
    given: Given
    created: int
    rejected: int
    marked: UUID | None
    apart: Mapping[str, list[int]] = field(default_factory=dict)
    twice: frozenset[Key] | None = None

    @property
    def whole(self) -> bool:
        return self.options.mode == "all_or_nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about an import: how it stands, what it found, who had a part in it so far."""

    id: UUID
    division: str
    mode: Mode
    first_load: bool
    layout: str | None
    created: int
    persons: int
    rejected: int
    level: Level | None
    kept_until: datetime
    state: State
    sent_by: str
    asked_by: str | None
    decision: str | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Marked:
    """The file that goes back (None: there is none), and to whom."""

    division: str
    kind: Kind
    file: UUID | None
    sent_by: str
    encoding: str | None


@dataclass(frozen=True, slots=True)
class Stage:
    """How far an import is: its phase, where its text is read, whether it has loaded."""

    phase: Phase = "start"
    position: Position = field(default_factory=Position)
    loaded: bool = False

    def to_json(self) -> dict[str, object]:
        return {"phase": self.phase, "position": self.position.to_json(), "loaded": self.loaded}


class MarkedCell(NamedTuple):
    """A cell that cannot be taken, and the mark that it came with."""

    line: int
    column: str
    mark: str


@dataclass(slots=True)
class HouseholdLines:
    """A household as the file has it: its cells and its members' by field, the line of each member, (line, column)
    where lines differ in what they say of the household, cells that cannot be taken, and what is wrong with where
    its lines stand.
    """

    first: int
    cells: Cells
    members: list[Cells] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    disagree: list[tuple[int, str]] = field(default_factory=list)
    marked: list[MarkedCell] = field(default_factory=list)
    misplaced: list[Mistake] = field(default_factory=list)

    @property
    def silent(self) -> frozenset[str]:
        """Of what is assumed where a file does not say it, what this household does not say."""
        return frozenset(name for name in _ASSUMED if self.cells.get(name) is None)


@dataclass(frozen=True, slots=True)
class Known:
    """What households of a file are checked against."""

    plan: Plan
    given: Given
    keys: KeyRing
    places: Places
    local: Lists
    today: date
    source: str
    through: Through


class Entering(NamedTuple):
    """Where and in which year a household enters the register: the policy judges by these."""

    place: str
    year: int


@dataclass(frozen=True, slots=True)
class Task:
    """An import at work, and what stands against households that enter in a village and year, as far as asked."""

    asked: Import
    file: DataFile
    known: Known
    judged: dict[Entering, Problem | None] = field(default_factory=dict)

    @property
    def completes(self) -> bool:
        """Whether it corrects households that are registered, a line a household."""
        return self.known.plan.layout.a_line == "household"


@dataclass(frozen=True, slots=True)
class Written:
    """The row that registers a household as it is written, how many persons it has, and whose number is none."""

    text: str
    persons: int
    invalid: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Good:
    """A household that can be registered: what is said of it, and what of it may stand once in the register; in the
    load its row too, which takes as long again to make.
    """

    lines: HouseholdLines
    household: HouseholdIn
    digest: str
    uniques: tuple[Unique, ...]
    row: Written | None

    @property
    def number(self) -> str:
        return self.household.number

    @property
    def entering(self) -> Entering:
        return Entering(self.household.division, self.household.identified_on.year)


@dataclass(frozen=True, slots=True)
class Ready:
    """A household that was good when it was checked, as the register takes it."""

    lines: HouseholdLines
    number: str
    entering: Entering
    digest: str
    uniques: tuple[Unique, ...]
    row: Written


@dataclass(frozen=True, slots=True)
class Bad:
    """A household that cannot, and why."""

    lines: HouseholdLines
    mistakes: list[Mistake]


@dataclass(frozen=True, slots=True)
class Registered:
    """A household as it is registered now, as far as a household table can correct it."""

    id: UUID
    number: str
    version: int
    identified_on: date
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: Mapping[str, object]
    head: str | None
    head_index: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Households by what became of them, and persons that were registered."""

    created: int = 0
    unchanged: int = 0
    corrected: int = 0
    rejected: int = 0
    persons: int = 0


class Outcomes:
    """What became of each line of a stretch, being gathered."""

    def __init__(self, first: int) -> None:
        self.first, self._letters = first, [NOTHING]

    def say(self, households: Iterable[HouseholdLines], letter: str) -> None:
        """What became of households."""
        for one in households:
            for line in one.lines:
                at = line - self.first
                self._letters += NOTHING * (at + 1 - len(self._letters))
                self._letters[at] = letter

    @property
    def letters(self) -> str:
        """A letter a line."""
        return "".join(self._letters)
