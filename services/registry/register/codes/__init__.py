"""The code lists of the register as data: which texts a field may hold, and what they imply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NotRequired, TypedDict

import yaml

from shared.words import Word, words

_FOLDER = Path(__file__).parent
# What each kind of change is called.
KINDS: Mapping[str, Word] = words(
    registration=("登记入库", "registration"),
    removal=("剔除", "removal from the register"),
    restoration=("恢复", "restoration"),
    new_entry=("新增纳入", "new entry"),
    member_added=("人口增加", "member added"),
    member_left=("人口减少", "member left"),
    split=("分户", "split"),
    merge=("并户", "merge"),
    move=("整户迁移", "move"),
    head_changed=("户主变更", "change of the head"),
    cancellation=("变更撤销", "cancellation of a change"),
    correction=("信息更正", "correction"),
    exit=("脱贫退出", "exit from poverty"),
    redivided=("区划变更", "change of the division"),
    **{"return": ("重新纳入", "return to the register")},
)
NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})


class _Listed(TypedDict):
    """A version as the file of lists states it."""

    version: str
    valid_from: date
    valid_to: NotRequired[date]
    items: dict[str, str]


class _Reason(TypedDict):
    """A reason as the file of reasons states it."""

    code: str
    kinds: list[str]
    zh: str
    en: str
    gone: NotRequired[bool]
    through: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a list: its texts by code, from and until (exclusive) which day it is in force."""

    version: str
    valid_from: date
    valid_to: date | None
    items: dict[str, str]


@cache
def national() -> dict[str, list[Version]]:
    """Every version of every national list, oldest first."""
    lists: dict[str, list[_Listed]] = yaml.safe_load((_FOLDER / "national.yaml").read_text())
    return {
        name: [
            Version(one["version"], one["valid_from"], one.get("valid_to"), one["items"])
            for one in sorted(versions, key=lambda one: one["valid_from"])
        ]
        for name, versions in lists.items()
    }


@lru_cache(maxsize=4096)
def texts(since: date, until: date) -> dict[str, frozenset[str]]:
    """The texts of each list that were in force at some time between two days (both included).

    A record of an earlier day may use the words of its time or those of today: lists only say what is a word.
    """
    until = max(since, until)
    return {
        name: frozenset(
            text
            for one in versions
            if one.valid_from <= until and (one.valid_to is None or one.valid_to > since)
            for text in one.items.values()
        )
        for name, versions in national().items()
    }


@dataclass(frozen=True, slots=True)
class FamilyStep:
    """A step through a family: ``up`` to a parent, ``down`` to a child, ``across`` to the spouse; the sex of whom."""

    to: str
    sex: str | None


@cache
def ways() -> Mapping[str, tuple[FamilyStep, ...]]:
    """The way from the head to whoever has a relation to the head, for each relation that says one."""
    return {
        relation: tuple(FamilyStep(to, sex or None) for to, _, sex in (step.partition(" ") for step in steps))
        for relation, steps in _relations().items()
        if not isinstance(steps, str)
    }


@cache
def _relations() -> dict[str, list[str] | str]:
    listed: dict[str, list[str] | str] = yaml.safe_load((_FOLDER / "relations.yaml").read_text())
    return listed


@cache
def sex_of_relation() -> Mapping[str, str]:
    """The sex that a relation to the head implies."""
    alone = {relation: said for relation, said in _relations().items() if isinstance(said, str)}
    return alone | {relation: way[-1].sex for relation, way in ways().items() if way[-1].sex}


@cache
def _reasons() -> list[_Reason]:
    listed: list[_Reason] = yaml.safe_load((_FOLDER / "change_reasons.yaml").read_text())
    return listed


@cache
def reasons() -> dict[str, frozenset[str]]:
    """The kinds of change that each reason code fits."""
    return {entry["code"]: frozenset(entry["kinds"]) for entry in _reasons()}


@cache
def reason_names() -> dict[str, tuple[str, str]]:
    """What each reason is called, in Chinese and English."""
    return {entry["code"]: (entry["zh"], entry["en"]) for entry in _reasons()}


def named(reason: str) -> tuple[str, str]:
    """A reason in Chinese and English; an unknown one is called by its code."""
    return reason_names().get(reason, (reason, reason))


@cache
def gone_for_good() -> frozenset[str]:
    """The reasons for which somebody is dead or gone, as every member of a household that dies out is."""
    return frozenset(entry["code"] for entry in _reasons() if entry.get("gone"))


@cache
def procedures() -> dict[str, str]:
    """The procedure that alone may give some reasons: nobody can claim by hand what a look-back round decided."""
    return {entry["code"]: entry["through"] for entry in _reasons() if "through" in entry}
