"""The faults that the backbone survives, on a real broker and a real database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from shared.database.embedded import EmbeddedServer
from shared.database.errors import is_infrastructure
from shared.database.session import Database
from shared.events import parking
from shared.events.consumer import Consumer
from shared.events.kafka import BrokerSilent, KafkaLoop, KafkaTransport
from shared.events.relay import Relay
from shared.names.ids import uuid7
from shared.settings import Settings
from tests.support.ledger_of_events import AGGREGATE, SERVICE, Listener, happen, heard
from tests.support.told import record


def emptied(database: Database) -> Any:
    async def check() -> bool:
        try:
            return await database.pool.fetchval("SELECT count(*) FROM outbox") == 0
        except Exception as error:
            if is_infrastructure(error):
                return False
            raise

    return check


@asynccontextmanager
async def relaying(database: Database, settings: Settings) -> AsyncIterator[Relay]:
    transport = KafkaTransport(settings)
    await transport.start()
    try:
        yield Relay(database, transport, settings)
    finally:
        await transport.close()


@asynccontextmanager
async def consuming(
    database: Database, settings: Settings, listener: Listener, group: str
) -> AsyncIterator[Consumer]:
    consumer = Consumer(group, database, listener.subscriptions, settings)
    stop = asyncio.Event()
    task = asyncio.create_task(KafkaLoop(consumer, settings).run(stop))
    try:
        yield consumer
    finally:
        stop.set()
        await asyncio.wait([task], timeout=20)


async def cut_connections(server: EmbeddedServer, settings: Settings) -> None:
    """End every connection of the worker, those in use and those that lie idle in its pool."""
    admin = await asyncpg.connect(**server.admin())
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $2",
        settings.db_prefix + SERVICE,
        f"{SERVICE}_worker",
    )
    await admin.close()


async def until(condition: Any, patience: float = 25) -> None:
    deadline = asyncio.get_running_loop().time() + patience
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


def becomes(database: Database, key: Any, expected: list[int]) -> Any:
    async def check() -> bool:
        try:
            return await heard(database, key) == expected
        except Exception as error:
            if is_infrastructure(error):  # our own connection was cut too
                return False
            raise

    return check


async def test_a_crash_between_commit_and_publish_loses_nothing(database, settings):
    key = uuid7()
    await happen(database, key, 1, 2, 3)  # committed; and here the process dies, its outbox unsent
    async with relaying(database, settings) as relay, consuming(database, settings, Listener(), str(key)):
        await relay.once()
        await until(becomes(database, key, [1, 2, 3]))


async def test_a_crash_between_publish_and_delete_takes_effect_once(database, settings, monkeypatch):
    key = uuid7()
    await happen(database, key, 1, 2)
    async with relaying(database, settings) as relay, consuming(database, settings, Listener(), str(key)):
        monkeypatch.setattr("shared.events.relay._DROP", "SELECT 1 / 0, $1::bigint[]")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await relay.once()
        monkeypatch.undo()
        assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 2
        await relay.once()
        await happen(database, key, 3)
        await relay.once()
        await until(becomes(database, key, [1, 2, 3]))


async def test_two_relays_at_once_neither_lose_nor_double_nor_reorder(database, settings):
    key = uuid7()
    async with (
        relaying(database, settings) as one,
        relaying(database, settings) as other,
        consuming(database, settings, Listener(), str(key)),
    ):
        for number in range(1, 31):
            await happen(database, key, number)
            await asyncio.gather(one.once(), other.once())
        await until(becomes(database, key, list(range(1, 31))))
        assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_poison_message_delays_only_its_own_key_and_can_be_retried_in_order(database, settings):
    sick, well, listener = uuid7(), uuid7(), Listener()
    listener.poison = {(sick, 2)}
    await happen(database, sick, 1, 2, 3)
    await happen(database, well, 11, 12, 13)
    async with relaying(database, settings) as relay, consuming(database, settings, listener, str(sick)) as consumer:
        await relay.once()
        await until(becomes(database, well, [11, 12, 13]))
        await happen(database, sick, 4)
        await relay.once()

        async def parked() -> bool:
            waiting = await parking.waiting(database.pool, consumer.name)
            return [(row.key, row.messages) for row in waiting] == [(str(sick), 3)]

        await until(parked)
        assert await heard(database, sick) == [1]
        listener.poison = set()
        assert await consumer.retry(AGGREGATE.topic, str(sick)) == 3
        assert await heard(database, sick) == [1, 2, 3, 4]


async def test_duplicated_reordered_and_replayed_events_change_nothing_twice(database, settings):
    key, consumer = uuid7(), Consumer("twice", database, Listener().subscriptions, settings)
    facts = [record(AGGREGATE.type("happened"), str(key), n, {"key": str(key), "number": n}) for n in (1, 2, 3)]
    await consumer.handle([facts[0], facts[1], facts[0], facts[1]])
    await consumer.handle([facts[2], facts[0]])
    await consumer.handle(facts)
    assert await heard(database, key) == [1, 2, 3]
    old = record(AGGREGATE.type("snapshot"), str(key), 2, {"key": str(key), "number": 2})
    await consumer.handle([old])
    assert await database.pool.fetchval("SELECT sequence FROM kept WHERE key = $1", key) == 3


async def test_an_unknown_type_is_ignored_and_a_newer_version_waits_for_newer_code(database, settings):
    key, consumer = uuid7(), Consumer("newer", database, Listener().subscriptions, settings)
    other = record("test.fact.forgotten.v1", str(key), 1, {})
    other = replace(other, headers={**other.headers, "ce_type": "elsewhere.thing.happened.v1"})
    newer = record(AGGREGATE.type("happened"), str(key), 2, {"key": str(key), "number": 2})
    newer = replace(newer, headers={**newer.headers, "ce_type": "test.fact.happened.v2"})
    broken = replace(newer, value=b"{", key=str(uuid7()))
    await consumer.handle([other, newer, broken])
    waiting = await parking.waiting(database.pool, "newer")
    assert [row.reason.split(":")[0] for row in waiting] == ["NewerVersion", "Undecodable"]


async def test_a_reference_that_is_not_known_yet_is_tried_again_while_others_flow(database, settings):
    late, well, listener = uuid7(), uuid7(), Listener()
    listener.unknown = {late}
    consumer = Consumer("late", database, listener.subscriptions, settings)
    records = [record(AGGREGATE.type("happened"), str(k), 1, {"key": str(k), "number": 1}) for k in (late, well)]
    handling = asyncio.create_task(consumer.handle(records))
    await until(becomes(database, well, [1]))
    listener.unknown = set()
    await handling
    assert await heard(database, late) == [1]
    assert await parking.waiting(database.pool, "late") == []


async def test_a_database_connection_cut_in_a_batch_is_retried_and_parks_nothing(database, settings, server):
    key, listener = uuid7(), Listener()
    await happen(database, key, *range(1, 21))
    original, cut = listener.hear, False

    async def hear_and_cut(session, event):
        nonlocal cut
        await original(session, event)
        if event.key == str(key) and event.sequence == 10 and not cut:
            cut = True
            await cut_connections(server, settings)

    listener.hear = hear_and_cut
    async with relaying(database, settings) as relay, consuming(database, settings, listener, str(key)):
        await relay.once()
        await until(becomes(database, key, list(range(1, 21))))
        assert cut
        assert await parking.waiting(database.pool, str(key)) == []


async def test_a_relay_whose_connections_are_cut_after_sending_goes_on_and_nothing_is_doubled(
    database, settings, server, monkeypatch
):
    key, stop, cuts = uuid7(), asyncio.Event(), 0
    quick = settings.model_copy(update={"retry_pause": 0.1})
    async with relaying(database, quick) as relay, consuming(database, quick, Listener(), str(key)):
        send = relay._transport.send

        async def send_and_cut(records):
            nonlocal cuts
            await send(records)
            if cuts < 3:
                cuts += 1
                await cut_connections(server, settings)

        monkeypatch.setattr(relay._transport, "send", send_and_cut)
        await happen(database, key, *range(1, 11))
        running = asyncio.create_task(relay.run(stop))
        await until(becomes(database, key, list(range(1, 11))))
        await until(emptied(database))
        assert cuts == 3
        stop.set()
        await running


async def test_a_rebalance_in_the_middle_of_a_batch_takes_effect_once_in_order(database, settings):
    keys, group = [uuid7() for _ in range(4)], str(uuid7())
    slow = Listener()
    original = slow.hear

    async def hear_slowly(session, event):
        await original(session, event)
        await asyncio.sleep(0.02)

    slow.hear = hear_slowly
    for number in range(1, 16):
        for key in keys:
            await happen(database, key, number)
    async with relaying(database, settings) as relay, consuming(database, settings, slow, group):
        await relay.once()
        await asyncio.sleep(0.6)
        async with consuming(database, settings, Listener(), group):
            for key in keys:
                await until(becomes(database, key, list(range(1, 16))))


async def test_a_broker_that_falls_silent_ends_the_worker_and_nothing_is_lost(database, settings, broker):
    key = uuid7()
    quick = settings.model_copy(update={"broker_timeout": 2.0})
    transport = KafkaTransport(quick)
    await transport.start()
    await happen(database, key, 1, 2)
    broker.pause()
    try:
        with pytest.raises(BrokerSilent):
            await Relay(database, transport, quick).once()
    finally:
        broker.resume()
        await transport.close()
    assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 2
    async with relaying(database, settings) as relay, consuming(database, settings, Listener(), str(key)):
        await relay.once()
        await until(becomes(database, key, [1, 2]))


async def test_a_structured_event_of_an_outside_system_is_understood(database, settings):
    key = uuid7()
    body = (
        f'{{"specversion":"1.0","id":"{uuid7()}","type":"test.fact.happened.v1","source":"/elsewhere",'
        f'"subject":"{key}","time":"2016-05-01T08:00:00+08:00","sequence":"1","data":{{"key":"{key}","number":1}}}}'
    )
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka)
    await producer.start()
    headers = [("content-type", b"application/cloudevents+json")]
    await producer.send_and_wait(AGGREGATE.topic, body.encode(), key=str(key).encode(), headers=headers)
    await producer.stop()
    async with consuming(database, settings, Listener(), str(key)):
        await until(becomes(database, key, [1]))
