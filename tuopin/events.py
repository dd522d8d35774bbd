"""``tuopin parked`` and ``tuopin republish``: look after a service's events (settings from the environment)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from shared.database.session import Database
from shared.events import parking
from shared.events import republish as snapshots
from shared.events.consumer import Consumer
from shared.security.crypto import keyring
from shared.settings import Settings
from tuopin.services import service as find

parked = typer.Typer(no_args_is_help=True, help="Messages that could not be handled, by key and in order.")
_Service = Annotated[str, typer.Argument(help="registry, funding, projects or evaluation")]
_Topic = Annotated[str, typer.Argument(help="e.g. registry.household")]
_Key = Annotated[str, typer.Argument(help="the key that waits")]


@parked.command("list")
def list_keys(service: _Service) -> None:
    """The keys that wait: how many messages, since when, and why the first one failed."""

    async def run(database: Database) -> None:
        for one in await parking.waiting(database.pool, service):
            print(f"{one.topic}  {one.key}  {one.messages} since {one.since:%F %T}  {one.reason}")

    _with(service, run)


@parked.command()
def show(service: _Service, topic: _Topic, key: _Key) -> None:
    """The messages of a key, in order: what they are and why they wait, not what they say of anybody."""

    async def run(database: Database) -> None:
        for one in await parking.messages(database.pool, service, topic, key):
            print(f"{one.id}  {one.type}  {one.event_id}  attempts {one.attempts}  {one.reason}")
            print("   ", f"{one.record.partition}/{one.record.offset}", f"{len(one.record.value)} bytes")

    _with(service, run)


@parked.command()
def retry(service: _Service, topic: _Topic, key: _Key) -> None:
    """Handle a key's messages in order; stops at the first that fails again."""

    async def run(database: Database) -> None:
        settings = Settings()
        consumer = Consumer(service, database, find(service).handles, settings, keyring(settings))
        print(await consumer.retry(topic, key), "resolved")

    _with(service, run)


@parked.command()
def discard(
    service: _Service, topic: _Topic, key: _Key, why: Annotated[str, typer.Option(help="kept with it")]
) -> None:
    """Give up the first message of a key; the others stay until they are retried or discarded."""

    async def run(database: Database) -> None:
        waiting = await parking.messages(database.pool, service, topic, key)
        if not waiting:
            raise SystemExit("nothing waits under this key")
        await parking.resolve(database.pool, waiting[0].id, f"discarded: {why}")
        print("discarded", waiting[0].id)

    _with(service, run)


def republish(
    service: _Service, topic: Annotated[str, typer.Argument(help="an aggregate, e.g. registry.household")]
) -> None:
    """Send the present state of every aggregate of a topic as snapshot events, for a new consumer."""
    owner = find(service)
    aggregate = next((one for one in owner.publishes if one.topic == topic), None)
    if aggregate is None or topic not in owner.snapshots:
        raise SystemExit(f"{service} has no {topic} to republish")

    async def run(database: Database) -> None:
        batches = snapshots.republish(database, aggregate, owner.snapshots[topic])
        print(sum([count async for count in batches]), "snapshots")

    _with(service, run)


def _with(service: str, run: Callable[[Database], Awaitable[object]]) -> None:
    async def main() -> None:
        database = Database(service, "worker", Settings())
        await database.start()
        try:
            await run(database)
        finally:
            await database.close()

    asyncio.run(main())
