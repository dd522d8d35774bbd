"""A project's money has been paid."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.projects import store
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown
from shared.names.money import parse_yuan
from shared.security import audit

_KEEP = text("""
    INSERT INTO payment (id, project_id, division, amount, paid_on)
    VALUES (:id, :project_id, :division, :amount, :paid_on) ON CONFLICT DO NOTHING RETURNING id
""")
_FUND = text("""
    UPDATE project SET funded = funded + :amount, version = version + 1,
        status = CASE WHEN funded + :amount = budget THEN 'funded' ELSE status END
    WHERE id = :id
""")


class Document(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: str
    id: UUID


class PaymentReleased(BaseModel):
    """What projects reads of a payment."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    document: Document
    amount: str
    paid_on: date


async def count(session: AsyncSession, event: Event) -> None:
    """Count a payment for a project once, by the payment's own id; other payments are not ours."""
    payment = event.read(PaymentReleased)
    if payment.document.kind != "project":
        return
    project = (await store.lock(session, [payment.document.id])).get(payment.document.id)
    if project is None:
        raise NotYetKnown(f"project {payment.document.id}")
    amount = parse_yuan(payment.amount)
    values = {"id": payment.id, "project_id": project.id, "division": project.division, "paid_on": payment.paid_on}
    if (await session.execute(_KEEP, values | {"amount": amount})).scalar() is None:
        return
    await session.execute(_FUND, {"id": project.id, "amount": amount})
    audit.record(session, "project.funded", "project", project.id, project.division, after={"amount": payment.amount})
    await store.publish(session, "funded", [project.id])
