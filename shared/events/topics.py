"""Topics: one per noun, with a fixed number of partitions; and how far a consumer is behind."""

import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.settings import Settings


async def create(names: Iterable[str], settings: Settings) -> list[str]:
    """Make the topics that are missing; answers which."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    async with asyncio.timeout(settings.broker_timeout):
        await admin.start()
    try:
        missing = sorted(set(names) - set(await admin.list_topics()))
        if missing:
            await admin.create_topics(
                [NewTopic(name, settings.kafka_partitions, settings.kafka_replicas) for name in missing]
            )
        return missing
    finally:
        await admin.close()


async def lag(group: str, topics: Iterable[str], settings: Settings) -> int:
    """How many messages a consumer group has yet to take effect of."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka)
    async with asyncio.timeout(settings.broker_timeout):
        await admin.start()
        await consumer.start()
        try:
            committed = await admin.list_consumer_group_offsets(group)
            behind = 0
            for topic in topics:
                partitions = [TopicPartition(topic, n) for n in range(settings.kafka_partitions)]
                for partition, end in (await consumer.end_offsets(partitions)).items():
                    position = committed.get(partition)
                    behind += end - max(position.offset if position else 0, 0)
            return behind
        finally:
            await consumer.stop()
            await admin.close()
