"""A policy as a decision uses it."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TypeVar
from uuid import UUID

from pydantic import JsonValue, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from shared.problems import Invalid
from shared.words import Word

T = TypeVar("T")


class PolicyMisshapen(Invalid):
    slug = "policy-misshapen"
    zh = "政策参数“{policy}”的内容格式不符，暂不能办理，请联系政策管理人员"
    en = "The policy '{policy}' does not have the form that is needed here; ask whoever sets policies"
    policy: Word


class Reference(TypedDict):
    """What a decision stores of a policy that it used."""

    id: str
    key: str
    division: str
    version: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one rule. ``value`` is the JSON as it was set; who needs it reads it as a type."""

    id: UUID
    key: str
    division: str
    version: int
    value: JsonValue
    zh: str
    en: str

    def read(self, kind: type[T]) -> T:
        """The value as a type. Raises PolicyMisshapen (422) where it is none."""
        try:
            value: T = _adapter(kind).validate_python(self.value)  # type: ignore[arg-type]  # a type is hashable
        except ValidationError as error:
            raise PolicyMisshapen(policy=Word(self.key, self.zh, self.en)) from error
        return value

    def number(self) -> int:
        """The value as a whole number: days, years, people."""
        return self.read(int)

    def decimal(self) -> Decimal:
        """The value as an exact number; it is written as a string or an integer."""
        return self.read(Decimal)

    def text(self) -> str:
        """The value as a text: an amount in yuan, a word."""
        return self.read(str)

    def texts(self) -> list[str]:
        """The value as a list of texts."""
        return self.read(list[str])

    def flag(self) -> bool:
        """The value as yes or no."""
        return self.read(bool)

    def reference(self) -> Reference:
        """What a decision stores."""
        return {"id": str(self.id), "key": self.key, "division": self.division, "version": self.version}


@cache
def _adapter(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)
