"""What waits for somebody 待办, where it comes from, and what is known of who asks.

A source answers the tasks of one kind that follow a place in the order of (due_on, id). A service lists its sources
by kind in ``Service(tasks=…)``; those of its procedures come by themselves. For example, doubts that wait at towns:

    _WAITING = text('''
        SELECT id, household_id, division, due_on FROM doubt
        WHERE division >= :low AND division < :high AND status = 'at_town' AND (due_on, id) > (:due_on, :id)
        ORDER BY due_on, id LIMIT :limit
    ''')

    async def doubts(session: AsyncSession, asked: Asked) -> list[Task]:
        if not asked.wants("town", {"town_cadre"}):
            return []
        return [
            Task(row.id, "doubt", Subject("household", row.household_id), row.division, "town", row.due_on,
                "疑点核查：待乡镇交办", "a doubt: the town is to assign it", f"/doubts/{row.id}")
            for row in await session.execute(_WAITING, asked.place())
        ]

    SERVICE = Service(…, tasks={"doubt": doubts})
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.names.divisions import prefix_range
from shared.security.access import LEVELS
from shared.security.auth import Caller

Office = Literal["village", "town", "county"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a task is about: a household, a village, a project."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Task:
    """Something that an office of a level has to do by a day. ``path`` is where it is looked at, below the service's
    base; ``zh`` and ``en`` say what is to be done, and nothing of a person.
    """

    id: UUID
    kind: str
    subject: Subject | None
    division: str
    level: Office
    due_on: date
    zh: str
    en: str
    path: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post that somebody holds in a village 村级岗位, or a household's helper has there, since a day."""

    post: str
    zh: str
    en: str
    division: str
    since: date


@dataclass(frozen=True, slots=True)
class Person:
    """Who a subject of a token is, as far as the service knows: posts today, and the villages that they work in."""

    name: str | None = None
    organisation: str | None = None
    posts: tuple[Post, ...] = ()
    villages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose tasks are asked for: those of a division, of one level or of every, or (``mine``) what the caller may do.

    ``after`` is the place (due day and id) of the last task on the page before, ``limit`` how many are wanted.
    """

    division: str
    level: Office | None
    mine: bool
    caller: Caller
    posts: tuple[Post, ...]
    today: date
    after: tuple[date, UUID]
    limit: int

    def wants(self, level: Office, roles: Collection[str]) -> bool:
        """Whether tasks of an office with these roles are among those asked for."""
        may = not self.caller.roles.isdisjoint(roles) and level in self.levels
        return self.level in (None, level) and (may or not self.mine)

    @property
    def levels(self) -> list[str]:
        """The levels at which the caller may act: their own office's, and those below."""
        return [level for level, length in LEVELS.items() if len(self.caller.division) <= length]

    def holds(self, post: str, division: str) -> bool:
        """Whether the caller holds a post of a village today."""
        return any((one.post, one.division) == (post, division) for one in self.posts)

    def place(self) -> dict[str, object]:
        """What a source's statement takes: ``low`` and ``high`` of the division, ``due_on`` and ``id``, ``limit``."""
        low, high = prefix_range(self.division)
        return {"low": low, "high": high, "due_on": self.after[0], "id": self.after[1], "limit": self.limit}


TaskSource = Callable[[AsyncSession, Asked], Awaitable[Sequence[Task]]]
# Who the caller of this transaction is on a day, where the service knows people; None where it does not know them.
Who = Callable[[AsyncSession, date], Awaitable[Person | None]]
