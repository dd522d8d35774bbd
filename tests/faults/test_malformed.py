"""Whatever somebody sends, a partition goes on: it is put aside with the attribute that is wrong."""

import asyncio
import json
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from hypothesis import HealthCheck, given
from hypothesis import settings as shaped
from hypothesis import strategies as st

from shared.events import topics
from shared.events.consumer import Consumer
from shared.events.contracts import Aggregate
from shared.events.envelope import Record, storable
from shared.events.kafka import KafkaLoop
from shared.names.ids import uuid7
from tests.faults.test_backbone import consuming, until
from tests.support.ledger_of_events import Fact, Listener, heard

ROUGH, AGAIN = (Aggregate(f"test.{name}", Fact, ("happened",), zh="测试") for name in ("rough", "again"))
TYPE = ROUGH.type("happened")

GOOD = {
    "ce_specversion": "1.0",
    "ce_type": TYPE,
    "ce_source": "/elsewhere",
    "ce_time": "2016-05-01T08:00:00+08:00",
    "ce_sequence": "1",
    "content-type": "application/json",
}


def fact(key: Any, number: int = 1) -> bytes:
    return json.dumps({"key": str(key), "number": number}).encode()


def headers_of(**other: str | None) -> dict[str, str]:
    said = GOOD | {"ce_id": str(uuid7())} | {name.replace("-", "_"): value for name, value in other.items()}
    return {name: value for name, value in said.items() if value is not None}


