"""What a job is to the code that does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work: what was asked (``args``) and how far it is (``state``, written by the last step)."""

    id: UUID
    kind: str
    division: str
    args: dict[str, Any]
    state: dict[str, Any]
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is after a step; ``result`` is what it answers when ``finished``."""

    state: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int | None = None
    finished: bool = False
    result: dict[str, Any] | None = None


Step = Callable[[AsyncSession, Job], Awaitable[Progress]]
