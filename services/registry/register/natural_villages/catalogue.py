"""The totals of a natural village in the national system, as data."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

_FILE = Path(__file__).with_name("totals.yaml")
Scope = Literal["all", "registered"]


@dataclass(frozen=True, slots=True)
class Item:
    """A total by its national code. ``counted``: how much of it the register can count, if any."""

    code: str
    key: str
    zh: str
    en: str
    counted: Scope | None = None


@cache
def items() -> dict[str, Item]:
    """The totals by their code, in the order of the national system."""
    return {entry["code"]: Item(**entry) for entry in yaml.safe_load(_FILE.read_text())}
