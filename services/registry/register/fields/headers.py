"""What a column of an office's file is about, whatever it is called there: ``headers.yaml`` as data. Pure.

One normalisation for imports and feeds: without spaces and stars, in one width, synonyms under one header, and what
stands in parentheses behind it as a remark or a unit of its own.
"""

import re
import unicodedata
from collections.abc import Container, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from services.registry.register.fields.catalogue import Kind
from shared.problems import Invalid
from shared.words import Name

_BEHIND = re.compile(r"(.+?)\(([^()]*)\)")


class UnitUnknown(Invalid):
    slug = "unit-unknown"
    zh = "“{column}”的单位不能准确换算，请换算为{unit}后重新上传"
    en = "The unit of the column {column} cannot be converted exactly; convert it to {unit} and send the file again"
    column: Name
    unit: Name


class Found(NamedTuple):
    """A header that is known, and what stood in parentheses behind it."""

    header: str
    remark: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    synonyms: dict[str, list[str]]
    units: dict[Kind, dict[str, Decimal | None]]
    remarks: frozenset[str]
    words: dict[str, dict[str, str]]


@cache
def _file() -> _File:
    return _File.model_validate(yaml.safe_load(Path(__file__).with_name("headers.yaml").read_text()))


@cache
def _canonical() -> Mapping[str, str]:
    return {plain(one): header for header, others in _file().synonyms.items() for one in others}


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """A header in its one form."""
    return "".join(unicodedata.normalize("NFKC", header).split()).strip("*:")


def find(header: str, known: Container[str]) -> Found | None:
    """The one of some known headers (in their one form) that a header is, as it stands or under another name."""
    form = plain(header)
    behind = _BEHIND.fullmatch(form)
    for name, remark in ((form, ""), (behind[1], behind[2]) if behind else (form, "")):
        if name in known:
            return Found(name, remark)
        if (other := plain(_canonical().get(name, name))) in known:
            return Found(other, remark)
    return None


def factor(header: str, kind: Kind | None, remark: str) -> Decimal | None:
    """By what the numbers of a column are multiplied, for its unit; None where they stand as they are.

    Raises UnitUnknown (422) where an item is measured and its unit cannot be converted exactly.
    """
    units = _file().units.get(kind) if kind else None
    if not remark or units is None or set(re.split(r"[,、;]", remark)) <= _file().remarks:
        return None
    by = units.get(remark)
    if by is None:
        own = next(unit for unit, one in units.items() if one == 1)
        raise UnitUnknown(field="header", rule="a unit that converts", column=Name(header), unit=Name(own))
    return None if by == 1 else by


@cache
def own_units(kind: Kind) -> tuple[str, ...]:
    """The units that the numbers of an item are in, as they may stand behind a number."""
    return tuple(unit for unit, by in _file().units.get(kind, {}).items() if by == 1)


def meant(field: str, word: str) -> str:
    """The word of a field's list that a word means; itself where it means no other."""
    return _file().words.get(field, {}).get(word, word)
