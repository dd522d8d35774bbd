"""Code lists of organisations and their people, read from ``kinds.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Codes:
    """Kinds of organisation with their levels, posts, and ranks from high to low."""

    version: str
    valid_from: date
    kinds: Mapping[str, Mapping[str, Any]]
    posts: Mapping[str, Mapping[str, str]]
    ranks: tuple[str, ...]


@cache
def codes() -> Codes:
    """The lists in force."""
    data = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text())
    return Codes(data["version"], data["valid_from"], data["kinds"], data["posts"], tuple(data["ranks"]))


def called(post: str) -> tuple[str, str]:
    """A post in Chinese and English; an unknown one is called by its code."""
    named = codes().posts.get(post, {"zh": post, "en": post})
    return named["zh"], named["en"]