def malformed() -> list[tuple[bytes, dict[str, bytes], bytes, str]]:
    """Value, headers, key of each, and how the reason for which it waits begins."""
    plain = {name: value.encode() for name, value in headers_of().items()}

    def without(name: str, value: bytes | None = None) -> dict[str, bytes]:
        return {one: said for one, said in plain.items() if one != name} | (
            {name: value} if value is not None else {}
        )

    def own() -> bytes:
        """A key of its own: what has the same key waits behind the first."""
        return str(uuid7()).encode()

    deep = b'{"key":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    structured = {"content-type": b"application/cloudevents+json"}
    return [
        (deep, plain, own(), "data: no JSON, or nested too deep"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", plain, own(), "data: nested deeper than 64"),
        (b"x" * (1 << 20) + b"x", plain, own(), "data: larger than"),
        (b"", plain, own(), "data: no JSON"),
        (b"\xff\xfe\x00", plain, own(), "data: no JSON"),
        (b"[]", plain, own(), "data: the data of an event is a JSON object"),
        (b"null", plain, own(), "data: the data of an event is a JSON object"),
        (b'{"key": NaN}', plain, own(), "data: NaN"),
        (fact(uuid7()), without("ce_type"), own(), "ce_type: missing"),
        (fact(uuid7()), without("ce_source"), own(), "ce_source: missing"),
        (fact(uuid7()), without("ce_id"), own(), "ce_id: missing"),
        (fact(uuid7()), without("ce_sequence", b"-1"), own(), "ce_sequence: no whole number"),
        (fact(uuid7()), without("ce_sequence", b"9" * 5000), own(), "ce_sequence: no whole number"),
        (fact(uuid7()), without("ce_sequence", "²".encode()), own(), "ce_sequence: no whole number"),
        (fact(uuid7()), without("ce_time", b"yesterday"), own(), "ce_time: no moment"),
        (fact(uuid7()), without("ce_time", b"2016-05-01T08:00:00"), own(), "ce_time: says no time zone"),
        (
            fact(uuid7()),
            without("content-type", b"application/cloudevents-batch+json"),
            own(),
            "content-type: a batch",
        ),
        (fact(uuid7()), plain | {f"h{n}": b"" for n in range(70)}, own(), "headers: more than"),
        (b"[]", structured, own(), "data: a structured event is a JSON object"),
        (b'{"id":"1","source":"/x"}', structured, own(), "data: the data of an event"),
        (b'{"id":"1","source":"/x","data":{}}', structured, own(), "ce_type: missing"),
        (b'{"id":"1","source":"/x","type":"a\\u0000b","data":{}}', structured, own(), "ce_type: holds a character"),
        (b'{"id":"1","source":"\\ud800","type":"a","data":{}}', structured, own(), "ce_source: holds a character"),
        (b'{"key": 1}', plain, own(), "ValidationError: "),
        (b'{"key": "\\u0000"}', plain, own(), "ValidationError: "),
        (deep, plain | {"nul": b"a\x00b"}, b"a\x00b" + own(), "data: no JSON, or nested too deep"),
        (deep, plain | {"\x00name": b"\xff"}, b"\xff\xfe", "data: no JSON, or nested too deep"),
        (deep, plain, b"", "data: no JSON, or nested too deep"),
    ]


def afresh(headers: dict[str, bytes]) -> dict[str, bytes]:
    """The same as another event."""
    return headers | ({"ce_id": str(uuid7()).encode()} if "ce_id" in headers else {})


async def send(settings: Any, topic: str, *messages: tuple[bytes, dict[str, bytes], bytes, int]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, max_request_size=4 << 20)
    await producer.start()
    for value, headers, key, partition in messages:
        await producer.send_and_wait(topic, value, key=key, headers=list(headers.items()), partition=partition)
    await producer.stop()


async def test_malformed_messages_on_every_partition_delay_nobody_and_say_what_is_wrong(database, settings):
    await topics.create([ROUGH.topic], settings)
    bad = [one for one in malformed() if len(one[0]) < 1_000_000]  # the broker refuses larger ones
    keys = [uuid7() for _ in range(settings.kafka_partitions)]
    good = {name: value.encode() for name, value in headers_of().items() if name != "ce_id"}
    await send(
        settings,
        ROUGH.topic,
        *(
            (value, afresh(headers), key, n)
            for n in range(settings.kafka_partitions)
            for value, headers, key, _ in bad
        ),
        *((fact(key), good | {"ce_id": str(uuid7()).encode()}, str(key).encode(), n) for n, key in enumerate(keys)),
    )
    group = f"malformed-{uuid7()}"

    async def kept() -> bool:
        return [await heard(database, key) for key in keys] == [[1]] * len(keys)

    async with consuming(database, settings, Listener(ROUGH), group):
        await until(kept)
        rows = await database.pool.fetch("SELECT reason FROM parked WHERE consumer = $1", group)
    reasons = [row["reason"].removeprefix("Undecodable: ") for row in rows]
    for *_, begins in bad:
        assert sum(reason.startswith(begins) for reason in reasons) >= settings.kafka_partitions, begins
    assert len(reasons) == len(bad) * settings.kafka_partitions


async def test_every_malformed_message_is_said_by_its_attribute_also_on_the_local_bus(database, settings):
    group = f"bus-{uuid7()}"
    consumer = Consumer(group, database, Listener(ROUGH).subscriptions, settings)
    for value, headers, key, begins in malformed():
        text = {storable(name): storable(said.decode("utf-8", "replace")) for name, said in afresh(headers).items()}
        record = Record(ROUGH.topic, str(uuid7()), value, text)
        await consumer.handle([record])
        reason = await database.pool.fetchval(
            "SELECT reason FROM parked WHERE consumer = $1 ORDER BY id DESC LIMIT 1", group
        )
        assert reason.removeprefix("Undecodable: ").startswith(begins), (begins, reason, key)


texts = st.text(max_size=30) | st.just("1") | st.sampled_from([TYPE, "test.fact.burned.v1", "test.fact.x.v2", "\0"])
json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
values = st.binary(max_size=60) | json_like.map(lambda one: json.dumps(one).encode("utf-8", "surrogatepass"))
names = st.sampled_from([*GOOD, "ce_id", "ce_subject", "ce_partitionkey", "traceparent"]) | st.text(max_size=12)
records = st.lists(st.tuples(st.text(max_size=12), values, st.dictionaries(names, texts, max_size=9)), max_size=4)


async def test_no_bytes_headers_or_key_make_the_consumer_raise(database, settings):
    """Whatever is read from the transport, in any batch: the consumer raises for infrastructure only."""

    quick = settings.model_copy(update={"attempts": 1, "unknown_reference_patience": 0.0})
    consumer = Consumer(f"any-{uuid7()}", database, Listener(ROUGH).subscriptions, quick)
    loop = asyncio.get_running_loop()
    drawn: list[list[Record]] = []

    @shaped(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(records)
    def draw(batch: list[tuple[str, bytes, dict[str, str]]]) -> None:
        drawn.append(
            [
                Record(
                    ROUGH.topic,
                    storable(key),
                    value,
                    {storable(name): storable(said) for name, said in headers.items()},
                )
                for key, value, headers in batch
            ]
        )

    await loop.run_in_executor(None, draw)
    assert len(drawn) >= 100
    for batch in drawn:
        if batch:
            await consumer.handle(batch)


async def test_a_batch_that_the_database_fails_at_each_time_is_put_aside_and_the_next_goes_on(database, settings):
    """A message that makes the database end the statement, time after time, looks like infrastructure."""
    quick = settings.model_copy(update={"same_batch": 3, "retry_pause": 0.05, "attempts": 1})
    poison, healthy = uuid7(), uuid7()

    class Ends(Listener):
        async def hear(self, session: Any, event: Any) -> None:
            if event.key == str(poison):
                raise TimeoutError
            await super().hear(session, event)

    await topics.create([AGAIN.topic], settings)
    good = {name: value.encode() for name, value in headers_of().items() if name != "ce_id"} | {
        "ce_type": AGAIN.type("happened").encode()
    }
    await send(
        settings,
        AGAIN.topic,
        *((fact(key), good | {"ce_id": str(uuid7()).encode()}, str(key).encode(), 0) for key in (poison, healthy)),
    )
    group = f"again-{uuid7()}"
    consumer = Consumer(group, database, Ends(AGAIN).subscriptions, quick)
    stop = asyncio.Event()
    reading = KafkaLoop(consumer, quick)
    task = asyncio.create_task(reading.run(stop))

    async def went_on() -> bool:
        return await heard(database, healthy) == [1]

    try:
        await until(went_on)
    finally:
        stop.set()
        await asyncio.wait([task], timeout=20)
    waits = await database.pool.fetch("SELECT key, reason FROM parked WHERE consumer = $1", group)
    assert [(row["key"], row["reason"].partition(":")[0]) for row in waits] == [(str(poison), "TimeoutError")]
    assert reading.stuck == []
    assert reading.behind.keys() >= {TopicPartition(AGAIN.topic, 0)}


async def test_an_id_that_is_no_uuid_a_missing_time_and_sequence_and_further_attributes_are_taken(database, settings):
    group, key = f"lenient-{uuid7()}", uuid7()
    consumer = Consumer(group, database, Listener(ROUGH).subscriptions, settings)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "公安局-2016-000123",
        "ce_type": TYPE,
        "ce_source": "/elsewhere",
        "ce_further": "ignored",
    }
    record = Record(ROUGH.topic, str(key), fact(key, 7), headers)
    await consumer.handle([record])
    await consumer.handle([record])  # the same id of the same source is the same event
    assert await heard(database, key) == [7]
    document = {
        "specversion": "1.0",
        "id": "n-1",
        "source": "/elsewhere",
        "type": TYPE,
        "data": json.loads(fact(key, 8)),
    }
    await consumer.handle([Record(ROUGH.topic, str(key), json.dumps(document).encode(), {})])
    assert await heard(database, key) == [7, 8]
