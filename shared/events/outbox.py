"""Publishing: events are gathered during a transaction and written as its last statement."""

import json
from uuid import UUID

from opentelemetry import propagate
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import write_last
from shared.events.contracts import Aggregate, EventData
from shared.names.ids import uuid7

_WRITE = text("""
    INSERT INTO outbox (event_id, topic, key, type, payload, headers)
    SELECT event_id, topic, key, type, convert_to(payload, 'UTF8'),
           CAST(headers AS jsonb) || jsonb_build_object('time', business_now())
    FROM unnest(CAST(:event_id AS uuid[]), CAST(:topic AS text[]), CAST(:key AS text[]), CAST(:type AS text[]),
                CAST(:payload AS text[]), CAST(:headers AS text[]))
         WITH ORDINALITY AS event(event_id, topic, key, type, payload, headers, position)
    ORDER BY position
""")


def publish(
    session: AsyncSession,
    noun: Aggregate,
    verb: str,
    data: EventData,
    *,
    key: UUID | str,
    sequence: int,
    subject: UUID | str | None = None,
) -> UUID:
    """Publish that something happened to an aggregate that this transaction has locked.

    ``key`` is the household's id where the noun belongs to one (order is kept per key), ``sequence`` the version
    of the aggregate ``subject`` (by default the key itself). Answers the event's id.
    """
    if not isinstance(data, noun.state):
        raise TypeError(f"{noun.topic} carries {noun.state.__name__}")
    id = uuid7()
    headers: dict[str, object] = {"sequence": sequence, "subject": str(subject or key)}
    propagate.inject(headers)
    write_last(session, _flush)
    session.info.setdefault("outbox", []).append(
        {
            "event_id": id,
            "topic": noun.topic,
            "key": str(key),
            "type": noun.type(verb),
            "payload": data.model_dump_json(),
            "headers": json.dumps(headers),
        }
    )
    return id


async def _flush(session: AsyncSession) -> None:
    """Write what was gathered."""
    rows: list[dict[str, object]] = session.info.pop("outbox", [])
    if rows:
        await session.execute(_WRITE, {column: [row[column] for row in rows] for column in rows[0]})
