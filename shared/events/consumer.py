"""A service's consumer: every event takes effect once, in order per key, and a broken one delays only its key.

A batch is one transaction: claim the event ids in the inbox, keep projections, run subscriptions, commit. Where that
fails for a reason other than infrastructure, each message gets a transaction and a few tries of its own; one that
still fails parks its key, and later messages of that key wait behind it.
"""

import asyncio
import re
from collections.abc import Sequence

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.errors import is_infrastructure, sqlstate
from shared.database.session import Database, raw
from shared.events import parking
from shared.events.envelope import Event, Record, Undecodable, decode, storable
from shared.events.handlers import NotYetKnown, Subscription
from shared.events.metrics import HANDLED, IGNORED, PARKED
from shared.problems import Problem
from shared.security.auth import system
from shared.security.crypto import KeyRing
from shared.settings import Settings
from shared.telemetry import place_of

_CLAIM = """
    INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id
"""
_log = structlog.get_logger()
_NUMBERS = re.compile(r"\d{6,}[\dXx]*")  # a name of a field may be anything, also somebody's number


class NewerVersion(Exception):
    """An event of a major version that this code does not know yet: it waits for the code that does."""


class KeysWait(Exception):
    """Some keys of a batch have parked messages: the batch has to go one by one."""


def why(failure: Exception | None) -> str:
    """Why a message waits, by field and rule: never what it says, for that may be about a person."""
    match failure:
        case None:
            return "failed"
        case Undecodable() | NewerVersion() | NotYetKnown():
            told = str(failure)
        case Problem():
            told = ", ".join(filter(None, (failure.slug, failure.field, failure.rule)))
        case ValidationError():
            wrong = failure.errors(include_input=False, include_url=False)
            told = "; ".join(f"{'.'.join(map(str, one['loc']))} {one['type']}" for one in wrong)
        case _:
            told = " < ".join(filter(None, (sqlstate(failure), *reversed(place_of(failure)[-3:]))))
    return f"{type(failure).__name__}: {_NUMBERS.sub('…', storable(told))}"


