"""Contracts as files: golden JSON schemas and the AsyncAPI 3.0 document, both made from the services' aggregates.

Within a version a schema may only gain optional properties; anything else is a new version.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from shared.events.contracts import Aggregate
from shared.service import Service

FOLDER = Path("docs/contracts")
_ATTRIBUTES = {
    "ce_id": "uuid of the event: the same fact sent again has the same id",
    "ce_type": "service.noun.verb.vN",
    "ce_source": "the service that owns the fact",
    "ce_subject": "id of the aggregate",
    "ce_time": "business time of the fact",
    "ce_partitionkey": "the household's id, or the aggregate's; order is kept per key",
    "ce_sequence": "version of the aggregate, one more with each event",
}


def document(services: Iterable[Service]) -> dict[str, JsonValue]:
    """The AsyncAPI 3.0 document of every aggregate that some service publishes, or accepts from outside."""
    channels: dict[str, JsonValue] = {}
    operations: dict[str, JsonValue] = {}
    messages: dict[str, JsonValue] = {}
    for service in services:
        for aggregate in (*service.publishes, *service.accepts):
            names = list(aggregate.types())
            channels[aggregate.topic] = {
                "address": aggregate.topic,
                "description": aggregate.zh,
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            }
            if aggregate in service.publishes:
                operations[f"{aggregate.topic}.publish"] = _operation("send", aggregate.topic, service.name)
            for name in names:
                messages[name] = {
                    "name": name,
                    "contentType": "application/json",
                    "headers": {
                        "type": "object",
                        "properties": {
                            key: {"type": "string", "description": text} for key, text in _ATTRIBUTES.items()
                        },
                    },
                    "payload": aggregate.schema(),
                }
        for topic in sorted({subscription.topic for subscription in service.handles}):
            operations[f"{service.name}.receive.{topic}"] = _operation("receive", topic, service.name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tuopin 脱贫 events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0, Kafka binary mode, at least once, in order per key.",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _operation(action: str, topic: str, service: str) -> dict[str, JsonValue]:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic}"}, "summary": f"{service} service"}


def compare(golden: dict[str, Any], current: dict[str, Any], where: str = "") -> list[str]:
    """What in a schema is more than an optional addition, a sentence each."""
    was, now = set(golden.get("required", [])), set(current.get("required", []))
    found = [f"{where}{name}: is no longer required" for name in sorted(was - now)]
    found += [f"{where}{name}: is now required" for name in sorted(now - was)]
    for group in ("properties", "$defs"):
        for name, schema in golden.get(group, {}).items():
            if name not in current.get(group, {}):
                found.append(f"{where}{name}: is gone")
            else:
                found += compare(schema, current[group][name], f"{where}{name}.")
    ignored = {"required", "properties", "$defs", "description", "title", "default", "examples"}
    changed = [name for name in golden.keys() | current.keys() if golden.get(name) != current.get(name)]
    return found + [
        f"{where}{name}: was {golden.get(name)!r}, is {current.get(name)!r}"
        for name in sorted(changed)
        if name not in ignored
    ]


def check(services: Iterable[Service], folder: Path = FOLDER) -> list[str]:
    """What in the committed contracts is missing, broken or out of date."""
    services = list(services)
    found = []
    for aggregate in _aggregates(services):
        file = _golden(folder, aggregate)
        if not file.exists():
            found.append(f"{file.name} is missing")
            continue
        golden = json.loads(file.read_text())
        found += [f"{file.name}: {problem}" for problem in compare(golden, aggregate.schema())]
        if golden != aggregate.schema():
            found.append(f"{file.name} is out of date")
    committed = folder / "asyncapi.yaml"
    if not committed.exists() or yaml.safe_load(committed.read_text()) != _plain(document(services)):
        found.append("asyncapi.yaml is out of date")
    return found


def write(services: Iterable[Service], folder: Path = FOLDER) -> list[str]:
    """Bring the files up to date; refuses (and lists) what breaks a committed schema."""
    services = list(services)
    broken = []
    folder.mkdir(parents=True, exist_ok=True)
    for aggregate in _aggregates(services):
        file = _golden(folder, aggregate)
        problems = compare(json.loads(file.read_text()), aggregate.schema()) if file.exists() else []
        broken += [f"{file.name}: {problem}" for problem in problems]
        if not problems:
            file.write_text(json.dumps(aggregate.schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    text = yaml.safe_dump(_plain(document(services)), allow_unicode=True, sort_keys=False, width=110)
    (folder / "asyncapi.yaml").write_text(text)
    return broken


def _aggregates(services: Iterable[Service]) -> list[Aggregate]:
    return [aggregate for service in services for aggregate in (*service.publishes, *service.accepts)]


def _golden(folder: Path, aggregate: Aggregate) -> Path:
    return folder / f"{aggregate.topic}.v{aggregate.version}.json"


def _plain(value: object) -> object:
    return json.loads(json.dumps(value))
