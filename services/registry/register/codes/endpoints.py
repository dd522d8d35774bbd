"""Code lists over HTTP: the national ones with their versions, and a division's own."""

from fastapi import APIRouter

from services.registry.register.codes import national, service
from services.registry.register.codes.schemas import ItemRow, LocalCode, LocalCodes, NationalCode
from services.registry.register.fields.catalogue import items
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division

router = APIRouter(tags=["codes"], route_class=UnitRoute)


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
    return await service.add(session, body.items)


@router.get("/local-codes")
async def local_codes(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[LocalCode]:
    """The texts that divisions added, by division, list and code."""
    return await service.page(session, division, limit, cursor)
