"""CloudEvents 1.0 over Kafka: binary mode out, binary and structured mode in.

What comes in is anybody's: it is measured before it is read, and whatever is wrong with it is said by the attribute.
"""

import builtins
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, JsonValue

_M = TypeVar("_M", bound=BaseModel)
_STRUCTURED, _BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
BYTES, HEADERS, DEPTH = 1 << 20, 64, 64  # the largest value, the most headers, the deepest JSON that is read
_LONGEST = 1_000  # characters of an attribute
_LARGEST = 1 << 63
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Undecodable(ValueError):
    """A record that is no event: which attribute is missing or wrong, in words that name no content."""


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


def storable(text: str) -> str:
    """A text as a database keeps it: what no text may hold is written out."""
    return _UNSTORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def decode(record: Record) -> Event:
    """The event in a record, in either mode. Raises Undecodable, which names no content.

    An id that is no uuid stands for one made of it and the source; a time and a sequence may be missing, as they are
    optional to CloudEvents; further attributes are ignored.
    """
    if len(record.value) > BYTES:
        raise Undecodable(f"data: larger than {BYTES} bytes")
    if len(record.headers) > HEADERS:
        raise Undecodable(f"headers: more than {HEADERS}")
    kind = record.headers.get("content-type", "")
    if kind.startswith(_BATCH):
        raise Undecodable("content-type: a batch is not taken, each event is a record of its own")
    structured = kind.startswith(_STRUCTURED) or (not kind and "ce_id" not in record.headers)
    document = _json(record.value)
    if structured:
        if not isinstance(document, dict):
            raise Undecodable("data: a structured event is a JSON object")
        attributes = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in document.items()
            if name != "data" and value is not None
        }
        data = document.get("data")
    else:
        attributes = {name[3:]: value for name, value in record.headers.items() if name.startswith("ce_")}
        attributes["traceparent"] = record.headers.get("traceparent", "")
        data = document
    if not isinstance(data, dict):
        raise Undecodable("data: the data of an event is a JSON object")
    return _event(record, attributes, data)


def _event(record: Record, attributes: Mapping[str, str], data: dict[str, JsonValue]) -> Event:
    source, type = _text(attributes, "source"), _text(attributes, "type")
    subject = _text(attributes, "subject") if "subject" in attributes else record.key
    key = record.key or (_text(attributes, "partitionkey") if "partitionkey" in attributes else "")
    return Event(
        id=_id(_text(attributes, "id"), source),
        type=type,
        source=source,
        subject=subject,
        time=_time(attributes.get("time")),
        key=key,
        sequence=_sequence(attributes.get("sequence")),
        data=data,
        traceparent=attributes.get("traceparent") or None,
    )


def _text(attributes: Mapping[str, str], name: str) -> str:
    value = attributes.get(name)
    if not value:
        raise Undecodable(f"ce_{name}: missing")
    if len(value) > _LONGEST:
        raise Undecodable(f"ce_{name}: longer than {_LONGEST} characters")
    if _UNSTORABLE.search(value):
        raise Undecodable(f"ce_{name}: holds a character that no text holds")
    return value


def _id(said: str, source: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"{source} {said}")


def _time(said: str | None) -> datetime:
    if not said:
        return datetime.now(UTC)
    try:
        time = datetime.fromisoformat(said)
    except ValueError as error:
        raise Undecodable("ce_time: no moment in the form of RFC 3339") from error
    if time.tzinfo is None:
        raise Undecodable("ce_time: says no time zone")
    return time


def _sequence(said: str | None) -> int:
    if not said:
        return 0
    if not (said.isascii() and said.isdecimal() and len(said) <= 20 and int(said) < _LARGEST):
        raise Undecodable("ce_sequence: no whole number that fits")
    return int(said)


def _json(value: bytes) -> JsonValue:
    try:
        document: JsonValue = json.loads(value, parse_constant=_no_number)
    except Undecodable:
        raise
    except (ValueError, RecursionError) as error:
        raise Undecodable("data: no JSON, or nested too deep") from error
    if _depth(document) > DEPTH:
        raise Undecodable(f"data: nested deeper than {DEPTH}")
    return document


def _no_number(_said: str) -> JsonValue:
    raise Undecodable("data: NaN and Infinity are no JSON")


def _depth(document: JsonValue) -> int:
    """How deep JSON is nested, as far as it matters."""
    depth, level = 0, [document]
    while level and depth <= DEPTH:
        depth += 1
        level = [inner for one in level for inner in _inside(one)]
    return depth


def _inside(one: JsonValue) -> Iterable[JsonValue]:
    if isinstance(one, dict):
        return one.values()
    return one if isinstance(one, list) else ()
