"""Find persons by identity number, and reveal a number: both leave a record."""

import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import text

from services.registry.register.households.reading import NoSuchHousehold
from services.registry.register.households.registering import CARD, IDENTITY, PHONE
from shared.http.edge import Session, UnitRoute, caller_json
from shared.http.hot import HotRoute
from shared.http.runtime import runtime_of
from shared.names import identity
from shared.problems import Invalid, NotFound
from shared.security import audit

hot = APIRouter(prefix="/lookups", tags=["households"], route_class=HotRoute)
router = APIRouter(prefix="/households", tags=["households"], route_class=UnitRoute)
_FIND = "SELECT * FROM find_persons($1, $2, $3::jsonb, $4)"
_PLAIN = {
    "identity_number": text(
        "SELECT division, identity_number AS value FROM person p WHERE p.id = :person_id AND EXISTS"
        " (SELECT FROM membership m WHERE m.person_id = p.id AND m.household_id = :id)"
    ),
    "phone": text("SELECT division, phone AS value FROM household WHERE id = :id"),
    "bank_card": text("SELECT division, bank_card AS value FROM household WHERE id = :id"),
}
_FIELDS = {"identity_number": IDENTITY, "phone": PHONE, "bank_card": CARD}


class Numbers(BaseModel):
    """Identity numbers to look for."""

    model_config = ConfigDict(extra="forbid")

    numbers: Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(min_length=1, max_length=1000)]


class Found(BaseModel):
    """Where the person at a position of the request lives; absent where nobody is known within the division."""

    position: int
    person_id: UUID
    household_id: UUID
    division: str
    number: str
    status: str


class Reveal(BaseModel):
    """Which number to show, and why it is needed."""

    model_config = ConfigDict(extra="forbid")

    field: Literal["identity_number", "phone", "bank_card"]
    person_id: UUID | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]


class Revealed(BaseModel):
    value: str


class NothingToReveal(NotFound):
    slug, zh, en = "nothing-to-reveal", "没有登记此项", "Nothing is recorded there"


class WhoseNumber(Invalid):
    slug, zh, en = (
        "person-needed",
        "请指明是哪一位家庭成员的证件号码",
        "Say whose identity number: a member of the household",
    )


@hot.post("", response_model=list[Found])
async def look_up(request: Request, body: Numbers) -> Response:
    """Persons by identity number: one statement for up to a thousand, one line in the audit record."""
    runtime = runtime_of(request)
    asked: dict[bytes, int] = {}
    for position, number in enumerate(body.numbers):
        asked.setdefault(runtime.keys.blind_index(identity.normalise(number)[:18], IDENTITY), position)
    rows = await runtime.database.pool.fetch(
        _FIND, request.state.caller.division, runtime.database.moment, caller_json(request), list(asked)
    )
    found = [
        {
            "position": asked[row["identity_index"]],
            "person_id": str(row["person_id"]),
            "household_id": str(row["household_id"]),
            "division": row["division"],
            "number": row["number"],
            "status": row["status"],
        }
        for row in rows
    ]
    return Response(json.dumps(found), media_type="application/json")


@router.post("/{household_id}/reveals")
async def reveal(session: Session, request: Request, household_id: UUID, body: Reveal) -> Revealed:
    """Show a number in plain. Who, whose, which and why stay on record."""
    if body.field == "identity_number" and body.person_id is None:
        raise WhoseNumber(field="person_id", rule="a member of the household")
    bound = (
        {"id": household_id, "person_id": body.person_id} if body.field == "identity_number" else {"id": household_id}
    )
    row = (await session.execute(_PLAIN[body.field], bound)).one_or_none()
    if row is None:
        raise NoSuchHousehold(field="household_id")
    if row.value is None:
        raise NothingToReveal(field="field")
    record = body.person_id if body.field == "identity_number" else household_id
    audit.record(
        session,
        f"revealed.{body.field}",
        "household",
        household_id,
        row.division,
        reason=body.reason,
        after={"person_id": str(body.person_id)} if body.person_id else None,
    )
    plain = runtime_of(request).keys.decrypt(row.value, field=_FIELDS[body.field], record=str(record))
    return Revealed(value=plain)
