"""The code list of verdicts 核实结论, as data."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

_FILE = Path(__file__).with_name("verdicts.yaml")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict: whether the finding was true, and what it starts when the county closes the doubt."""

    code: str
    zh: str
    en: str
    upheld: bool
    starts: Literal["removal", "entry", "correction", "nothing"]
    may_return: bool = False


@cache
def verdicts() -> dict[str, Verdict]:
    """Every verdict by its code."""
    return {entry["code"]: Verdict(**entry) for entry in yaml.safe_load(_FILE.read_text())}
