"""Kafka as the transport: a producer whose silence ends the worker, a consumer loop that commits exact offsets.

aiokafka's idempotent producer never gives up by itself and its consumer fails silently, so every call has a
timeout and the time since the broker last answered is watched.
"""

import asyncio
import time
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import KafkaError

from shared.events.consumer import Consumer
from shared.events.envelope import Record, storable
from shared.events.metrics import BROKER_SILENCE, LAG, SAME_BATCH
from shared.settings import Settings
from shared.time.patience import wake

_log = structlog.get_logger()


class BrokerSilent(Exception):
    """The broker did not answer in time: the worker exits and its supervisor starts a fresh one."""


class KafkaTransport:
    """Sends records in order with acks from all replicas; per key the order is that of the call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka,
            enable_idempotence=True,
            acks="all",
            max_batch_size=524_288,
            compression_type="lz4",
            request_timeout_ms=int(self._settings.broker_timeout * 1000),
        )
        async with asyncio.timeout(self._settings.broker_timeout):
            await self._producer.start()

    async def send(self, records: Sequence[Record]) -> None:
        """Send and wait for every acknowledgement. Raises BrokerSilent."""
        assert self._producer is not None
        try:
            async with asyncio.timeout(self._settings.broker_timeout):
                sent = [
                    await self._producer.send(
                        record.topic,
                        record.value,
                        key=record.key.encode(),
                        headers=[(name, value.encode()) for name, value in record.headers.items()],
                    )
                    for record in records
                ]
                await self._producer.flush()
                for acknowledgement in sent:
                    await acknowledgement
        except (TimeoutError, KafkaError) as error:
            raise BrokerSilent(f"send: {type(error).__name__}") from error

    async def close(self) -> None:
        if self._producer is not None:
            await _quietly(self._producer.stop(), self._settings.broker_timeout)


class KafkaLoop:
    """Reads what a consumer is interested in, partition by partition side by side, until told to stop."""

    def __init__(self, consumer: Consumer, settings: Settings, instance: str | None = None) -> None:
        self._consumer, self._settings, self._instance = consumer, settings, instance
        self.answered_at = time.monotonic()
        self.behind: dict[TopicPartition, int] = {}
        self._failed: dict[TopicPartition, tuple[int, int]] = {}  # where a batch failed, and how often

    @property
    def stuck(self) -> list[str]:
        """The partitions whose batch has failed several times."""
        return [f"{at.topic}-{at.partition}" for at, (_, times) in self._failed.items() if times > 2]

    @property
    def silence(self) -> float:
        """Seconds since the broker last answered."""
        return time.monotonic() - self.answered_at

    async def run(self, stop: asyncio.Event) -> None:
        """Consume. Raises BrokerSilent where the broker stops answering."""
        kafka = AIOKafkaConsumer(
            *sorted(self._consumer.topics),
            bootstrap_servers=self._settings.kafka,
            group_id=self._consumer.name,
            group_instance_id=self._instance,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            partition_assignment_strategy=[StickyPartitionAssignor],
            session_timeout_ms=int(self._settings.broker_timeout * 1000),
            max_poll_interval_ms=300_000,
        )
        try:
            async with asyncio.timeout(self._settings.broker_timeout * 2):
                await kafka.start()
            self.answered_at = time.monotonic()
            while not stop.is_set():
                await self._poll(kafka)
        except (TimeoutError, KafkaError) as error:
            raise BrokerSilent(f"consume: {type(error).__name__}") from error
        finally:
            await _quietly(kafka.stop(), self._settings.broker_timeout)

    async def _poll(self, kafka: AIOKafkaConsumer) -> None:
        fetched = await kafka.getmany(timeout_ms=200, max_records=500)
        if not fetched:
            self._note_lag(kafka, {})
            await self._probe(kafka)
            return
        self._answered()
        self._note_lag(kafka, fetched)
        done = await asyncio.gather(*(self._partition(batch) for batch in fetched.values()))
        handled = {tp: batch[-1].offset + 1 for (tp, batch), ok in zip(fetched.items(), done, strict=True) if ok}
        for partition, batch in fetched.items():
            if partition not in handled and partition in kafka.assignment():
                kafka.seek(partition, batch[0].offset)
        await self._commit(kafka, handled)
        if len(handled) < len(fetched):
            await asyncio.sleep(self._settings.retry_pause)

    def _note_lag(self, kafka: AIOKafkaConsumer, fetched: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        """How many messages are there that have yet to take effect, by partition."""
        for partition in kafka.assignment():
            batch = fetched.get(partition)
            behind = (kafka.highwater(partition) or 0) - batch[0].offset if batch else 0
            self.behind[partition] = max(behind, 0)
            LAG.labels(self._consumer.name, partition.topic, partition.partition).set(self.behind[partition])

    async def _partition(self, batch: list[ConsumerRecord]) -> bool:
        """Handle a partition's batch; False where infrastructure failed and it has to be read again."""
        place = TopicPartition(batch[0].topic, batch[0].partition)
        try:
            await self._consumer.handle([_record(message) for message in batch])
        except Exception as error:  # noqa: BLE001 (the consumer raises for infrastructure only)
            _log.warning("kafka.batch_again", consumer=self._consumer.name, error=type(error).__name__)
            return await self._again(place, batch)
        wake()
        self._failed.pop(place, None)
        SAME_BATCH.labels(self._consumer.name, place.topic, place.partition).set(0)
        return True

    async def _again(self, place: TopicPartition, batch: list[ConsumerRecord]) -> bool:
        """The same batch failed again: after some times its first message is put aside, if the database can."""
        offset, times = self._failed.get(place, (batch[0].offset, 0))
        times = times + 1 if offset == batch[0].offset else 1
        self._failed[place] = batch[0].offset, times
        SAME_BATCH.labels(self._consumer.name, place.topic, place.partition).set(times)
        if times < self._settings.same_batch:
            return False
        return await self._singly(place, batch)

    async def _singly(self, place: TopicPartition, batch: list[ConsumerRecord]) -> bool:
        """Each message by itself; what fails then is put aside. False where that cannot be done either."""
        for message in batch:
            try:
                await self._alone(_record(message))
            except Exception as error:  # noqa: BLE001 (the database is away: everything waits)
                _log.warning("kafka.batch_again", consumer=self._consumer.name, error=type(error).__name__)
                return False
        self._failed.pop(place, None)
        SAME_BATCH.labels(self._consumer.name, place.topic, place.partition).set(0)
        return True

    async def _alone(self, record: Record) -> None:
        """One message, twice; what fails then is put aside. Raises where that cannot be done either."""
        for last in (False, True):
            try:
                await self._consumer.handle([record])
            except Exception as error:  # noqa: BLE001 (it is put aside, whatever it is)
                if last:
                    await self._consumer.put_aside(record, error)
                else:
                    await asyncio.sleep(self._settings.retry_pause)
            else:
                return

    async def _commit(self, kafka: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        mine = {partition: offset for partition, offset in offsets.items() if partition in kafka.assignment()}
        if not mine:
            return
        try:
            async with asyncio.timeout(self._settings.broker_timeout):
                await kafka.commit(mine)
            self._answered()
        except KafkaError as error:
            # A rebalance took the partition: its new owner reads the batch again and the inbox absorbs it.
            _log.info("kafka.commit_refused", consumer=self._consumer.name, error=type(error).__name__)

    async def _probe(self, kafka: AIOKafkaConsumer) -> None:
        """An empty poll looks the same with a dead broker, so ask it something now and then."""
        if self.silence > min(2.0, self._settings.broker_timeout / 4) and kafka.assignment():
            async with asyncio.timeout(self._settings.broker_timeout):
                await kafka.end_offsets(list(kafka.assignment())[:1])
            self._answered()
        BROKER_SILENCE.labels(self._consumer.name).set(self.silence)

    def _answered(self) -> None:
        self.answered_at = time.monotonic()


def _record(message: Any) -> Record:
    headers = {storable(name): _read(value) for name, value in message.headers}
    key = _read(message.key)
    return Record(message.topic, key, message.value or b"", headers, message.partition, message.offset)


def _read(said: bytes | None) -> str:
    """A key or a header as text that can be kept."""
    return storable(said.decode("utf-8", "replace")) if said else ""


async def _quietly(stopping: Awaitable[None], seconds: float) -> None:
    """Stop a client; with a dead broker ``stop`` may hang or be cancelled from inside."""
    try:
        async with asyncio.timeout(seconds):
            await stopping
    except (TimeoutError, KafkaError, asyncio.CancelledError) as error:
        current = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and current is not None and current.cancelling():
            raise
        _log.info("kafka.stopped_hard", error=type(error).__name__)
