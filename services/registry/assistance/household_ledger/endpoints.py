"""One ledger a household 一本台账: why it is poor, what is planned, what every service did for it."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.registry.assistance.household_ledger import queries
from shared.households.queries import NoSuchHousehold
from shared.http.edge import Session, UnitRoute
from shared.names.money import Yuan
from shared.security import audit

router = APIRouter(prefix="/households", tags=["ledgers"], route_class=UnitRoute)


class Line(BaseModel):
    """Something that was done for the household; ``household_id`` is an earlier one's where it came out of that."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    service: str
    kind: str
    on_day: date
    zh: str
    en: str
    amount: Yuan | None
    reference: dict[str, Any]


class Work(BaseModel):
    """A milestone of a measure in force."""

    model_config = ConfigDict(from_attributes=True)

    batch: str
    what: str
    owner: str
    title: str
    due_on: date
    done_on: date | None


class Ledger(BaseModel):
    """The household's ledger; ``received`` is what was paid to it, in yuan, loans apart (``lent``)."""

    id: UUID
    number: str
    status: str
    size: int
    identified_on: date
    main_cause: str
    other_causes: list[str]
    received: Yuan
    lent: Yuan
    lines: list[Line]
    measures: list[Work]


@router.get("/{household_id}/ledger")
async def ledger(session: Session, household_id: UUID) -> Ledger:
    """What is planned for a household and what was done for it, in the order of days."""
    home = (await session.execute(queries.HOUSEHOLD, {"id": household_id})).one_or_none()
    if home is None:
        raise NoSuchHousehold(field="household_id")
    lines = [Line.model_validate(row) for row in await session.execute(queries.LINES, {"id": household_id})]
    measures = [Work.model_validate(row) for row in await session.execute(queries.WORK, {"id": household_id})]
    audit.read(session, "household", household_id, home.division)
    return Ledger(
        id=home.id,
        number=home.number,
        status=home.status,
        size=home.size,
        identified_on=home.identified_on,
        main_cause=home.main_cause,
        other_causes=home.other_causes,
        received=sum(line.amount or 0 for line in lines if line.kind != "loan"),
        lent=sum(line.amount or 0 for line in lines if line.kind == "loan"),
        lines=lines,
        measures=measures,
    )
