"""Enter and confirm money that comes in; a confirmed inflow is a lot."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.ledger.records import Entry, Line
from services.funding.ledger.service import open_accounts, post
from services.funding.sources import queries, rules
from services.funding.sources.records import Inflow
from services.funding.sources.schemas import Confirmation, InflowIn
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.ids import uuid7
from shared.names.money import yuan
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def enter(session: AsyncSession, items: Sequence[InflowIn]) -> Answers:
    """Record inflows; they are no money yet until somebody else confirms them."""
    today = await clock.today(session)
    bound = {"ids": [item.id for item in items], "documents": [item.document_no for item in items]}
    known = typed(Inflow, await session.execute(queries.KNOWN, bound))
    by_id = {inflow.id: inflow for inflow in known}
    documents = {(one.division, one.document_no, one.purpose, one.payer) for one in known}
    fresh: list[InflowIn] = []

    def decide(item: InflowIn) -> Outcome:
        if item.id in by_id:
            rules.entered_again(by_id[item.id], item)
            return "unchanged"
        if not caller_of(session).covers(item.division):
            raise DivisionForbidden(field="division")
        rules.may_be_entered(item, today)
        document = item.division, item.document_no, item.purpose, item.payer
        if document in documents:
            raise rules.DocumentKnown(field="document_no", rule="once")
        documents.add(document)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    actor = caller_of(session).subject
    for item in fresh:
        await session.execute(queries.ENTER, item.model_dump() | {"actor": actor})
        after = {"amount": yuan(item.amount), "document_no": item.document_no}
        audit.record(session, "inflow.entered", "inflow", item.id, item.division, after=after)
    return answers


async def confirm(session: AsyncSession, items: Sequence[Confirmation]) -> Answers:
    """Confirm that inflows arrived: each becomes a lot in the account of its purpose."""
    found = typed(Inflow, await session.execute(queries.LOCK, {"ids": [item.id for item in items]}))
    locked, actor = {inflow.id: inflow for inflow in found}, caller_of(session).subject
    confirmed: list[Inflow] = []

    def decide(item: Confirmation) -> Outcome:
        if not rules.confirmation(locked.get(item.id), actor):
            return "unchanged"
        confirmed.append(locked[item.id])
        return "accepted"

    answers = answer_each(items, decide)
    for inflow in confirmed:
        await _receive(session, inflow, actor)
    return answers


async def _receive(session: AsyncSession, inflow: Inflow, actor: str) -> None:
    outside, inside = inflow.accounts()
    await open_accounts(session, [outside, inside])
    lot = {
        "id": inflow.id,
        "division": inflow.division,
        "source_id": outside.id,
        "level": inflow.level,
        "document_no": inflow.document_no,
        "year": inflow.year,
        "purpose": inflow.purpose,
        "amount": inflow.amount,
        "received_on": inflow.received_on,
    }
    await session.execute(queries.LOT, lot)
    await session.execute(queries.CONFIRM, {"id": inflow.id, "actor": actor})
    line = Line(outside.id, inside.id, inflow.id, inflow.amount)
    entry = Entry(uuid7(), inflow.division, "inflow", "inflow", inflow.id, inflow.received_on, [line])
    await post(session, [entry])
    after = {"amount": yuan(inflow.amount), "document_no": inflow.document_no}
    audit.record(session, "inflow.confirmed", "inflow", inflow.id, inflow.division, after=after)
