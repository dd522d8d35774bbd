"""Lines of income 收入, and the kinds that the policy ``income.kinds`` lists."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict


class Kind(TypedDict):
    """A kind of income: whether it counts, and whether it is earned (1) or spent (-1)."""

    counted: bool
    sign: Literal[1, -1]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a household's income of a year; ``amount`` in fen."""

    id: UUID
    household_id: UUID
    year: int
    kind: str
    amount: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """Counted net income, what was recorded and not counted, and the counted income a person; in fen.

    ``entered``: something was recorded at all; what was not is not known, which is not zero.
    """

    counted: int
    not_counted: int
    per_capita: int
    entered: bool
