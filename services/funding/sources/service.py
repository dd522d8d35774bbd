"""Enter and confirm money that comes in; a confirmed inflow is a lot."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.ledger import accounts
from services.funding.ledger.service import Account, Entry, Line, open_accounts, post
from services.funding.sources.schemas import Confirmation, InflowIn
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.ids import uuid7
from shared.names.money import yuan
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

_KNOWN = text("SELECT * FROM inflow WHERE id = ANY(:ids) OR document_no = ANY(:documents)")
_LOCK = text("SELECT * FROM inflow WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_ENTER = text("""
    INSERT INTO inflow (id, division, level, payer, document_no, year, purpose, amount, received_on, status,
        entered_by)
    VALUES (:id, :division, :level, :payer, :document_no, :year, :purpose, :amount, :received_on, 'entered', :actor)
""")
_CONFIRM = text("""
    UPDATE inflow SET status = 'confirmed', confirmed_by = :actor, confirmed_at = business_now() WHERE id = :id
""")
_LOT = text("""
    INSERT INTO lot (id, division, source_id, level, document_no, year, purpose, amount, received_on)
    VALUES (:id, :division, :source_id, :level, :document_no, :year, :purpose, :amount, :received_on)
""")


class InflowDiffers(Conflict):
    slug, zh, en = "inflow-differs", "此编号已登记为另一笔资金", "This id stands for another inflow"


class DocumentKnown(Conflict):
    slug, zh, en = "document-known", "该指标文号已登记", "An inflow with this document is recorded already"


class OnlyBanksLend(Invalid):
    slug = "only-banks-lend"
    zh = "信贷资金须来自银行，财政资金不得用于放贷"
    en = "Credit comes from a bank, and a bank brings nothing else"


class NotReceivedYet(Invalid):
    slug, zh, en = "not-received-yet", "到账日期晚于今天", "Money cannot have been received in the future"


class NoSuchInflow(NotFound):
    slug, zh, en = "no-such-inflow", "没有这笔资金", "There is no such inflow"


class EntererConfirms(Forbidden):
    slug, zh, en = "two-people", "录入人不能确认自己录入的资金", "Who entered an inflow does not confirm it"


async def enter(session: AsyncSession, items: list[InflowIn]) -> Answers:
    """Record inflows; they are no money yet until somebody else confirms them."""
    today = await clock.today(session)
    bound = {"ids": [item.id for item in items], "documents": [item.document_no for item in items]}
    known = (await session.execute(_KNOWN, bound)).all()
    by_id = {row.id: row for row in known}
    documents = {(row.document_no, row.purpose, row.payer) for row in known}
    fresh: list[InflowIn] = []

    def decide(item: InflowIn) -> Outcome:
        if row := by_id.get(item.id):
            if any(getattr(row, name) != value for name, value in item.model_dump().items()):
                raise InflowDiffers(field="id", rule="one id, one inflow")
            return "unchanged"
        if not caller_of(session).covers(item.division):
            raise DivisionForbidden(field="division")
        if (item.level == "bank") != (item.purpose == "credit"):
            raise OnlyBanksLend(field="purpose", rule="bank and credit together")
        if item.received_on > today:
            raise NotReceivedYet(field="received_on", rule="not in the future")
        if (item.document_no, item.purpose, item.payer) in documents:
            raise DocumentKnown(field="document_no", rule="once")
        documents.add((item.document_no, item.purpose, item.payer))
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    actor = caller_of(session).subject
    for item in fresh:
        await session.execute(_ENTER, item.model_dump() | {"actor": actor})
        after = {"amount": yuan(item.amount), "document_no": item.document_no}
        audit.record(session, "inflow.entered", "inflow", item.id, item.division, after=after)
    return answers


async def confirm(session: AsyncSession, items: list[Confirmation]) -> Answers:
    """Confirm that inflows arrived: each becomes a lot in the account of its purpose."""
    rows = {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in items]})}
    actor = caller_of(session).subject
    confirmed: list[UUID] = []

    def decide(item: Confirmation) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise NoSuchInflow(field="id")
        if row.status == "confirmed":
            return "unchanged"
        if row.entered_by == actor:
            raise EntererConfirms(field="id", rule="two people")
        confirmed.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    for id in confirmed:
        await _receive(session, rows[id], actor)
    return answers


async def _receive(session: AsyncSession, row: Any, actor: str) -> None:
    outside, inside = _accounts(row)
    await open_accounts(session, [outside, inside])
    columns = ("division", "level", "document_no", "year", "purpose", "amount", "received_on")
    lot = {name: getattr(row, name) for name in columns}
    await session.execute(_LOT, lot | {"id": row.id, "source_id": outside.id})
    await session.execute(_CONFIRM, {"id": row.id, "actor": actor})
    line = Line(outside.id, inside.id, row.id, row.amount)
    await post(session, [Entry(uuid7(), row.division, "inflow", "inflow", row.id, row.received_on, [line])])
    after = {"amount": yuan(row.amount), "document_no": row.document_no}
    audit.record(session, "inflow.confirmed", "inflow", row.id, row.division, after=after)


def _accounts(row: Any) -> tuple[Account, Account]:
    if row.purpose == "credit":
        return accounts.bank(row.payer, row.division), accounts.bank_credit(row.payer, row.division)
    return accounts.source(row.level, row.payer, row.division), accounts.treasury(row.purpose, row.division)
