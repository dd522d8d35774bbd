"""Cases as they come in: openings, what is recorded at a step, lists, spot checks, decisions."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.registry.procedures.identification.procedure import Name
from services.registry.procedures.notices.schemas import Photos, Place, Text
from services.registry.register.attachments.schemas import Sha256
from services.registry.register.households.schemas import HouseholdIn

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]{0,39}$")]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CaseIn(_In):
    """A case to be opened: for a household of the register, or (``household``) for one that is to enter it."""

    id: UUID
    procedure: Name
    household_id: UUID
    ground: Text
    household: HouseholdIn | None = None
    captured_at: AwareDatetime | None = None


class Application(_In):
    """The household applies and authorises the comparison of its data 授权承诺: the signed paper."""

    kind: Literal["application"]
    on: date
    consents: bool
    paper: Sha256
    statement: Text


class Visit(_In):
    """Who went to the house together, what they found, whether it supports the case."""

    kind: Literal["visit"]
    on: date
    visitors: Annotated[list[Subject], Field(min_length=1, max_length=10)]
    supports: bool
    finding: Text
    photos: Photos = []


class Discussion(_In):
    """What the villagers' group concluded."""

    kind: Literal["discussion"]
    on: date
    participants: Annotated[int, Field(ge=1, le=10_000)]
    supports: bool
    finding: Text


class Finding(_In):
    """A hit of a department's data: which ground, which source, and whether it holds after a look at the evidence."""

    ground: Word
    source: Text
    holds: bool
    evidence: Text


class Comparison(_In):
    """What the departments' data say. No findings: nothing speaks against it."""

    kind: Literal["comparison"]
    on: date
    sources: Annotated[list[Text], Field(min_length=1, max_length=20)]
    findings: Annotated[list[Finding], Field(max_length=50)] = []


class Vote(_In):
    """The assembly of villagers' representatives: how many there are, came and voted; were the findings read out."""

    kind: Literal["vote"]
    on: date
    representatives: Annotated[int, Field(ge=1, le=10_000)]
    present: Count
    in_favour: Count
    against: Count
    abstained: Count
    findings_read: bool
    minutes: Sha256 | None = None


class Posting(_In):
    """Where the notice hangs from today."""

    kind: Literal["notice"]
    place: Place
    photos: Photos = []


class Signature(_In):
    """The caller signs as the holder of a post."""

    kind: Literal["signatures"]
    post: Word


class Announcement(_In):
    """Where the decision is announced."""

    kind: Literal["announcement"]
    on: date
    place: Place
    photos: Photos = []


Record = Annotated[
    Application | Visit | Discussion | Comparison | Vote | Posting | Signature | Announcement,
    Field(discriminator="kind"),
]


class StepIn(_In):
    """What was done at a step of a case."""

    id: UUID
    step: Word
    record: Record


class ListIn(_In):
    """Cases that an office will decide together at a step; the platform draws which are checked on the spot."""

    id: UUID
    step: Word
    case_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class CheckIn(_In):
    """A spot check of a case that was drawn."""

    id: UUID
    on: date
    confirmed: bool
    finding: Text


class DecisionIn(_In):
    """What a town or county decides on a case of a list, and why."""

    id: UUID
    approve: bool
    reason: Text
