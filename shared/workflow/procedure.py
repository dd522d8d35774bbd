"""A procedure 办理程序 as its policy states it: steps in order, each with who, how and how long. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.time import workdays

Kind = Literal[
    "application",
    "visit",
    "discussion",
    "comparison",
    "vote",
    "inspection",
    "consent",
    "notice",
    "signatures",
    "review",
    "decision",
    "announcement",
    "payment",
]
# Steps at which a town or a county decides, case by case of a batch.
DECIDED: frozenset[Kind] = frozenset({"review", "decision"})
INTAKE = "intake"  # stands for the plan list where a batch names its step
Level = Literal["village", "town", "county"]
Fraction = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]


class Slot(BaseModel):
    """A signature: of who holds ``post``, or, in a village that has nobody in it, of who holds ``otherwise``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    post: str
    otherwise: str | None = None


class Step(BaseModel):
    """One step. Deadlines and notices in ``unit`` (natural days, unless the policy says working days).

    ``evidence`` is how many papers a record has to cite, ``measure`` the unit of what an inspection measures (亩,
    头), ``declined`` what it does when a household does not consent, ``issuer`` who signs a notice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: str
    kind: Kind
    zh: str
    en: str
    level: Level
    roles: frozenset[str]
    within: Annotated[int, Field(ge=1)]
    unit: workdays.Unit = "days"
    people: Annotated[int, Field(ge=1)] = 1
    quorum: Fraction | None = None
    majority: Fraction | None = None
    days: Annotated[int, Field(ge=1)] | None = None
    dismissed: Literal["restart", "continue"] = "restart"
    upheld: str = "refuse"
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    posts: tuple[Slot, ...] = ()
    evidence: Annotated[int, Field(ge=0, le=20)] = 0
    measure: str | None = None
    declined: Literal["refuse", "continue"] = "refuse"
    issuer: Literal["village", "town"] = "village"

    def due(self, since: date) -> date:
        """Until when it is to be done, where it became open on a day."""
        return workdays.after(since, self.within, self.unit)

    def ends(self, posted: date) -> date:
        """The first day after a notice: one of 7 days from the 1st runs to the end of the 7th."""
        assert self.days is not None
        return workdays.after(posted, self.days, self.unit)


class Intake(BaseModel):
    """Who draws up the plan list with which a procedure begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    level: Level
    roles: frozenset[str]


class Procedure(BaseModel):
    """The steps in order; the first record may bear a day up to ``backdate`` days before the case was opened.

    With an ``intake`` cases are opened together, as a list of it, and in no other way.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    backdate: Annotated[int, Field(ge=0)]
    steps: tuple[Step, ...]
    intake: Intake | None = None

    def position(self, step: str) -> int | None:
        """Where a step stands; None where the procedure has no such step."""
        return next((place for place, one in enumerate(self.steps) if one.step == step), None)
