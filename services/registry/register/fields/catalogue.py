"""The items of the register as objects, made from the national field table: one list from which schemas, storage,
file layouts, documents and data checks are derived.

An item is stored in ``facts`` (jsonb) of its household or membership; amounts of money as integer fen under
``<key>_fen``, areas and distances as decimal text, so that nothing is rounded on the way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, Field, StringConstraints

from shared.names.money import SignedYuan, yuan

Owner = Literal["household", "member"]
Kind = Literal["yuan", "mu", "m2", "km", "months", "yes", "text", "date", "code", "codes"]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]
_Measure = Annotated[Decimal, Field(ge=0, le=Decimal("9999999.99"), decimal_places=2)]
_TYPES: dict[Kind, object] = {
    "yuan": SignedYuan | None,
    "mu": _Measure | None,
    "m2": _Measure | None,
    "km": _Measure | None,
    "months": Annotated[int, Field(ge=0, le=12)] | None,
    "yes": bool | None,
    "text": Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None,
    "date": date | None,
    "code": Code | None,
    "codes": Annotated[list[Code], Field(max_length=10)] | None,
}
_FEN = re.compile(r'"([a-z_]+)_fen": (-?\d+)')
_UNITS = {"yuan": "元/年 yuan a year", "mu": "亩 mu", "m2": "平方米 m2", "km": "公里 km", "months": "月 months"}
_SQL = {"yuan": "bigint", "mu": "numeric", "m2": "numeric", "km": "numeric", "months": "integer", "yes": "boolean"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the field table: its national ``code`` (empty where none is known), unit and form (``kind``)."""

    owner: Owner
    key: str
    code: str
    zh: str
    en: str
    kind: Kind
    list: str | None
    also: tuple[str, ...]
    since: int | None
    until: int | None
    sum_of: tuple[str, ...]

    @property
    def stored(self) -> str:
        """Its key in ``facts``."""
        return f"{self.key}_fen" if self.kind == "yuan" else self.key

    @property
    def sql(self) -> str:
        """Its value in SQL, from a jsonb column named ``facts``, typed."""
        if self.kind == "codes":
            return f"facts -> '{self.stored}'"
        cast = "date" if self.kind == "date" else _SQL.get(self.kind)
        return f"(facts ->> '{self.stored}')::{cast}" if cast else f"facts ->> '{self.stored}'"

    def store(self, value: object) -> object:
        """A value of the model as it stands in ``facts``; None where there is nothing to keep."""
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, date):
            return value.isoformat()
        return value or None if self.kind == "codes" else value

    def show(self, stored: object) -> object:
        """A stored value as it stands on the wire."""
        return yuan(stored) if self.kind == "yuan" and isinstance(stored, int) else stored


@cache
def items(owner: Owner) -> dict[str, Item]:
    """The items of households or members by key, in the order of the national table."""
    table = yaml.safe_load((Path(__file__).parent / "national.yaml").read_text())
    return {
        row["key"]: Item(
            owner=owner,
            key=row["key"],
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            kind=row["kind"],
            list=row.get("list"),
            also=tuple(row.get("also", ())),
            since=row.get("since"),
            until=row.get("until"),
            sum_of=tuple(row.get("sum_of", ())),
        )
        for row in table[owner]
    }


@cache
def keys(owner: Owner) -> frozenset[str]:
    """The keys of the items, to meet with what a model gives."""
    return frozenset(items(owner))


@cache
def worded(owner: Owner) -> dict[str, Item]:
    """The items whose words are those of a code list."""
    return {key: item for key, item in items(owner).items() if item.list is not None}


@cache
def sums() -> dict[str, Item]:
    """The items of a household that are the sum of others."""
    return {key: item for key, item in items("household").items() if item.sum_of}


def fields(owner: Owner) -> dict[str, object]:
    """The items as optional fields of a pydantic model."""
    return {
        item.key: (_TYPES[item.kind], Field(default=None, description=_says(item))) for item in items(owner).values()
    }


def facts(given: BaseModel, owner: Owner) -> dict[str, object]:
    """What a model says of its items, as stored."""
    known, said = items(owner), dict[str, object]()
    for key in given.model_fields_set & keys(owner):
        item, value = known[key], getattr(given, key)
        if value is not None and (kept := item.store(value)) is not None:
            said[item.stored] = kept
    return said


def in_yuan(document: str) -> str:
    """A JSON document in which amounts stand in fen under ``<key>_fen``, with yuan under ``<key>`` instead."""
    return _FEN.sub(lambda found: f'"{found[1]}": "{yuan(int(found[2]))}"', document)


def shown(stored: Mapping[str, object], owner: Owner) -> dict[str, object]:
    """Stored facts as they stand on the wire, by key."""
    return {key: item.show(stored[item.stored]) for key, item in items(owner).items() if item.stored in stored}


def _says(item: Item) -> str:
    unit = f" ({_UNITS[item.kind]})" if item.kind in _UNITS else ""
    return f"{item.zh} {item.code} {item.en}{unit}".replace("  ", " ")
