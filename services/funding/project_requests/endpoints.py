"""Pay approved projects 项目拨款."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.ledger import accounts
from services.funding.ledger.pay import Payment, pay
from services.funding.ledger.service import InsufficientFunds
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf, Outcome, answer_each, overrule
from shared.names.money import Yuan, yuan
from shared.problems import Forbidden, NotFound
from shared.security import audit
from shared.time import clock

router = APIRouter(prefix="/project-requests", tags=["projects"], route_class=UnitRoute)
_LIST = text("""
    SELECT id, division, name, amount, approved_by, approved_on, paid_by, paid_on FROM project_request
    WHERE (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")
_LOCK = text("SELECT * FROM project_request WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_PAID = text("UPDATE project_request SET paid_by = :actor, paid_on = :day WHERE id = ANY(:ids)")


class RequestRow(BaseModel):
    """A project's budget and whether it was paid."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    name: str
    amount: Yuan
    approved_by: str
    approved_on: date
    paid_by: str | None
    paid_on: date | None


class PaymentIn(BaseModel):
    """The project to pay."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class NoSuchRequest(NotFound):
    slug, zh, en = "no-such-project-request", "没有待拨款的该项目", "No approved project of this id waits for money"


class ApproverPays(Forbidden):
    slug, zh, en = "two-people", "审批人不能自己拨款", "Who approved a project does not pay it"


@router.get("")
async def requests(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[RequestRow]:
    """Approved projects and their money."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    found = await session.execute(_LIST, {"division": division, "id": id, "limit": limit + 1})
    return paging.by_division([RequestRow.model_validate(row) for row in found], limit)


@router.post("/payments")
async def pay_projects(session: Session, body: ListOf[PaymentIn]) -> Answers:
    """Pay projects from the industry account, the oldest lots first; each project once."""
    rows = {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in body.items]})}
    due: list[Any] = []

    def decide(item: PaymentIn) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise NoSuchRequest(field="id")
        if row.paid_on is not None:
            return "unchanged"
        if row.approved_by == caller_of(session).subject:
            raise ApproverPays(field="id", rule="two people")
        due.append(row)
        return "accepted"

    answers = answer_each(body.items, decide)
    short = {row.id for row in due} - await _pay(session, due)
    return overrule(answers, short, InsufficientFunds(field="id", rule="no overdraft"))


async def _pay(session: AsyncSession, due: list[Any]) -> set[UUID]:
    today = await clock.today(session)
    payments = [
        Payment(
            document=Document(kind="project", id=row.id),
            payee=Payee(kind="project", id=row.id),
            account=accounts.project(row.id, row.division),
            amount=row.amount,
            approver=row.approved_by,
        )
        for row in due
    ]
    county = caller_of(session).division[:6]
    paid = await pay(session, accounts.treasury("industry", county), payments, today)
    await session.execute(_PAID, {"ids": list(paid), "actor": caller_of(session).subject, "day": today})
    for row in due:
        if row.id in paid:
            audit.record(session, "project.paid", "project", row.id, row.division, after={"amount": yuan(row.amount)})
    return paid
