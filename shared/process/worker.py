"""A service's worker: relays its outbox, consumes what it handles, does its jobs, forgets what is old.

It ends as a whole: if one of its loops fails, or the broker falls silent, the process exits and its supervisor
starts a fresh one. Told to stop, it finishes the batch and the step in hand.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from shared.database.errors import is_infrastructure
from shared.database.session import Database
from shared.events import parking
from shared.events.consumer import Consumer
from shared.events.kafka import KafkaLoop, KafkaTransport
from shared.events.metrics import OLDEST_PARKED
from shared.events.relay import Relay
from shared.events.retention import forget
from shared.events.transport import Transport
from shared.jobs.runner import run_jobs
from shared.security.crypto import KeyRing
from shared.service import Service
from shared.settings import Settings
from shared.time.patience import Patience

_log = structlog.get_logger()
_FORGET_EVERY, _WATCH_EVERY = 3600.0, 15.0


@dataclass(slots=True)
class Worker:
    """The loops of one service over one database (as the worker role)."""

    service: Service
    settings: Settings
    database: Database
    keys: KeyRing
    consumer: Consumer = field(init=False)
    loop: KafkaLoop | None = field(init=False, default=None)
    parked_oldest: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.consumer = Consumer(self.service.name, self.database, self.service.handles, self.settings, self.keys)

    async def run(self, transport: Transport, stop: asyncio.Event) -> None:
        """Relay to a transport, do jobs and forget, until told to stop. Raises what a loop raised."""
        relay = Relay(self.database, transport, self.settings)
        async with asyncio.TaskGroup() as loops:
            loops.create_task(relay.run(stop))
            patience = Patience(self.settings.jobs_idle, self.settings.idle_most)
            loops.create_task(run_jobs(self.database, self.service.jobs, stop, self.keys, patience))
            loops.create_task(self._forget(stop))
            loops.create_task(self._watch(stop))
            if self.loop is not None:
                loops.create_task(self.loop.run(stop))

    async def run_on_kafka(self, stop: asyncio.Event, instance: str | None = None) -> None:
        """Run with Kafka on both sides. Raises BrokerSilent where it does not answer."""
        transport = KafkaTransport(self.settings)
        if self.service.handles:
            self.loop = KafkaLoop(self.consumer, self.settings, instance)
        await transport.start()
        try:
            await self.run(transport, stop)
        finally:
            await transport.close()

    async def _watch(self, stop: asyncio.Event) -> None:
        """Since when the oldest parked message waits, for metrics and readiness."""
        while not stop.is_set():
            try:
                self.parked_oldest = await parking.oldest(self.database.pool, self.service.name)
                OLDEST_PARKED.labels(self.service.name).set(self.parked_oldest)
            except Exception as error:
                if not is_infrastructure(error):
                    raise
            try:
                await asyncio.wait_for(stop.wait(), _WATCH_EVERY)
            except TimeoutError:
                continue

    async def _forget(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await forget(self.database.pool)
            try:
                await asyncio.wait_for(stop.wait(), _FORGET_EVERY)
            except TimeoutError:
                continue
