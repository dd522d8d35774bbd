"""CloudEvents 1.0 over Kafka: binary mode out, binary and structured mode in."""

import builtins
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, JsonValue

_M = TypeVar("_M", bound=BaseModel)
_STRUCTURED = "application/cloudevents+json"


class Undecodable(ValueError):
    """A record that is no event: a header is missing or the value is not JSON."""


@dataclass(frozen=True, slots=True)
class Record:
    """A message as the transport carries it. Partition and offset are -1 on the local bus."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str]
    partition: int = -1
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Event:
    """A fact that some service committed. ``sequence`` counts per aggregate (``subject``), one more each event."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    key: str
    sequence: int
    data: dict[str, JsonValue] = field(repr=False)
    traceparent: str | None = None

    def read(self, model: "builtins.type[_M]") -> _M:
        """The payload as the consumer's own model sees it. Raises pydantic.ValidationError."""
        return model.model_validate(self.data)

    @property
    def is_snapshot(self) -> bool:
        return self.type.rsplit(".", 2)[-2] == "snapshot"


def binary_headers(
    *, id: str, type: str, source: str, subject: str, time: str, key: str, sequence: int, traceparent: str | None
) -> dict[str, str]:
    """The headers of an event in binary mode."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": id,
        "ce_type": type,
        "ce_source": source,
        "ce_subject": subject,
        "ce_time": time,
        "ce_partitionkey": key,
        "ce_sequence": str(sequence),
        "content-type": "application/json",
    }
    return headers | {"traceparent": traceparent} if traceparent else headers


def decode(record: Record) -> Event:
    """The event in a record, in either mode. Raises Undecodable, which names no content."""
    try:
        if record.headers.get("content-type", "").startswith(_STRUCTURED):
            document = json.loads(record.value)
            attributes = {name: str(value) for name, value in document.items() if name != "data"}
            data = document["data"]
        else:
            attributes = {name[3:]: value for name, value in record.headers.items() if name.startswith("ce_")}
            attributes["traceparent"] = record.headers.get("traceparent", "")
            data = json.loads(record.value)
        if not isinstance(data, dict):
            raise Undecodable("the data of an event is an object")
        return Event(
            id=UUID(attributes["id"]),
            type=attributes["type"],
            source=attributes["source"],
            subject=attributes.get("subject", record.key),
            time=datetime.fromisoformat(attributes["time"]),
            key=record.key or attributes.get("partitionkey", ""),
            sequence=int(attributes["sequence"]),
            data=data,
            traceparent=attributes.get("traceparent") or None,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Undecodable(f"not a CloudEvent: {type(error).__name__}") from error
