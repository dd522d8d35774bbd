"""The responsibility list as data: classes and kinds of one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class DutyList:
    """A version of the list. ``invented``: its kinds come from no source."""

    version: str
    valid_from: date
    invented: bool
    classes: Mapping[str, Mapping[str, str]]
    kinds: Mapping[str, Mapping[str, str]]


@cache
def duty_list() -> DutyList:
    """The list in force."""
    data = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text())
    return DutyList(data["version"], data["valid_from"], data["invented"], data["classes"], data["kinds"])
