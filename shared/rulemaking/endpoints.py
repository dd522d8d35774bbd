"""The policies of a service over HTTP: what a county decides by, since when, and what it sets for itself."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request

from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.rulemaking import queries, service
from shared.rulemaking.records import Check
from shared.rulemaking.schemas import DecisionIn, PolicyEntry, ProposalIn

router = APIRouter(prefix="/policies", tags=["policies"], route_class=UnitRoute)


@router.get("")
async def policies(
    session: Session,
    key: Annotated[str | None, Query(pattern="^[a-z0-9._]{1,100}$", description="how keys begin")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[PolicyEntry]:
    """Every version of every policy (or of those whose key begins as asked), and what is proposed or was refused."""
    return await queries.page(session, key, limit, cursor)


@router.post("")
async def propose(session: Session, request: Request, body: ListOf[ProposalIn]) -> Answers:
    """Propose what policies are to be in the caller's division, or in a part of it, from a day on."""
    checks: Mapping[str, Check] = request.app.state.policy_checks
    return await service.propose(session, checks, body.items)


@router.post("/approvals")
async def decide(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Approve or refuse what somebody else proposed."""
    return await service.decide(session, body.items)
