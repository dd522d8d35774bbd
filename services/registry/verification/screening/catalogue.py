"""Grounds of exclusion (八不入 and its kin) and the rules that look for them, as the policies in force state them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.raising import Severity
from shared import policy
from shared.policy import Policy

Way = Literal["identity", "name_born", "name_village", "pinyin_born", "pinyin_village"]
About = Literal["exclusion", "members", "inclusion", "document"]


class Condition(BaseModel):
    """What a field of a record has to be: one of some texts, or a number of at least so much."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    one_of: tuple[str, ...] | None = None
    at_least: Decimal | None = None


class Rule(BaseModel):
    """A rule of matching: whose records, which of them, and by what a person is recognised (surest first)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int
    feed: str
    about: About
    zh: str
    en: str
    when: tuple[Condition, ...]
    matches: tuple[Way, ...]


class Ground(BaseModel):
    """A ground of exclusion and the rules that raise it. One that is not ``enabled`` raises nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    zh: str
    en: str
    severity: Severity
    enabled: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is in force in a division on a day."""

    rules: dict[str, Rule]
    grounds: dict[str, Ground]
    rules_policy: Policy
    grounds_policy: Policy

    def ground_of(self, rule: Rule) -> Ground | None:
        """The first enabled ground that a rule raises; None where it raises none here."""
        return next((one for one in self.grounds.values() if one.enabled and rule.id in one.rules), None)

    def raises(self, rule: Rule) -> bool:
        """Whether a rule raises anything here: rules of exclusion need a ground."""
        return rule.about != "exclusion" or self.ground_of(rule) is not None


_RULES, _GROUNDS = TypeAdapter(list[Rule]), TypeAdapter(list[Ground])


async def catalogue(session: AsyncSession, division: str, on: date) -> Catalogue:
    """The rules and grounds of the nearest division on a day. Raises NoPolicy."""
    rules = await policy.resolve(session, "screening.rules", division, on)
    grounds = await policy.resolve(session, "screening.grounds", division, on)
    return Catalogue(
        {rule.id: rule for rule in _RULES.validate_python(rules.value)},
        {ground.code: ground for ground in _GROUNDS.validate_python(grounds.value)},
        rules,
        grounds,
    )
