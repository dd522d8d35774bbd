"""Policies 政策参数: rules that a government may change, as dated, division-scoped, versioned data.

A service's ``policies/*.yaml`` are loaded by ``tuopin migrate``. A decision resolves the policy in force on a day
for a division (the nearest division wins, then the latest date, then the highest version), stores its id and
version, and thereby makes that version final: the database refuses to change it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.problems import Invalid

_RESOLVE = text("""
    SELECT id, key, division, version, value, zh, en, used_at FROM policy
    WHERE key = :key AND valid_from <= :day AND starts_with(:division, division)
    ORDER BY length(division) DESC, valid_from DESC, version DESC LIMIT 1
""")
_RESOLVE_ALL = text("""
    SELECT found.* FROM unnest(CAST(:keys AS text[])) AS asked(key)
    CROSS JOIN LATERAL (
        SELECT id, key, division, version, value, zh, en, used_at FROM policy
        WHERE policy.key = asked.key AND valid_from <= :day AND starts_with(:division, division)
        ORDER BY length(division) DESC, valid_from DESC, version DESC LIMIT 1) AS found
""")
_USE_ALL = text("UPDATE policy SET used_at = business_now() WHERE id = ANY(:ids) AND used_at IS NULL")
_USE = text("UPDATE policy SET used_at = business_now() WHERE id = :id AND used_at IS NULL")


class NoPolicy(Invalid):
    slug = "no-policy"
    zh = "该地区在此日期没有“{key}”政策，不能办理"
    en = "No policy '{key}' is in force for this division on this day"


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one rule, as a decision used it."""

    id: UUID
    key: str
    division: str
    version: int
    value: Any
    zh: str
    en: str

    def decimal(self) -> Decimal:
        """The value as an exact number; it is written as a string or an integer in the file."""
        return Decimal(str(self.value))

    def reference(self) -> dict[str, Any]:
        """What a decision stores."""
        return {"id": str(self.id), "key": self.key, "division": self.division, "version": self.version}


class Entry(BaseModel):
    """A policy as its file states it. An empty division means everywhere."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[a-z_]+(\.[a-z_0-9]+)+$")
    division: str = Field(default="", pattern=r"^\d{0,12}$")
    valid_from: date
    version: int = Field(default=1, ge=1)
    value: Any
    zh: str
    en: str
    source: str


async def resolve(session: AsyncSession, key: str, division: str, on: date) -> Policy:
    """The policy in force; marked as used. Raises NoPolicy (422)."""
    row = (await session.execute(_RESOLVE, {"key": key, "division": division, "day": on})).one_or_none()
    if row is None:
        raise NoPolicy(key=key)
    if row.used_at is None:
        await session.execute(_USE, {"id": row.id})
    return Policy(row.id, row.key, row.division, row.version, row.value, row.zh, row.en)


async def resolve_all(session: AsyncSession, keys: Iterable[str], division: str, on: date) -> dict[str, Policy]:
    """Several policies in force, by key, in one statement; marked as used. Raises NoPolicy (422)."""
    asked = sorted(set(keys))
    found = {
        row.key: row for row in await session.execute(_RESOLVE_ALL, {"keys": asked, "division": division, "day": on})
    }
    for key in asked:
        if key not in found:
            raise NoPolicy(key=key)
    if unused := [row.id for row in found.values() if row.used_at is None]:
        await session.execute(_USE_ALL, {"ids": unused})
    return {
        key: Policy(row.id, row.key, row.division, row.version, row.value, row.zh, row.en)
        for key, row in found.items()
    }


def read(folder: Path) -> list[Entry]:
    """Every policy in a service's files."""
    files: Iterable[Path] = sorted(folder.glob("*.yaml")) if folder.is_dir() else ()
    return [
        entry
        for file in files
        for entry in TypeAdapter(list[Entry]).validate_python(yaml.safe_load(file.read_text()))
    ]
