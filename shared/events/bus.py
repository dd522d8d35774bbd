"""The local bus: the transport of one process. It acknowledges when every consumer of a topic has committed."""

import asyncio
from collections.abc import Sequence

from shared.events.consumer import Consumer
from shared.events.envelope import Record


class LocalBus:
    """Hands the relay's records to the consumers in this process, topic by topic, in order.

    A consumer that cannot reach its database raises, and so the relay keeps its rows and sends them again.
    """

    def __init__(self) -> None:
        self._consumers: list[Consumer] = []

    def subscribe(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)

    async def send(self, records: Sequence[Record]) -> None:
        """Deliver; returns when every interested consumer has committed or parked every record."""
        await asyncio.gather(*(self._deliver(consumer, records) for consumer in self._consumers))

    async def _deliver(self, consumer: Consumer, records: Sequence[Record]) -> None:
        for topic in sorted(consumer.topics):
            if batch := [record for record in records if record.topic == topic]:
                await consumer.handle(batch)
