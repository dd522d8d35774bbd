"""Code lists over HTTP: the national ones with their versions, and a division's own."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.codes import national
from services.registry.register.fields.catalogue import items
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.security.access import DivisionForbidden

router = APIRouter(tags=["codes"], route_class=UnitRoute)
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
_ADD = text("""
    INSERT INTO local_code (division, list, code, text, version, valid_from, valid_to, recorded_by)
    VALUES (:division, :list, :code, :text, :version, :valid_from, :valid_to, :actor)
    ON CONFLICT DO NOTHING RETURNING recorded_at
""")
_LIST = text("""
    SELECT division, list, code, text, version, valid_from, valid_to, recorded_at, recorded_by FROM local_code
    WHERE division >= :low AND division < :high
      AND (division, list, code, valid_from) > (:division, :list, :code, CAST(CAST(:day AS text) AS date))
    ORDER BY division, list, code, valid_from LIMIT :limit
""")


class NationalCode(BaseModel):
    """One text of a national list, in the version that brought it."""

    list: str
    version: str
    valid_from: date
    valid_to: date | None
    code: str
    text: str


class ItemRow(BaseModel):
    """One item of the national field table: its key here, its national code, unit and form."""

    model_config = ConfigDict(from_attributes=True)

    owner: str
    key: str
    code: str
    zh: str
    en: str
    kind: str
    list: str | None
    since: int | None
    until: int | None


class LocalCodeIn(BaseModel):
    """A text that a division adds to a list, from a day on."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    division: Division
    list: Annotated[str, StringConstraints(max_length=40)]
    code: Word
    text: Word
    version: Word
    valid_from: date
    valid_to: date | None = None


class LocalCode(LocalCodeIn):
    recorded_at: datetime
    recorded_by: str


class LocalCodes(BaseModel):
    items: Annotated[list[LocalCodeIn], Field(min_length=1, max_length=200)]


class NoSuchList(Invalid):
    slug, zh, en = "no-such-list", "没有这个代码表", "There is no such code list"


class CodeTaken(Conflict):
    slug, zh, en = "code-taken", "该代码自此日期已登记", "This code is recorded from this day already"


@router.get("/fields")
async def fields() -> list[ItemRow]:
    """The items that a household and a member can have."""
    return [ItemRow.model_validate(item) for owner in ("household", "member") for item in items(owner).values()]


@router.get("/codes")
async def codes() -> list[NationalCode]:
    """Every national list in every version."""
    return [
        NationalCode(
            list=name, version=one.version, valid_from=one.valid_from, valid_to=one.valid_to, code=code, text=word
        )
        for name, versions in national().items()
        for one in versions
        for code, word in one.items.items()
    ]


@router.post("/local-codes", status_code=201)
async def add(session: Session, body: LocalCodes) -> list[LocalCode]:
    """Add texts to lists for a division and all that lies in it: all of them or none."""
    return [await _add(session, item, position) for position, item in enumerate(body.items)]


async def _add(session: AsyncSession, item: LocalCodeIn, position: int) -> LocalCode:
    caller = caller_of(session)
    if not caller.covers(item.division):
        raise DivisionForbidden(field=f"items[{position}].division")
    if item.list not in national():
        raise NoSuchList(field=f"items[{position}].list", rule="a list of the register")
    if item.valid_to is not None and item.valid_to <= item.valid_from:
        raise Invalid(field=f"items[{position}].valid_to", rule="after valid_from")
    recorded = (await session.execute(_ADD, item.model_dump() | {"actor": caller.subject})).scalar()
    if recorded is None:
        raise CodeTaken(field=f"items[{position}].code", rule="once from a day")
    audit.record(session, "code.added", "code", f"{item.list}:{item.code}", item.division, after={"text": item.text})
    return LocalCode(**item.model_dump(), recorded_at=recorded, recorded_by=caller.subject)


@router.get("/local-codes")
async def local_codes(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[LocalCode]:
    """The texts that divisions added, by division, list and code."""
    prefix = division or caller_of(session).division
    after = paging.decode(cursor, 4) or ("", "", "", "0001-01-01")
    bound = dict(zip(("division", "list", "code", "day"), after, strict=True))
    found = await session.execute(_LIST, bound | {"low": prefix, "high": prefix + ":", "limit": limit + 1})
    rows = [LocalCode.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    position = [last.division, last.list, last.code, last.valid_from.isoformat()] if last else None
    return paging.page(rows, limit, position)
