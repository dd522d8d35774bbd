"""A procedure 办理程序 as its policy states it: steps in order, each with who, how and how long. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.notices.records import Issuer
from shared.problems import WrongValue
from shared.security.auth import ROLES
from shared.time import workdays
from shared.words import Word

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
AFTER_DECISION: frozenset[Kind] = frozenset({"announcement", "payment"})
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
    头), ``declined`` what it does when a household does not consent, ``issuer`` who signs a notice (else the village)
    or an announcement (else the county).
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
    issuer: Issuer | None = None

    @property
    def word(self) -> Word:
        return Word(self.step, self.zh, self.en)

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


def check_procedure(value: object) -> None:
    """Whether a value can be a procedure's policy. Raises WrongValue."""
    try:
        procedure = Procedure.model_validate(value)
    except ValidationError as error:
        wrong = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise WrongValue("办理程序的内容不完整或有误", f"this is no procedure: see {wrong or 'its steps'}") from error
    steps = procedure.steps
    if len({step.step for step in steps}) < len(steps):
        raise WrongValue("各步骤的代码不得重复", "each step has a name of its own")
    decided = [place for place, step in enumerate(steps) if step.kind == "decision"]
    if len(decided) != 1:
        raise WrongValue("办理程序应当有且只有一个审定步骤", "a procedure has one decision")
    if any((step.kind in AFTER_DECISION) != (place > decided[0]) for place, step in enumerate(steps)):
        zh = "公告和支付在审定之后，其他步骤在审定之前"
        raise WrongValue(zh, "announcements and payments come after the decision, and nothing else does")
    for place, step in enumerate(steps):
        _check_step(step, {earlier.step for earlier in steps[:place]})


def _check_step(step: Step, earlier: set[str]) -> None:
    if step.kind == "notice" and step.days is None:
        raise WrongValue(f"“{step.zh}”须写明公示天数", f"the notice '{step.en}' hangs for some days")
    if step.kind == "notice" and step.upheld not in {"refuse", *earlier}:
        zh, en = f"“{step.zh}”异议成立后须退回前面的步骤或终止", f"an upheld objection at '{step.en}' refuses"
        raise WrongValue(zh, f"{en} or goes back to an earlier step")
    if step.kind == "signatures" and not step.posts:
        raise WrongValue(f"“{step.zh}”须写明由谁签字", f"'{step.en}' names the posts that sign")
    if not step.roles or step.roles - set(ROLES):
        raise WrongValue(f"“{step.zh}”须写明由哪些岗位办理", f"'{step.en}' names roles that there are")
