"""The audit rules 核查规则 as the files beside this module state them, checked when they are read."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.registry.verification.checks.columns import columns

Scope = Literal["household", "person"]
Severity = Literal["error", "doubt", "notice"]
_FOLDER = Path(__file__).parent
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*')|(?P<bound>:[a-z_]+)|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>[0-9]+)"
    r"|(?P<sign><>|<=|>=|&&|[=<>(),+*-]))"
)
# What a condition is made of beside columns and thresholds. A bare number is a threshold in the wrong place.
_WORDS = {"AND", "OR", "NOT", "IS", "NULL", "BETWEEN", "ANY", "ALL", "cardinality"}


class BadRule(ValueError):
    """A rule in the files that cannot be evaluated; the service does not start with it."""


class Rule(BaseModel):
    """One rule: in force for the data years ``since`` to ``until``; ``when`` is true where a record breaks it.

    ``when`` is SQL over the columns of ``columns.py``; ``:name`` stands for the policy ``audit.name``. A record of
    which the evidence is missing (NULL) does not break a rule: what is missing has rules of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
    version: int = 1
    group: str
    scope: Scope
    severity: Severity
    zh: str
    en: str
    source: str
    since: Annotated[int, Field(alias="from")]
    until: int | None = None
    when: str

    def in_force(self, year: int) -> bool:
        return self.since <= year and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A rule's condition in parts: the columns in the order in which it names them, and its thresholds."""

    tokens: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    thresholds: tuple[str, ...]


@cache
def rules() -> dict[str, Rule]:
    """Every rule by id, in the order of the files. Raises BadRule."""
    found: dict[str, Rule] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        document: dict[str, Any] = yaml.safe_load(file.read_text())
        for row in document["rules"]:
            rule = Rule.model_validate({"group": document["group"], **document["defaults"], **row})
            if rule.id in found:
                raise BadRule(f"{file.name}: {rule.id} twice")
            parse(rule)
            found[rule.id] = rule
    return found


def named(rule: str) -> tuple[str, str]:
    """A rule in Chinese and English; one that is gone is called by its id."""
    known = rules().get(rule)
    return (known.zh, known.en) if known else (rule, rule)


@cache
def version() -> str:
    """What the rule set is: a digest of its files."""
    content = b"".join(file.read_bytes() for file in sorted(_FOLDER.glob("*.yaml")))
    return hashlib.sha256(content).hexdigest()[:12]


def parse(rule: Rule) -> Parsed:
    """The condition's parts. Raises BadRule for what is no column, threshold, word or sign that a rule may use."""
    tokens, at, text = [], 0, rule.when.strip()
    while at < len(text):
        if (found := _TOKEN.match(text, at)) is None:
            raise BadRule(f"{rule.id}: {text[at:]!r}")
        kind, value = str(found.lastgroup), found[found.lastgroup or 0]
        if kind == "word" and value in columns():
            kind = "column"
        _check(rule, kind, value)
        tokens.append((kind, value))
        at = found.end()
    named = [value for kind, value in tokens if kind == "column"]
    bound = [value[1:] for kind, value in tokens if kind == "bound"]
    return Parsed(tuple(tokens), tuple(dict.fromkeys(named)), tuple(dict.fromkeys(bound)))


def _check(rule: Rule, kind: str, value: str) -> None:
    if kind == "word" and value not in _WORDS:
        raise BadRule(f"{rule.id}: {value} is no column")
    if kind == "number" and value not in ("0", "1"):
        raise BadRule(f"{rule.id}: {value} belongs into a policy")
    if kind == "column" and rule.scope == "household" and columns()[value].of_person:
        raise BadRule(f"{rule.id}: a household has no {value}")
