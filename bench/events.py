"""event_pipeline: outbox to Kafka to committed effect, against a bare aiokafka and asyncpg loop doing the same."""

import asyncio
import json
import time
from statistics import quantiles
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.measure import Result, against, at_most
from bench.stage import Stage
from deploy.kafka.broker import Broker
from services.funding.main import SERVICE as FUNDING
from shared.events import topics
from shared.events.consumer import Consumer
from shared.events.kafka import KafkaLoop, KafkaTransport
from shared.events.relay import Relay
from shared.households.handlers import KEEP as _KEEP
from shared.names.ids import uuid7
from shared.settings import Settings

EVENTS = 10_000
TOPIC = "registry.household"


async def run(stage: Stage) -> list[Result]:
    """10,000 household events from the registry's outbox into funding's table; latency at 300 events a second."""
    broker = Broker(stage.folder / "kafka")
    broker.start()
    settings = stage.settings.model_copy(update={"kafka": broker.address})
    try:
        await topics.create([TOPIC, "bare", *(subscription.topic for subscription in FUNDING.handles)], settings)
        throughput = await against(
            "event_pipeline",
            "events/s",
            lambda: _pipeline(stage, settings),
            lambda: _bare(stage, settings),
            0.7,
        )
        return [throughput, await _latency(stage, settings)]
    finally:
        broker.kill()


async def _tell(pool: "asyncpg.Pool[asyncpg.Record]", count: int) -> list[UUID]:
    """Rows in an outbox, as a registration would leave them."""
    ids = [uuid7() for _ in range(count)]
    rows = [(uuid7(), TOPIC, str(id), "registry.household.registered.v1", _payload(id), _headers(id)) for id in ids]
    await pool.executemany(
        "INSERT INTO outbox (event_id, topic, key, type, payload, headers) VALUES ($1, $2, $3, $4, $5, $6)", rows
    )
    return ids


def _payload(id: UUID) -> bytes:
    member = {"id": str(id), "relation": "户主", "born": "1960-01-01", "labour": "普通劳动力"}
    state = {
        "id": str(id),
        "number": str(id),
        "division": "220622100200",
        "status": "registered",
        "size": 1,
        "identified_on": "2014-06-01",
        "attribute": "一般贫困户",
        "main_cause": "因病",
        "members": [member],
        "reason": "identified",
        "effective_on": "2014-06-01",
    }
    return json.dumps(state, ensure_ascii=False).encode()


def _headers(id: UUID) -> str:
    return json.dumps({"sequence": 1, "subject": str(id), "time": "2016-01-01T00:00:00+00:00"})


async def _pipeline(stage: Stage, settings: Settings) -> float:
    await _tell(stage.registry.pool, EVENTS)
    before, stop = await _kept(stage), asyncio.Event()
    began = time.perf_counter()
    tasks = await _run(stage, settings, stop)
    while await _kept(stage) < before + EVENTS:  # noqa: ASYNC110 (another connection writes what is waited for)
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - began
    stop.set()
    await asyncio.gather(*tasks)
    return EVENTS / seconds


async def _run(stage: Stage, settings: Settings, stop: asyncio.Event) -> list["asyncio.Task[None]"]:
    transport = KafkaTransport(settings)
    await transport.start()
    consumer = Consumer("funding", stage.funding, FUNDING.handles, settings)

    async def relay() -> None:
        await Relay(stage.registry, transport, settings).run(stop)
        await transport.close()

    return [asyncio.create_task(relay()), asyncio.create_task(KafkaLoop(consumer, settings).run(stop))]


async def _kept(stage: Stage) -> int:
    found: int = await stage.funding.pool.fetchval("SELECT count(*) FROM household")
    return found


async def _bare(stage: Stage, settings: Settings) -> float:
    """The same statements in two plain loops: take, send, delete; read, claim, keep, commit offsets."""
    source, target = stage.registry.pool, stage.funding.pool
    await _tell(source, EVENTS)
    before = await _kept(stage)
    began = time.perf_counter()
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka,
        enable_idempotence=True,
        acks="all",
        max_batch_size=524_288,
        compression_type="lz4",
    )
    consumer = AIOKafkaConsumer(
        "bare",
        bootstrap_servers=settings.kafka,
        group_id="bare",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await producer.start()
    await consumer.start()

    async def send() -> None:
        while True:
            async with source.acquire() as connection, connection.transaction():
                rows = await connection.fetch("SELECT id, event_id, key, payload FROM outbox ORDER BY id LIMIT 500")
                if not rows:
                    return
                sent = [
                    await producer.send(
                        "bare", r["payload"], key=r["key"].encode(), headers=[("id", str(r["event_id"]).encode())]
                    )
                    for r in rows
                ]
                await producer.flush()
                for one in sent:
                    await one
                await connection.execute("DELETE FROM outbox WHERE id = ANY($1)", [r["id"] for r in rows])

    async def keep(partition: TopicPartition, batch: list[object]) -> None:
        async with target.acquire() as connection, connection.transaction():
            await connection.execute("SELECT app_open('', $1)", stage.funding.moment)
            ids = [dict(m.headers)["id"].decode() for m in batch]  # type: ignore[attr-defined]
            await connection.fetch(
                "INSERT INTO inbox (consumer, event_id) SELECT 'bare', unnest($1::uuid[]) ON CONFLICT DO NOTHING"
                " RETURNING event_id",
                ids,
            )
            rows = [json.loads(m.value) | {"sequence": 1} for m in batch]  # type: ignore[attr-defined]
            await connection.execute(_KEEP, json.dumps(rows))
        await consumer.commit({partition: batch[-1].offset + 1})  # type: ignore[attr-defined]

    sending = asyncio.create_task(send())
    while await _kept(stage) < before + EVENTS:
        fetched = await consumer.getmany(timeout_ms=200, max_records=500)
        await asyncio.gather(*(keep(partition, batch) for partition, batch in fetched.items()))
    await sending
    seconds = time.perf_counter() - began
    await producer.stop()
    await consumer.stop()
    return EVENTS / seconds


async def _latency(stage: Stage, settings: Settings, rate: int = 300, seconds: int = 10) -> Result:
    """From the outbox row to the committed effect, measured by the databases' own clocks."""
    stop = asyncio.Event()
    tasks = await _run(stage, settings, stop)
    await asyncio.sleep(2)
    ids: list[UUID] = []
    for _ in range(seconds * 30):
        began = time.perf_counter()
        ids += await _tell(stage.registry.pool, rate // 30)
        await asyncio.sleep(max(0, 1 / 30 - (time.perf_counter() - began)))
    await asyncio.sleep(2)
    stop.set()
    await asyncio.gather(*tasks)
    took = await _took(stage, ids)
    return at_most("event_pipeline_p99", quantiles(took, n=100)[98] * 1000, "ms at 300 events/s", 150)


async def _took(stage: Stage, ids: list[UUID]) -> list[float]:
    rows = await stage.funding.pool.fetch(
        "SELECT event_id, received_at FROM inbox WHERE consumer = 'funding' ORDER BY received_at DESC LIMIT $1",
        len(ids),
    )
    assert len(rows) == len(ids)
    # A version 7 identifier carries the millisecond in which the event was made, just before its row was written.
    return [max(0.0, row["received_at"].timestamp() - (row["event_id"].int >> 80) / 1000) for row in rows]
