"""Policies and what is proposed to change, on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from shared.http.schemas import Text
from shared.names.divisions import Division
from shared.problems import WrongValue

Key = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_0-9]+)+$", max_length=100)]


class ProposalIn(BaseModel):
    """What a policy is to be in a division from a day on; ``ground`` is the document 文件依据 that orders it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    key: Key
    division: Division
    valid_from: date
    value: JsonValue
    ground: Text


class DecisionIn(BaseModel):
    """Whether a proposal becomes a version of its policy; a refusal says why."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    decision: Literal["approve", "refuse"]
    reason: Text | None = None

    @model_validator(mode="after")
    def _refused_with_a_reason(self) -> Self:
        if self.decision == "refuse" and self.reason is None:
            raise WrongValue("不予批准须说明理由", "a refusal says why")
        return self


class PolicyEntry(BaseModel):
    """One version of one policy, final once ``used_at`` is set; or a proposal, which has no version yet.

    A version that people set says who proposed and who approved it; one of a file says nobody. ``source`` is the
    document that it rests on.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    key: str
    division: str
    valid_from: date
    version: int | None
    value: JsonValue
    zh: str
    en: str
    source: str
    used_at: datetime | None
    status: Literal["set", "proposed", "refused"]
    proposed_by: str | None
    proposed_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
