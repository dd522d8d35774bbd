"""Look-back rounds 回头看 as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from services.registry.register.changes.schemas import Relative
from services.registry.register.households.schemas import LARGEST, HouseholdIn, InStatus, MemberIn
from shared.attachments.schemas import Evidence
from shared.households.schemas import Listed
from shared.http.schemas import Text, Title
from shared.names.divisions import Division
from shared.problems import WrongValue
from shared.words import words

Result = Literal["kept", "cleared", "included", "returned", "corrected"]
RESULTS = words(
    kept=("予以保留", "kept"),
    cleared=("错评剔除", "cleared out"),
    included=("漏评纳入", "included"),
    returned=("返贫纳入", "returned"),
    corrected=("信息更正", "corrected"),
)
ScopeStatus = Literal["registered", "exited", "removed"]


class RoundIn(BaseModel):
    """A round over the households of a division with some statuses, from a day to a day (inclusive)."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    name: Title
    ground: Text
    statuses: Annotated[list[ScopeStatus], Field(min_length=1, max_length=3)] = ["registered"]
    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _in_order(self) -> "RoundIn":
        if self.ends_on < self.starts_on:
            raise WrongValue("结束日期不得早于开始日期", "a round ends after it starts")
        return self


class SignatureNeeded(BaseModel):
    """A signature that a result needs: whose it is."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    roles: list[str]
    zh: str
    en: str


class SignatureGiven(BaseModel):
    """A signature under a result, or a refusal with its remark."""

    step: str
    agreed: bool
    remark: str | None
    signed_by: str
    signed_at: datetime


class RoundRow(BaseModel):
    """A round. ``steps`` are the signatures that a result needs after that of whoever checked."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    name: str
    ground: str
    statuses: list[str]
    starts_on: date
    ends_on: date
    status: str
    in_scope: int
    steps: list[SignatureNeeded]
    evidence: list[str]
    policies: list[dict[str, object]]
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None


class ResultIn(BaseModel):
    """What was found at a household: on what ground, shown by which papers (SHA-256 of attachments).

    ``household`` comes with one that is newly included. A correction says who is to be entered as a ``member``, which
    member (``person_id``, with ``successor_id`` and ``relations`` where that is the head) does not belong to the
    household, or which correction of its facts was made in this round (``correction_id``, as the household's story
    shows it).
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    household_id: UUID
    result: Result
    checked_on: date
    effective_on: date | None = None
    ground: Text
    evidence: Evidence = []
    household: HouseholdIn | None = None
    member: MemberIn | None = None
    person_id: UUID | None = None
    successor_id: UUID | None = None
    relations: Annotated[list[Relative], Field(max_length=LARGEST)] = []
    correction_id: UUID | None = None


class SignatureIn(BaseModel):
    """The next signature under a result, or a refusal with a remark, which sends it back."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    agreed: bool = True
    remark: Text | None = None


class _Found(Listed):
    """What was found in a round, as a code and in words."""

    result: str | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def result_zh(self) -> str | None:
        """The result in Chinese."""
        return RESULTS[self.result].zh if self.result else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def result_en(self) -> str | None:
        """The result in English."""
        return RESULTS[self.result].en if self.result else None


class ScopeRow(InStatus, _Found):
    """A household in scope as it stood when the round was opened, and what was found."""

    model_config = ConfigDict(from_attributes=True)

    household_id: UUID
    division: str
    size: int
    state: str | None


class ResultRow(_Found):
    """A result with the names of those who answer for it; what it proposes to enter is not shown."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    status: str
    checked_on: date
    effective_on: date
    ground: str
    evidence: list[str]
    recorded_at: datetime
    recorded_by: str
    signatures: list[SignatureGiven]
    change_id: UUID | None


class VillageProgress(BaseModel):
    """How far a village is: households in scope, with a result, confirmed; confirmed results of each kind."""

    model_config = ConfigDict(from_attributes=True)

    division: str
    in_scope: int
    recorded: int
    confirmed: int
    kept: int
    cleared: int
    included: int
    returned: int
    corrected: int


class Effect(BaseModel):
    """What confirmed results of one kind added to the register's numbers, counted from its changes."""

    model_config = ConfigDict(from_attributes=True)

    result: str
    results: int
    kind: str | None
    reason: str | None
    changes: int
    households: int
    persons: int


class RoundReport(BaseModel):
    """A round in numbers. ``agrees``: each confirmed result that changes the register has its change."""

    round: RoundRow
    confirmed: int
    open: int
    effects: list[Effect]
    agrees: bool
