"""Keys put aside: their messages wait in order until somebody retries or discards them."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg

from shared.events.envelope import Record

_OPEN_KEYS = """
    SELECT DISTINCT key FROM parked
    WHERE consumer = $1 AND topic = $2 AND key = ANY($3) AND resolved_at IS NULL
"""
_PARK = """
    INSERT INTO parked (consumer, topic, partition, "offset", key, event_id, type, payload, headers, reason, attempts)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_LIST = """
    SELECT topic, key, count(*) AS messages, min(id) AS first, min(parked_at) AS since,
           (array_agg(reason ORDER BY id))[1] AS reason
    FROM parked WHERE consumer = $1 AND resolved_at IS NULL GROUP BY topic, key ORDER BY first
"""
_OF_KEY = """
    SELECT id, topic, partition, "offset", key, event_id, type, payload, headers::text AS headers, reason, attempts
    FROM parked WHERE consumer = $1 AND topic = $2 AND key = $3 AND resolved_at IS NULL ORDER BY id
"""
_RESOLVE = "UPDATE parked SET resolved_at = clock_timestamp(), resolution = $2 WHERE id = $1"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2 || ' ' || $3, 0))"


async def lock_key(connection: asyncpg.Connection, consumer: str, topic: str, key: str) -> None:
    """Until the transaction ends nobody else parks, retries or handles this key one by one."""
    await connection.execute(_LOCK, consumer, topic, key)


async def open_keys(connection: asyncpg.Connection, consumer: str, topic: str, keys: Sequence[str]) -> set[str]:
    """Which of some keys have messages that wait."""
    return {row["key"] for row in await connection.fetch(_OPEN_KEYS, consumer, topic, list(keys))}


async def park(connection: asyncpg.Connection, consumer: str, record: Record, *, reason: str, attempts: int) -> None:
    """Put a message behind those of its key that wait already."""
    event_id, type = record.headers.get("ce_id"), record.headers.get("ce_type")
    await connection.execute(
        _PARK,
        consumer,
        record.topic,
        record.partition,
        record.offset,
        record.key,
        event_id if _is_uuid(event_id) else None,
        type,
        record.value,
        json.dumps(dict(record.headers)),
        reason[:500],
        attempts,
    )


async def waiting(connection: asyncpg.Connection, consumer: str) -> list[asyncpg.Record]:
    """A line per key that waits: how many messages, since when, why."""
    found: list[asyncpg.Record] = await connection.fetch(_LIST, consumer)
    return found


async def messages(connection: asyncpg.Connection, consumer: str, topic: str, key: str) -> list[asyncpg.Record]:
    """The messages of a key that wait, in order."""
    found: list[asyncpg.Record] = await connection.fetch(_OF_KEY, consumer, topic, key)
    return found


async def resolve(connection: asyncpg.Connection, id: int, resolution: str) -> None:
    """Note what became of a message: ``retried`` or ``discarded: why, by whom``."""
    await connection.execute(_RESOLVE, id, resolution)


def record_of(row: asyncpg.Record) -> Record:
    """The message as it came."""
    headers: dict[str, Any] = json.loads(row["headers"])
    return Record(row["topic"], row["key"], row["payload"], headers, row["partition"], row["offset"])


def _is_uuid(text: str | None) -> bool:
    return bool(text) and len(str(text)) == 36
