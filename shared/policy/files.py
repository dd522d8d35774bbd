"""The first versions of policies, from a service's files: those in ``policies/*.yaml`` hold everywhere or name a
division, those in ``policies/divisions/<code>.yaml`` hold in that division.

``tuopin migrate`` loads them: new versions are added, unused ones follow their file, used ones cannot change. Where
people have set a version of a policy for a division, the files have no more say there.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import asyncpg
import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from shared.names.ids import uuid7

_LOAD = """
    INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
    SELECT $1::uuid, $2::text, $3::text, $4::date, $5::integer, $6::jsonb, $7::text, $8::text, $9::text
    WHERE NOT EXISTS (SELECT FROM policy WHERE key = $2 AND division = $3 AND set_by IS NOT NULL)
    ON CONFLICT (key, division, version) DO UPDATE
        SET valid_from = excluded.valid_from, value = excluded.value,
            zh = excluded.zh, en = excluded.en, source = excluded.source
        WHERE (policy.valid_from, policy.value, policy.zh, policy.en, policy.source)
            IS DISTINCT FROM (excluded.valid_from, excluded.value, excluded.zh, excluded.en, excluded.source)
"""


class UsedPolicyChanged(ValueError):
    """A file changes a policy version that decisions rest on; give the change a version of its own."""


class Entry(BaseModel):
    """A policy as its file states it. An empty division means everywhere."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=r"^[a-z_]+(\.[a-z_0-9]+)+$")
    division: str = Field(default="", pattern=r"^\d{0,12}$")
    valid_from: date
    version: int = Field(default=1, ge=1)
    value: JsonValue
    zh: str
    en: str
    source: str


def read(files: Iterable[Path]) -> list[Entry]:
    """Every policy in some files. Raises ValueError where a division's file names another division."""
    return [entry for file in files for entry in _entries(file)]


def _entries(file: Path) -> Iterator[Entry]:
    here = file.stem if file.parent.name == "divisions" else ""
    for entry in TypeAdapter(list[Entry]).validate_python(yaml.safe_load(file.read_text())):
        if here and entry.division not in ("", here):
            raise ValueError(f"{file}: {entry.key} names {entry.division}")
        yield entry.model_copy(update={"division": here}) if here else entry


async def load(connection: asyncpg.Connection, entries: Sequence[Entry]) -> None:
    """Write the entries; unchanged ones are left alone. Raises UsedPolicyChanged."""
    for entry in entries:
        try:
            await connection.execute(
                _LOAD,
                uuid7(),
                entry.key,
                entry.division,
                entry.valid_from,
                entry.version,
                json.dumps(entry.value),
                entry.zh,
                entry.en,
                entry.source,
            )
        except asyncpg.CheckViolationError as error:
            raise UsedPolicyChanged(f"{entry.key} version {entry.version}: {error}") from error
