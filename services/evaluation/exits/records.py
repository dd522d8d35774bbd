"""What an exit is judged by, and what was found of a household."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.evaluation.exits.schemas import Code
from shared.http.schemas import Text
from shared.policy import Policy, Reference
from shared.workflow.case import Json


class Criterion(BaseModel):
    """A criterion of the policy ``exit.criteria`` 脱贫标准, with its words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: Code
    zh: Text
    en: Text


CRITERIA = TypeAdapter(Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=12)])


@dataclass(frozen=True, slots=True)
class Standard:
    """The policies that an exit is judged by."""

    line: Policy
    criteria: Policy
    years: Policy
    kinds: Policy

    @property
    def named(self) -> tuple[Criterion, ...]:
        """The criteria for which a proposal brings evidence."""
        return self.criteria.read(tuple[Criterion, ...])

    def references(self) -> list[Reference]:
        return [one.reference() for one in (self.line, self.criteria, self.years, self.kinds)]


@dataclass(frozen=True, slots=True)
class Finding:
    """A criterion with its value and whether it is met; ``needed`` where it is a number."""

    criterion: str
    zh: str
    en: str
    met: bool
    value: str
    needed: str | None = None

    def to_json(self) -> dict[str, Json]:
        stated: dict[str, Json] = {"criterion": self.criterion, "zh": self.zh, "en": self.en}
        stated |= {"met": self.met, "value": self.value}
        return stated | ({"needed": self.needed} if self.needed else {})
