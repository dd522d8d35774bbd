"""The rules of data checks 核查规则 as the files beside this module state them, checked when they are read."""

import hashlib
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from services.registry.verification.checks.records import Group, Rule
from services.registry.verification.checks.rules import BadRule, parse

_FOLDER = Path(__file__).parent
_Row = dict[str, str | int]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    group: Group
    defaults: _Row
    rules: list[_Row]


@cache
def rules() -> dict[str, Rule]:
    """Every rule by id, in the order of the files. Raises BadRule."""
    found: dict[str, Rule] = {}
    for path in _files():
        file = _File.model_validate(yaml.safe_load(path.read_text()))
        for row in file.rules:
            rule = Rule.model_validate({"group": file.group, **file.defaults, **row})
            if rule.id in found:
                raise BadRule(f"{path.name}: {rule.id} twice")
            parse(rule)
            found[rule.id] = rule
    return found


def in_force(year: int) -> dict[str, Rule]:
    """The rules in force for a data year, by id."""
    return {id: rule for id, rule in rules().items() if rule.in_force(year)}


def named(rule: str) -> tuple[str, str]:
    """A rule in Chinese and English; one that is gone is called by its id."""
    known = rules().get(rule)
    return (known.zh, known.en) if known else (rule, rule)


@cache
def version() -> str:
    """What the rule set is: a digest of its files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in _files())).hexdigest()[:12]


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("*.yaml"))
