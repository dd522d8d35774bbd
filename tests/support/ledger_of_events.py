"""A consumer that is easy to audit: it appends what it is told, so loss, doubling and disorder would show."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import Database
from shared.events import outbox
from shared.events.contracts import Aggregate, EventData
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown, Subscription
from shared.security.auth import system

SERVICE = "registry"
TABLES = """
    CREATE TABLE told (id bigint GENERATED ALWAYS AS IDENTITY, key uuid, sequence integer);
    CREATE TABLE kept (key uuid PRIMARY KEY, sequence integer);
    CREATE TABLE heard (id bigint GENERATED ALWAYS AS IDENTITY, key uuid, sequence integer);
    GRANT ALL ON told, kept, heard TO registry_worker;
"""


class Fact(EventData):
    """Something happened to ``key`` for the ``number``-th time."""

    key: UUID
    number: int


AGGREGATE = Aggregate("test.fact", Fact, ("happened",), zh="测试")
TYPE = AGGREGATE.type("happened")


async def happen(database: Database, key: UUID, *numbers: int) -> None:
    """Commit facts together with what they are about."""
    for number in numbers:
        async with database.transaction(system(SERVICE)) as session:
            await session.execute(text("INSERT INTO told (key, sequence) VALUES (:k, :n)"), {"k": key, "n": number})
            outbox.publish(session, AGGREGATE, "happened", Fact(key=key, number=number), key=key, sequence=number)


class Listener:
    """A service's subscriptions that can be told to misbehave."""

    def __init__(self, noun: Aggregate = AGGREGATE) -> None:
        self.noun = noun
        self.poison: set[tuple[UUID, int]] = set()
        self.unknown: set[UUID] = set()

    async def hear(self, session: AsyncSession, event: Event) -> None:
        fact = event.read(Fact)
        if fact.key in self.unknown:
            raise NotYetKnown(str(fact.key))
        if (fact.key, fact.number) in self.poison:
            raise ValueError("this message cannot be handled")
        values = {"k": fact.key, "n": fact.number}
        await session.execute(text("INSERT INTO heard (key, sequence) VALUES (:k, :n)"), values)

    async def keep(self, session: AsyncSession, events: list[Event]) -> None:
        for event in events:
            await session.execute(
                text(
                    "INSERT INTO kept VALUES (:k, :n) ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence"
                    " WHERE excluded.sequence > kept.sequence"
                ),
                {"k": UUID(event.key), "n": event.sequence},
            )

    @property
    def subscriptions(self) -> list[Subscription]:
        return [
            Subscription(self.noun.topic, many=self.keep, anyone=True),
            Subscription(self.noun.topic, type=self.noun.type("happened"), one=self.hear, anyone=True),
        ]


async def heard(database: Database, key: UUID) -> list[int]:
    """What took effect for a key, in the order in which it did."""
    rows = await database.pool.fetch("SELECT sequence FROM heard WHERE key = $1 ORDER BY id", key)
    return [row["sequence"] for row in rows]
