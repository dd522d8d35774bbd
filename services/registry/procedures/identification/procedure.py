"""A procedure 办理程序 as its policy states it: steps in order, each with who, how and how long. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.time import workdays

Name = Literal["identification", "inclusion", "return", "removal"]
Kind = Literal[
    "application",
    "visit",
    "discussion",
    "comparison",
    "vote",
    "notice",
    "signatures",
    "review",
    "decision",
    "announcement",
]
Level = Literal["village", "town", "county"]
Fraction = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
WORDS: dict[str, tuple[str, str, str]] = {
    "identification": ("贫困户识别", "拟纳入", "identification"),
    "inclusion": ("漏评纳入", "拟纳入", "inclusion of who was left out"),
    "return": ("返贫标注", "拟标注返贫", "marking as fallen back"),
    "removal": ("错评剔除", "拟剔除", "clearing out"),
}


class Slot(BaseModel):
    """A signature: of who holds ``post``, or, in a village that has nobody in it, of who holds ``otherwise``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    post: str
    otherwise: str | None = None


class Step(BaseModel):
    """One step. Deadlines and notices in ``unit`` (natural days, unless the policy says working days)."""

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

    def due(self, since: date) -> date:
        """Until when it is to be done, where it became open on a day."""
        return workdays.after(since, self.within, self.unit)

    def ends(self, posted: date) -> date:
        """The first day after a notice: one of 7 days from the 1st runs to the end of the 7th."""
        assert self.days is not None
        return workdays.after(posted, self.days, self.unit)


class Procedure(BaseModel):
    """The steps in order; the first record may bear a day up to ``backdate`` days before the case was opened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    backdate: Annotated[int, Field(ge=0)]
    steps: tuple[Step, ...]

    def position(self, step: str) -> int | None:
        """Where a step stands; None where the procedure has no such step."""
        return next((place for place, one in enumerate(self.steps) if one.step == step), None)
