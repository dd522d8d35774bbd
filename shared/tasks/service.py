"""One list of what waits, from every source of a service, and what a caller is and may do."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.divisions.queries import place_names
from shared.households.schemas import Namer, told
from shared.http import paging
from shared.names.divisions import level as level_of
from shared.names.words import LEVELS, PURPOSES, ROLES
from shared.problems import Forbidden, Invalid
from shared.security.access import Matrix, Row
from shared.security.auth import Caller
from shared.tasks.records import Asked, Office, Person, Task, TaskSource, Who
from shared.tasks.schemas import Called, Me, Operation, PostHeld, TaskItem, TaskSubject
from shared.time import clock

_WORDS = {**LEVELS, **ROLES, **PURPOSES}
_FIRST = ("0001-01-01", paging.FIRST[1])


class NoSuchKind(Invalid):
    slug, zh, en = "no-such-task-kind", "没有这一类待办事项", "This service has no tasks of this kind"


async def inbox(
    session: AsyncSession,
    sources: Mapping[str, TaskSource],
    asked: Asked,
    namer: Namer,
    *,
    kind: str | None,
    base: str,
) -> paging.Page[TaskItem]:
    """What was asked for, from every source (or that of one kind), the longest due first. Raises NoSuchKind (422)."""
    if kind is not None and kind not in sources:
        raise NoSuchKind(field="kind", rule=", ".join(sorted(sources)) or "none")
    found: list[Task] = []
    for name, source in sources.items():
        if kind in (None, name):
            found += await source(session, asked)
    found.sort(key=_order)
    limit = asked.limit - 1
    items = [_item(task, asked.today, base) for task in found[: asked.limit]]
    page = paging.page(items, limit, lambda last: [last.due_on, last.id])
    return await told(session, page, _household, namer)


def _household(item: TaskItem) -> UUID | None:
    return item.subject.id if item.subject and item.subject.kind == "household" else None


async def asked_for(
    session: AsyncSession,
    who: Who | None,
    *,
    division: str | None,
    level: Office | None,
    mine: bool,
    limit: int,
    cursor: str | None,
) -> Asked:
    """What a caller asks for: tasks of a division, or of the caller's own. Raises CursorRejected (400)."""
    caller, today = caller_of(session), await clock.today(session)
    person = await who(session, today) if who and mine else None
    return Asked(
        division=division or caller.division,
        level=level,
        mine=mine,
        caller=caller,
        posts=person.posts if person else (),
        today=today,
        after=_place(cursor),
        limit=limit + 1,
    )


def _place(cursor: str | None) -> tuple[date, UUID]:
    day, id = paging.decode(cursor, 2, (str, str)) or _FIRST
    try:
        return date.fromisoformat(day), UUID(id)
    except ValueError as error:
        raise paging.CursorRejected(field="cursor", rule="opaque") from error


def _order(task: Task) -> tuple[date, UUID]:
    return task.due_on, task.id


def _item(task: Task, today: date, base: str) -> TaskItem:
    return TaskItem(
        id=task.id,
        kind=task.kind,
        subject=TaskSubject.model_validate(task.subject) if task.subject else None,
        division=task.division,
        level=task.level,
        zh=task.zh,
        en=task.en,
        due_on=task.due_on,
        overdue=task.due_on < today,
        link=base + task.path,
    )


async def me(session: AsyncSession, matrix: Matrix, who: Who | None) -> Me:
    """Who the caller is, and which calls their roles and level allow."""
    caller, today = caller_of(session), await clock.today(session)
    person = (await who(session, today) if who else None) or Person()
    operations = [
        Operation(call=call, purpose=row.purpose) for call, row in sorted(matrix.items()) if _may(row, caller)
    ]
    level = level_of(caller.division)
    codes = {level, *caller.roles, *(caller.purposes or ()), *(one.purpose for one in operations)}
    return Me(
        subject=caller.subject,
        name=person.name,
        organisation=person.organisation,
        division=caller.division,
        division_name=(await place_names(session, [caller.division])).get(caller.division),
        level=level,
        roles=sorted(caller.roles),
        purposes=sorted(caller.purposes) if caller.purposes is not None else None,
        posts=[PostHeld.model_validate(post) for post in person.posts],
        villages=list(person.villages),
        operations=operations,
        words={code: Called.model_validate(_WORDS[code]) for code in sorted(codes) if code in _WORDS},
        today=today,
    )


def _may(row: Row, caller: Caller) -> bool:
    try:
        row.check(caller)
    except Forbidden:
        return False
    return True
