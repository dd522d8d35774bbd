"""The county's risk funds at banks 风险补偿金, over HTTP."""

from fastapi import APIRouter

from services.funding.risk_funds import service
from services.funding.risk_funds.schemas import ContributionIn, FundRow
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/risk-funds", tags=["loans"], route_class=UnitRoute)


@router.post("/contributions")
async def contribute(session: Session, body: ListOf[ContributionIn]) -> Answers:
    """Pay into risk funds, the oldest lots first."""
    return await service.contribute(session, body.items)


@router.get("")
async def funds(session: Session) -> list[FundRow]:
    """The funds of the county, one a bank."""
    return await service.read(session)
