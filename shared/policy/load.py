"""Bring the policies of a service's files into its database: new ones are added, used ones cannot change."""

import json
from collections.abc import Sequence

import asyncpg

from shared.names.ids import uuid7
from shared.policy import Entry

_UPSERT = """
    INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
    VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)
    ON CONFLICT (key, division, version) DO UPDATE
        SET valid_from = excluded.valid_from, value = excluded.value,
            zh = excluded.zh, en = excluded.en, source = excluded.source
        WHERE (policy.valid_from, policy.value, policy.zh, policy.en, policy.source)
            IS DISTINCT FROM (excluded.valid_from, excluded.value, excluded.zh, excluded.en, excluded.source)
"""


class UsedPolicyChanged(ValueError):
    """A file changes a policy version that decisions rest on; give the change a version of its own."""


async def load(connection: asyncpg.Connection, entries: Sequence[Entry]) -> None:
    """Write the entries; unchanged ones are left alone. Raises UsedPolicyChanged."""
    for entry in entries:
        try:
            await connection.execute(
                _UPSERT,
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
