"""Income over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.evaluation.incomes import service
from services.evaluation.incomes.schemas import IncomeIn, YearIncome
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/incomes", tags=["income"], route_class=UnitRoute)


@router.post("")
async def record(session: Session, body: ListOf[IncomeIn]) -> Answers:
    """Record lines of income."""
    return await service.record(session, body.items)


@router.get("")
async def year_income(
    session: Session, household_id: UUID, year: Annotated[int, Query(ge=2000, le=2100)]
) -> YearIncome:
    """A household's income of a year, line by line, with what counts by the policy of today."""
    return await service.read(session, household_id, year)
