"""Tasks, and who asks, as they go out."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.households.schemas import Listed


class TaskSubject(BaseModel):
    """What a task is about, by its kind and id."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    id: UUID


class TaskItem(Listed):
    """Something to be done: what, by which level, until when; ``link`` leads to it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    subject: TaskSubject | None
    division: str
    level: str
    zh: str
    en: str
    due_on: date
    overdue: bool
    link: str


class PostHeld(BaseModel):
    """A post that the caller holds in a village."""

    model_config = ConfigDict(from_attributes=True)

    post: str
    zh: str
    en: str
    division: str
    since: date


class Operation(BaseModel):
    """A call that the caller's roles and level allow, and for which purpose."""

    call: str
    purpose: str


class Called(BaseModel):
    """What a code is called."""

    model_config = ConfigDict(from_attributes=True)

    zh: str
    en: str


class Me(BaseModel):
    """Who calls: from the token (subject, roles, division, purposes), from the register (name, posts, villages, the
    division's name), and what they may call here. ``purposes`` is absent where the token does not narrow them;
    ``words`` say what the level and each role and purpose are called, by code.
    """

    subject: str
    name: str | None
    organisation: str | None
    division: str
    division_name: str | None
    level: str
    roles: list[str]
    purposes: list[str] | None
    posts: list[PostHeld]
    villages: list[str]
    operations: list[Operation]
    words: dict[str, Called]
    today: date
