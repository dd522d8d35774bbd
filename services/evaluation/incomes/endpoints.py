"""Income over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import text

from services.evaluation.incomes import rules, service
from services.evaluation.incomes.schemas import IncomeIn, IncomeRow, YearIncome
from shared import policy
from shared.households.queries import NoSuchHousehold
from shared.households.queries import get as households
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.security import audit
from shared.time import clock

router = APIRouter(prefix="/incomes", tags=["income"], route_class=UnitRoute)
_LINES = text("SELECT id, kind, amount, note FROM income WHERE household_id = :id AND year = :year ORDER BY kind, id")


@router.post("")
async def record(session: Session, body: ListOf[IncomeIn]) -> Answers:
    """Record lines of income."""
    return await service.record(session, body.items)


@router.get("")
async def year_income(
    session: Session, household_id: UUID, year: Annotated[int, Query(ge=2000, le=2100)]
) -> YearIncome:
    """A household's income of a year, line by line, with what counts by the policy of today."""
    household = (await households(session, [household_id])).get(household_id)
    if household is None:
        raise NoSuchHousehold(field="household_id")
    kinds = (await policy.resolve(session, "income.kinds", household.division, await clock.today(session))).value
    found = (await session.execute(_LINES, {"id": household_id, "year": year})).all()
    total = rules.total([(row.kind, row.amount) for row in found], kinds, household.size)
    audit.read(session, "household", household_id, household.division)
    return YearIncome(
        household_id=household_id,
        year=year,
        size=household.size,
        lines=[
            IncomeRow(
                id=row.id,
                kind=row.kind,
                zh=kinds[row.kind]["zh"],
                amount=row.amount,
                counted=kinds[row.kind]["counted"],
                note=row.note,
            )
            for row in found
        ],
        counted=total.counted,
        not_counted=total.not_counted,
        per_capita=total.per_capita,
    )
