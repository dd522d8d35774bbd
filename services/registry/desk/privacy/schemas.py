"""Consents, requests to correct, who saw whom, erasures, as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.register.households.schemas import Ground
from shared.attachments.schemas import Evidence
from shared.http.schemas import Hash, Reason, Sealed, Text
from shared.names.divisions import Division

Purpose = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,30}$")]
Stored = dict[str, object]  # a record as it is stored, to be shown and not to be understood


class ConsentIn(BaseModel):
    """What a person agreed to, with the signed paper; for a child the guardian's consent."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    person_id: UUID
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=20)]
    given_on: date
    valid_to: date | None = None
    evidence: Hash
    guardian_id: UUID | None = None


class WithdrawalIn(BaseModel):
    """A consent that is withdrawn on a day."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    consent_id: UUID
    on: date
    ground: Ground | None = None


class ConsentRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    household_id: UUID
    person_id: UUID
    purposes: list[str]
    given_on: date
    valid_to: date | None
    evidence: str
    guardian_id: UUID | None
    withdrawn_on: date | None
    withdrawal_ground: str | None
    recorded_at: datetime
    recorded_by: str


class RequestIn(BaseModel):
    """Somebody says that a ``field`` is wrong and what it should be; opened for them by a cadre."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    person_id: UUID
    asked_by: Literal["self", "guardian", "family"] = "self"
    asked_on: date
    field: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,40}$")]
    wanted: Sealed
    evidence: Evidence = []


class AnswerIn(BaseModel):
    """A request accepted (with the change that was made) or refused (with the ground), by another than opened it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    request_id: UUID
    accepted: bool
    answer: Text
    change_id: UUID | None = None


class RequestRow(BaseModel):
    """A request; ``wanted`` is shown only in the person's own export and to whoever opens the one request."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    household_id: UUID
    person_id: UUID
    asked_by: str
    asked_on: date
    field: str
    due_on: date
    status: str
    answer: str | None
    change_id: UUID | None
    answered_on: date | None
    answered_by: str | None
    recorded_by: str


class RequestFull(RequestRow):
    wanted: str
    evidence: list[str]


class Viewer(BaseModel):
    """One look at a household: by whom, in which role, for which purpose, how, why, when."""

    model_config = ConfigDict(from_attributes=True)

    entry: int
    household_id: UUID
    division: str
    seen_at: datetime
    actor: str
    roles: list[str]
    purpose: str
    action: str
    reason: str | None


class DisclosureIn(BaseModel):
    """Why everything about a person is given out; ``numbers`` asks for them in plain."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    numbers: bool = False


class Disclosure(BaseModel):
    """All that is held about one person; other members of the household are left out.

    ``records`` are what plans, ledgers, helpers, visits, doubts, departments … hold, by kind; ``titles`` say what
    each kind is called in both languages.
    """

    person: Stored
    household: Stored
    facts: Stored
    memberships: list[Stored]
    changes: list[Stored]
    identities: list[Stored]
    consents: list[Stored]
    requests: list[Stored]
    records: dict[str, list[Stored]]
    titles: dict[str, dict[str, str]]
    viewers: list[Viewer]


class RetentionIn(BaseModel):
    """Erase what is past its time in a division; a dry run counts only."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    dry_run: bool = True


class Retention(BaseModel):
    """How much is past its time (dry run), or the job that erases it."""

    id: UUID
    dry_run: bool
    households: int
    persons: int
    imports: int


class ErasureRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    run_id: UUID
    kind: str
    object_id: UUID
    fields: list[str]
    policies: list[Stored]
    recorded_at: datetime
    recorded_by: str
