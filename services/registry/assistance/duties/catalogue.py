"""The responsibility list 责任清单 as data: classes and kinds of one version, read from ``kinds.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of duty, its class, and both in Chinese and English."""

    class_: str
    class_zh: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DutyList:
    """A version of the list. ``invented``: its kinds come from no source."""

    version: str
    valid_from: date
    invented: bool
    kinds: Mapping[str, Kind]


@cache
def duty_list() -> DutyList:
    """The list in force."""
    data = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text())
    classes = data["classes"]
    return DutyList(
        version=data["version"],
        valid_from=data["valid_from"],
        invented=data["invented"],
        kinds={
            code: Kind(one["class"], classes[one["class"]]["zh"], one["zh"], one["en"])
            for code, one in data["kinds"].items()
        },
    )
