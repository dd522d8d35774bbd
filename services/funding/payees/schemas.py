"""Organisations that are paid 兑付对象 as they come in and go out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, model_validator

from shared.http.schemas import Text, Title
from shared.names.credit_codes import credit_code
from shared.names.divisions import Village
from shared.problems import WrongValue

PayeeKind = Literal["household", "person", "village", "cooperative", "enterprise"]
OrganisationKind = Literal["village", "cooperative", "enterprise"]
_FORM = {"type": "string", "minLength": 18, "maxLength": 18}
CreditCode = Annotated[str, BeforeValidator(credit_code), WithJsonSchema(_FORM)]


class PayeeIn(BaseModel):
    """A village's collective, a cooperative or an enterprise, with its code and the days of its existence."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Village
    kind: OrganisationKind
    name: Title
    credit_code: CreditCode
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "PayeeIn":
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise WrongValue("注销日期须晚于成立日期，请核对", "the last day comes after the first; check both")
        return self


class ConfirmationIn(BaseModel):
    """That an entered payee exists as it was entered, or does not and why."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    approve: bool = True
    ground: Text | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "ConfirmationIn":
        if not self.approve and self.ground is None:
            raise WrongValue("不予确认须说明理由", "a refusal says why")
        return self


class EndIn(BaseModel):
    """The day from which a payee no longer exists, and the paper that says so."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    valid_to: date
    ground: Text


class PayeeRow(BaseModel):
    """A payee and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    kind: str
    name: str
    credit_code: str
    valid_from: date
    valid_to: date | None
    status: str
    ground: str | None
    entered_by: str
    confirmed_by: str | None
