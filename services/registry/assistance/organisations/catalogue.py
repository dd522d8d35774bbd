"""Kinds of organisation, posts, roles and ranks, read from ``kinds.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from shared.words import Word


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of organisation 单位类型 in both languages, and the levels at which it exists."""

    zh: str
    en: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A post 岗位, or what else somebody has in charge, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A version of the lists; ranks from high to low."""

    version: str
    valid_from: date
    kinds: Mapping[str, Kind]
    posts: Mapping[str, Post]
    roles: Mapping[str, Post]
    ranks: tuple[str, ...]


@cache
def catalogue() -> Catalogue:
    """The lists in force."""
    data = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text())
    return Catalogue(
        version=data["version"],
        valid_from=data["valid_from"],
        kinds={code: Kind(one["zh"], one["en"], tuple(one["levels"])) for code, one in data["kinds"].items()},
        posts={code: Post(**one) for code, one in data["posts"].items()},
        roles={code: Post(**one) for code, one in data["roles"].items()},
        ranks=tuple(data["ranks"]),
    )


def called(role: str) -> Word:
    """A post, or another role of a responsibility, in Chinese and English; an unknown one is called by its code."""
    named = catalogue().posts.get(role) or catalogue().roles.get(role)
    return Word(role, named.zh, named.en) if named else Word(role, role, role)
