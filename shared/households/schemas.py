"""Households as lists show them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http import paging


class HouseholdNamed(BaseModel):
    """A household as people know it: its number, its village, and its head to those who may read names."""

    number: str | None
    head: str | None
    village: str | None


class Listed(BaseModel):
    """A row of a list; ``about`` is absent where it is about no household, or one that is out of reach."""

    about: HouseholdNamed | None = None


# What the caller may read of some households; whose names were shown goes on record.
Namer = Callable[[AsyncSession, Iterable[UUID]], Awaitable[Mapping[UUID, HouseholdNamed]]]
L = TypeVar("L", bound=Listed)


async def nobody(session: AsyncSession, ids: Iterable[UUID]) -> Mapping[UUID, HouseholdNamed]:
    """Where a service does not know households by name."""
    return {}


async def told(
    session: AsyncSession, page: paging.Page[L], about: Callable[[L], UUID | None], namer: Namer
) -> paging.Page[L]:
    """A page whose rows say their household: one statement for all of them."""
    known = await namer(session, {id for row in page.items if (id := about(row))})
    items = [
        row.model_copy(update={"about": known[id]}) if (id := about(row)) and id in known else row
        for row in page.items
    ]
    return page.model_copy(update={"items": items})
