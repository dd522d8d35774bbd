"""Keys put aside: their messages wait in order until somebody retries or discards them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.events.envelope import Record, storable

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
_OLDEST = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(parked_at)), 0)
    FROM parked WHERE consumer = $1 AND resolved_at IS NULL
"""
_OF_KEY = """
    SELECT id, topic, partition, "offset", key, event_id, type, payload, headers::text AS headers, reason, attempts
    FROM parked WHERE consumer = $1 AND topic = $2 AND key = $3 AND resolved_at IS NULL ORDER BY id
"""
_RESOLVE = "UPDATE parked SET resolved_at = clock_timestamp(), resolution = $2 WHERE id = $1"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2 || ' ' || $3, 0))"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A key that waits: how many messages, since when, why."""

    topic: str
    key: str
    messages: int
    first: int
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message that waits, and why."""

    id: int
    event_id: UUID | None
    type: str | None
    record: Record
    reason: str
    attempts: int


async def lock_key(connection: asyncpg.Connection, consumer: str, topic: str, key: str) -> None:
    """Until the transaction ends nobody else parks, retries or handles this key one by one."""
    await connection.execute(_LOCK, consumer, topic, key)


async def open_keys(connection: asyncpg.Connection, consumer: str, topic: str, keys: Sequence[str]) -> set[str]:
    """Which of some keys have messages that wait."""
    return {row["key"] for row in await connection.fetch(_OPEN_KEYS, consumer, topic, list(keys))}


async def park(connection: asyncpg.Connection, consumer: str, record: Record, *, reason: str, attempts: int) -> None:
    """Put a message behind those of its key that wait already; it has been read so that all of it can be kept."""
    event_id, type = record.headers.get("ce_id"), record.headers.get("ce_type")
    await connection.execute(
        _PARK,
        consumer,
        record.topic,
        record.partition,
        record.offset,
        record.key,
        _uuid(event_id),
        type,
        record.value,
        json.dumps(dict(record.headers)),
        storable(reason)[:500],
        attempts,
    )


async def waiting(connection: asyncpg.Connection, consumer: str) -> list[Waiting]:
    """The keys that wait, in the order in which their first message came."""
    return [Waiting(**row) for row in await connection.fetch(_LIST, consumer)]


async def oldest(connection: asyncpg.Pool | asyncpg.Connection, consumer: str) -> float:
    """For how many seconds the oldest parked message waits; none: 0."""
    return float(await connection.fetchval(_OLDEST, consumer))


async def messages(connection: asyncpg.Connection, consumer: str, topic: str, key: str) -> list[Message]:
    """The messages of a key that wait, in order."""
    found = []
    for row in await connection.fetch(_OF_KEY, consumer, topic, key):
        headers: dict[str, str] = json.loads(row["headers"])
        place = row["partition"], row["offset"]
        record = Record(row["topic"], row["key"], row["payload"], headers, *place)
        found.append(Message(row["id"], row["event_id"], row["type"], record, row["reason"], row["attempts"]))
    return found


async def resolve(connection: asyncpg.Connection, id: int, resolution: str) -> None:
    """Note what became of a message: ``retried`` or ``discarded: why, by whom``."""
    await connection.execute(_RESOLVE, id, resolution)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
