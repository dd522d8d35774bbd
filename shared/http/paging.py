"""Keyset pages: a list is read in its own order from where the last page ended. No COUNT, no OFFSET."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import reach
from shared.problems import BadRequest

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

_LARGEST, _UNSTORABLE = 1 << 63, re.compile("[\0\ud800-\udfff]")
Position = list[Any]  # a sort key: texts and whole numbers, of as many parts as the list is ordered by
Limit = Annotated[int, Query(ge=1, le=1000, description="items a page")]
Cursor = Annotated[str | None, Query(max_length=500, description="the `next` of the page before")]


class Page(BaseModel, Generic[T]):
    """Items in list order; ``next`` is the cursor of the following page, absent on the last."""

    items: list[T]
    next: str | None = None


class CursorRejected(BadRequest):
    slug, zh, en = "cursor-rejected", "翻页位置已失效，请从第一页重新查询", "The page cursor is not one of ours"


def encode(position: Sequence[object]) -> str:
    """A cursor for the sort key of the last item of a page."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode(cursor: str | None, width: int, kinds: Sequence[type] = ()) -> Position | None:
    """The sort key in a cursor of ``width`` parts (of some ``kinds``), None for the first page.

    Raises CursorRejected (400).
    """
    if not cursor:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise CursorRejected(field="cursor", rule="opaque") from error
    if not isinstance(position, list) or len(position) != width or not all(map(_is_key, position)):
        raise CursorRejected(field="cursor", rule="opaque")
    if any(not isinstance(part, kind) for part, kind in zip(position, kinds, strict=False)):
        raise CursorRejected(field="cursor", rule="opaque")
    return position


def _is_key(part: object) -> bool:
    """Sort keys are texts without what no database keeps, and whole numbers."""
    if isinstance(part, str):
        return not _UNSTORABLE.search(part)
    return type(part) is int and abs(part) < _LARGEST


def page(rows: list[T], limit: int, place: Callable[[T], Sequence[object]]) -> Page[T]:
    """A page from up to ``limit`` + 1 rows; ``place`` is the sort key of a row, of the last where more follow."""
    return Page(items=rows[:limit], next=encode(place(rows[limit - 1])) if len(rows) > limit else None)


NIL = "00000000-0000-0000-0000-000000000000"
# What a list is ordered by, each with a value before the first.
Order = Mapping[str, str | int]
BY_ID: Order = MappingProxyType({"division": "", "id": NIL})


async def of_division(
    session: AsyncSession,
    statement: TextClause,
    model: type[M],
    *,
    division: str | None,
    limit: int,
    cursor: str | None,
    by: Order = BY_ID,
    **bound: object,
) -> Page[M]:
    """A page of the rows in a division, or in the caller's own where none is named, each as a model.

    The statement takes ``low`` and ``high``, the place of the row before (``division`` and ``id``, or what else the
    list is ordered ``by``), ``limit``, and what else is ``bound``; the model shows what the rows are ordered by.
    """
    after = decode(cursor, len(by), [type(first) for first in by.values()]) or list(by.values())
    place = dict(zip(by, after, strict=True)) | {"limit": limit + 1}
    found = await session.execute(statement, {**reach(session, division), **place, **bound})
    rows = [model.model_validate(row, from_attributes=True) for row in found]
    return page(rows, limit, lambda last: [getattr(last, name) for name in by])


class Placed(Protocol):
    """A row that says where it stands in a list."""

    @property
    def division(self) -> str: ...

    @property
    def id(self) -> object: ...


P = TypeVar("P", bound=Placed)

# Before the first row of a list that is ordered by division and id.
FIRST = ["", NIL]


def by_division(rows: list[P], limit: int) -> "Page[P]":
    """A page of rows that are ordered by their ``division`` and ``id``."""
    return page(rows, limit, lambda last: [last.division, last.id])
