"""A poor household of the county with what the register asks of it."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from demo.generator import kinship
from demo.generator.kinship import Kin
from demo.generator.persons import AT_WORK, DISABLED, ILL, Person

Item = bool | str


@dataclass(slots=True)
class Household:
    """A registered household. Income in fen a person and year, land in mu; ``items`` are those of the national field
    table that nothing else here depends on, by key.
    """

    id: UUID
    village: str
    number: str
    identified_on: date
    attribute: str
    cause: str
    phone: str
    card: str
    land: str
    income: int
    unsafe_house: bool
    unsafe_grade: str
    members: list[Person] = field(default_factory=list)
    items: dict[str, Item] = field(default_factory=dict)
    came: int = 0

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def head(self) -> Person:
        return next(who for who in self.members if who.relation == kinship.HEAD)

    @property
    def house(self) -> str:
        """Living space in square metres."""
        return f"{30 + self.income // 100 % 60}"

    def workers(self) -> int:
        return sum(who.labour in AT_WORK for who in self.members)

    def lives_here(self, kin: Kin | None) -> bool:
        return any(who.kin is kin for who in self.members)

    def next_number(self, random: Random) -> str:
        """A number for somebody more."""
        self.came += 1
        return f"{self.number}{self.came:02d}{random.randrange(1000):03d}"

    def fits(self) -> bool:
        """Whether the cause of poverty is one of somebody who lives here, and an adult does."""
        if not any(who.born.year < 1997 for who in self.members):
            return False
        match self.cause:
            case "因病":
                return any(who.health in ILL for who in self.members)
            case "因残":
                return any(who.health == DISABLED for who in self.members)
            case "因学":
                return any(who.senior for who in self.members)
            case "缺劳动力":
                return self.workers() <= 1
        return True
