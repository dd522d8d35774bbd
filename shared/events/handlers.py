"""Who handles what: a service's ``events.py`` lists projections and subscriptions, and that list is the wiring."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.contracts import SNAPSHOT, Aggregate
from shared.events.envelope import Event

Handler = Callable[[AsyncSession, Event], Awaitable[None]]
ManyHandler = Callable[[AsyncSession, list[Event]], Awaitable[None]]


class NotYetKnown(Exception):
    """An event refers to something that another topic has yet to bring: it is tried again before it is parked."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a service does about the events of one topic: ``many`` for a projection, else ``one`` for one type.

    A projection takes every type of the topic and snapshots, set-based, and keeps a row only where the sequence is
    greater than the one it holds. A subscription has effects, so it also carries a unique business key of its own.
    A topic is told by the service that it is named after and nobody else, unless ``anyone`` may tell it, and then
    by the ``verbs`` that its contract declares.
    """

    topic: str
    type: str | None = None
    one: Handler | None = None
    many: ManyHandler | None = None
    anyone: bool = False
    verbs: frozenset[str] | None = None

    def declares(self, type: str) -> bool:
        """Whether an event type of this topic has a verb that is declared, where that is asked for."""
        return self.verbs is None or type.rsplit(".", 2)[-2] in self.verbs | {SNAPSHOT}

    def concerns(self, type: str) -> bool:
        """Whether an event type is one of this topic's, whatever its verb and version."""
        return self._knows(type)

    def may_tell(self, source: str) -> bool:
        """Whether events of this topic may come from a source."""
        return self.anyone or source == source_of(self.topic.partition(".")[0])

    def wants(self, type: str) -> bool:
        """Whether this concerns events of a type."""
        return self._knows(type) and type.endswith(".v1")

    def is_newer(self, type: str) -> bool:
        """Whether this is a later major version of something that this handles."""
        return self._knows(type) and not type.endswith(".v1")

    def _knows(self, type: str) -> bool:
        known = self.type.rpartition(".v")[0] if self.type else None
        return type.rpartition(".v")[0] == known if known else type.startswith(self.topic + ".")


def source_of(service: str) -> str:
    """What a service calls itself in its events."""
    return f"/tuopin/{service}"


def projection(topic: str, keep: ManyHandler) -> Subscription:
    """Keep an own copy of another service's aggregate."""
    return Subscription(topic, many=keep)


def told_by_anyone(noun: Aggregate, keep: ManyHandler) -> Subscription:
    """Keep what other systems tell of a noun, as its contract declares it."""
    return Subscription(noun.topic, many=keep, anyone=True, verbs=frozenset(noun.verbs))


def subscription(type: str, handle: Handler) -> Subscription:
    """Do something when another service says that something happened (``noun.verb.v1``)."""
    return Subscription(type.rsplit(".", 2)[0], type=type, one=handle)
