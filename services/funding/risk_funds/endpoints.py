"""The county's risk funds at banks 风险补偿金."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.ledger import accounts, lots
from services.funding.ledger.service import Entry, InsufficientFunds, Line, open_accounts, post
from shared.database.session import caller_of
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answer, Answers, ListOf, accepted, refused, unchanged
from shared.names.ids import uuid7
from shared.names.money import PositiveYuan, Yuan, yuan
from shared.problems import Conflict, Problem
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

router = APIRouter(prefix="/risk-funds", tags=["loans"], route_class=UnitRoute)
_FUND = text("INSERT INTO risk_fund (bank, division) VALUES (:bank, :division) ON CONFLICT DO NOTHING")
_KNOWN = text("SELECT id, bank, amount FROM contribution WHERE id = ANY(:ids)")
_KEEP = text("""
    INSERT INTO contribution (id, bank, division, amount, paid_on, recorded_by)
    VALUES (:id, :bank, :division, :amount, :day, :actor)
""")
_LIST = text("""
    SELECT f.bank, f.division, f.lent, f.covered,
        (SELECT coalesce(sum(c.amount), 0)::bigint FROM contribution c WHERE c.bank = f.bank) AS paid_in
    FROM risk_fund f ORDER BY f.bank
""")


class ContributionIn(BaseModel):
    """Money for a bank's risk fund, from the account for this purpose."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    bank: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    amount: PositiveYuan


class FundRow(BaseModel):
    """A fund: what was paid in, what the bank has lent, and how much of that is covered."""

    model_config = ConfigDict(from_attributes=True)

    bank: str
    division: str
    paid_in: Yuan
    lent: Yuan
    covered: Yuan


class ContributionDiffers(Conflict):
    slug, zh, en = "contribution-differs", "此编号已用于另一笔缴存", "This id stands for another contribution"


@router.post("/contributions")
async def contribute(session: Session, body: ListOf[ContributionIn]) -> Answers:
    """Pay into risk funds, the oldest lots first."""
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in body.items]})}
    today, answers = await clock.today(session), list[Answer]()
    for position, item in enumerate(body.items):
        try:
            if row := known.get(item.id):
                if (row.bank, row.amount) != (item.bank, item.amount):
                    raise ContributionDiffers(field="id", rule="one id, one contribution")
                answers.append(unchanged(item.id))
                continue
            await _contribute(session, item, today)
            answers.append(accepted(item.id))
        except Problem as problem:
            answers.append(refused(item.id, problem, position=position))
    return Answers(items=answers)


async def _contribute(session: AsyncSession, item: ContributionIn, today: date) -> None:
    if not caller_of(session).covers(item.division):
        raise DivisionForbidden(field="division")
    source, fund = accounts.treasury("risk_fund", item.division), accounts.risk_fund(item.bank, item.division)
    (parts,) = lots.take(await lots.available(session, source.id), [item.amount])
    if parts is None:
        raise InsufficientFunds(field="amount", rule="no overdraft")
    await open_accounts(session, [fund])
    await session.execute(_FUND, {"bank": item.bank, "division": item.division})
    actor = caller_of(session).subject
    await session.execute(_KEEP, item.model_dump() | {"day": today, "actor": actor})
    lines = [Line(source.id, fund.id, part.lot, part.amount) for part in parts]
    entry = Entry(uuid7(), item.division, "contribution", "contribution", item.id, today, lines)
    await post(session, [entry])
    audit.record(
        session, "risk_fund.paid_in", "risk_fund", item.bank, item.division, after={"amount": yuan(item.amount)}
    )


@router.get("")
async def funds(session: Session) -> list[FundRow]:
    """The funds of the county, one a bank."""
    return [FundRow.model_validate(row) for row in await session.execute(_LIST)]
