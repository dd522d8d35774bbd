"""The code list of verdicts 核实结论 as data, and what a doubt waits for in words."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from shared.words import words

# What a doubt waits for, by where it stands.
STATUSES = words(
    raised=("待县级交办", "the county is to pass it to a town"),
    at_town=("待乡镇交办", "the town is to pass it to a village"),
    at_village=("待村级入户核查", "the village is to check it on the spot"),
    checked=("待村级作出结论", "the village is to judge it"),
    judged=("待乡镇复核", "the town is to review it"),
    reviewed=("待县级销号", "the county is to close it"),
    closed=("已销号", "closed"),
)
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
