"""Rewards over HTTP: each step takes a list and answers each item."""

from fastapi import APIRouter

from services.funding.rewards import pay, queries, service
from services.funding.rewards.schemas import ApplicationIn, DecisionIn, InspectionIn, RewardRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/rewards", tags=["rewards"], route_class=UnitRoute)


@router.post("/applications")
async def apply(session: Session, body: ListOf[ApplicationIn]) -> Answers:
    """Ask for rewards for what was done."""
    return await service.apply(session, body.items)


@router.post("/inspections")
async def inspect(session: Session, body: ListOf[InspectionIn]) -> Answers:
    """Accept what was found on the spot, or nothing."""
    return await service.inspect(session, body.items)


@router.post("/approvals")
async def approve(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Decide the amounts."""
    return await service.approve(session, body.items)


@router.post("/payments")
async def pay_rewards(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Pay what was approved."""
    return await pay.pay_rewards(session, body.items)


@router.get("")
async def rewards(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[RewardRow]:
    """Rewards by division and id."""
    return await paging.of_division(session, queries.LIST, RewardRow, division=None, limit=limit, cursor=cursor)
