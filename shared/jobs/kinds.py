"""What a job is to the code that does it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work: what was asked (``args``) and how far it is (``state``, written by the last step)."""

    id: UUID
    kind: str
    division: str
    args: Mapping[str, JsonValue]
    state: Mapping[str, JsonValue]
    done: int
    total: int | None

    def id_of(self, name: str) -> UUID:
        """An id that was asked for."""
        return UUID(str(self.args[name]))

    def texts_of(self, name: str) -> list[str]:
        """Several texts that were asked for."""
        texts = self.args[name]
        assert isinstance(texts, list)
        return [str(text) for text in texts]

    @property
    def after(self) -> str:
        """Where the last step ended, for work that goes through codes in their order; empty before the first."""
        return str(self.state.get("after", ""))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is after a step; ``result`` is what it answers when ``finished``."""

    state: Mapping[str, object] = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    finished: bool = False
    result: Mapping[str, object] | None = None


Step = Callable[[AsyncSession, Job], Awaitable[Progress]]