class Consumer:
    """The consumer group of one service: its subscriptions over its database."""

    def __init__(
        self,
        name: str,
        database: Database,
        subscriptions: Sequence[Subscription],
        settings: Settings,
        keys: KeyRing | None = None,
    ) -> None:
        self.name, self._database, self._subscriptions, self._settings = name, database, subscriptions, settings
        self._keys = keys
        self.topics = frozenset(subscription.topic for subscription in subscriptions)

    async def handle(self, records: Sequence[Record]) -> None:
        """Take effect of one topic's records, in order. Raises only for infrastructure: call again then."""
        decoded = [(record, self._decoded(record)) for record in records]
        wanted = [(record, event) for record, event in decoded if self._wanted(record, event)]
        if not wanted:
            return
        if not any(isinstance(event, Exception) for _, event in wanted):
            try:
                await self._together(wanted[0][0].topic, [event for _, event in wanted if isinstance(event, Event)])
                return
            except Exception as error:
                if is_infrastructure(error):
                    raise
                _log.info("consumer.one_by_one", consumer=self.name, error=type(error).__name__)
        await self._one_by_one(wanted)

    def _decoded(self, record: Record) -> "Event | Exception":
        """The event, or why it cannot take effect, whatever somebody sent."""
        try:
            event = decode(record)
        except Exception as error:  # noqa: BLE001 (a record is anybody's bytes)
            return (
                error if isinstance(error, Undecodable) else Undecodable(f"not a CloudEvent: {type(error).__name__}")
            )
        for one in self._subscriptions:
            if one.concerns(event.type) and not one.may_tell(event.source):
                return Undecodable("ce_source: this topic is told by the service that it is named after")
            if one.concerns(event.type) and not one.declares(event.type):
                return Undecodable("ce_type: the contract of this topic declares no such verb")
        newer = any(subscription.is_newer(event.type) for subscription in self._subscriptions)
        return NewerVersion(event.type) if newer else event

    def _wanted(self, record: Record, event: "Event | Exception") -> bool:
        if isinstance(event, Exception):
            return True
        if any(subscription.wants(event.type) for subscription in self._subscriptions):
            return True
        IGNORED.labels(self.name, record.topic).inc()
        return False

    async def _together(self, topic: str, events: list[Event]) -> None:
        async with self._database.transaction(system(self.name), purpose="event", keys=self._keys) as session:
            connection = await raw(session)
            waiting = await parking.open_keys(connection, self.name, topic, [event.key for event in events])
            if waiting:
                raise KeysWait
            claimed = {row["event_id"] for row in await connection.fetch(_CLAIM, self.name, [e.id for e in events])}
            fresh, seen = [], set()
            for event in events:
                if event.id in claimed and event.id not in seen:
                    seen.add(event.id)
                    fresh.append(event)
            await self._run(session, fresh)
        HANDLED.labels(self.name, topic).inc(len(fresh))

    async def _run(self, session: AsyncSession, events: list[Event]) -> None:
        for subscription in self._subscriptions:
            concerned = [event for event in events if subscription.wants(event.type)]
            if subscription.many and concerned:
                await subscription.many(session, concerned)
        for event in events:
            for subscription in self._subscriptions:
                if subscription.one and subscription.wants(event.type):
                    await subscription.one(session, event)

    async def _one_by_one(self, messages: list[tuple[Record, "Event | Exception"]]) -> None:
        """Each on its own; those whose reference is not known yet are tried again after the others."""
        deadline = asyncio.get_running_loop().time() + self._settings.unknown_reference_patience
        while messages:
            later: list[tuple[Record, Event | Exception]] = []
            held: set[str] = set()
            patient = asyncio.get_running_loop().time() < deadline
            for record, event in messages:
                if record.key in held or not await self._alone(record, event, patient=patient):
                    held.add(record.key)
                    later.append((record, event))
            messages = later
            if messages:
                await asyncio.sleep(min(self._settings.retry_pause, 0.2))

    async def _alone(self, record: Record, event: "Event | Exception", *, patient: bool) -> bool:
        """One message in a transaction of its own. False where it should be tried again later."""
        failure: Exception | None = event if isinstance(event, Exception) else None
        attempts = 0
        while failure is None and attempts < self._settings.attempts:
            attempts += 1
            try:
                assert isinstance(event, Event)
                await self._effect(record, event)
                return True
            except NotYetKnown as error:
                if patient:
                    return False
                failure = error
            except Exception as error:
                if is_infrastructure(error):
                    raise
                if attempts == self._settings.attempts:
                    failure = error
                else:
                    await asyncio.sleep(self._settings.retry_pause * attempts / 10)
        await self._park(record, event, failure, attempts)
        return True

    async def _effect(self, record: Record, event: Event) -> None:
        async with self._database.transaction(system(self.name), purpose="event", keys=self._keys) as session:
            connection = await raw(session)
            await parking.lock_key(connection, self.name, record.topic, record.key)
            if not await connection.fetch(_CLAIM, self.name, [event.id]):
                return
            if await parking.open_keys(connection, self.name, record.topic, [record.key]):
                await parking.park(connection, self.name, record, reason="behind a parked message", attempts=0)
                PARKED.labels(self.name, record.topic).inc()
                return
            await self._run(session, [event])
        HANDLED.labels(self.name, record.topic).inc()

    async def _park(
        self, record: Record, event: "Event | Exception", failure: Exception | None, attempts: int
    ) -> None:
        reason = why(failure)
        async with self._database.transaction(system(self.name), purpose="event") as session:
            connection = await raw(session)
            await parking.lock_key(connection, self.name, record.topic, record.key)
            if isinstance(event, Event) and not await connection.fetch(_CLAIM, self.name, [event.id]):
                return
            await parking.park(connection, self.name, record, reason=reason, attempts=attempts)
        PARKED.labels(self.name, record.topic).inc()
        _log.error("consumer.parked", consumer=self.name, topic=record.topic, error=type(failure).__name__)

    async def put_aside(self, record: Record, failure: Exception) -> None:
        """Park a message that the infrastructure fails at each time, so that those behind it go on."""
        await self._park(record, self._decoded(record), failure, self._settings.attempts)

    async def retry(self, topic: str, key: str) -> int:
        """Run a key's parked messages in order; stops, by raising, at the first that fails again."""
        resolved = 0
        while True:
            async with self._database.transaction(system(self.name), purpose="retry", keys=self._keys) as session:
                connection = await raw(session)
                await parking.lock_key(connection, self.name, topic, key)
                waiting = await parking.messages(connection, self.name, topic, key)
                if not waiting:
                    return resolved
                await self._run(session, [decode(waiting[0].record)])
                await parking.resolve(connection, waiting[0].id, "retried")
            resolved += 1
