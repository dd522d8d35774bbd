"""What the other services did for a household, from their events: into its ledger 台账, each fact once.

The id of a line is that of the payment, participation or decision, so a fact that comes again changes nothing.
"""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.household_ledger import queries
from services.registry.assistance.household_ledger.records import Line
from services.registry.assistance.household_ledger.schemas import Exit, Participation, Payment
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown
from shared.names.money import parse_yuan

_PAID = {
    "reward": ("以奖代投奖补", "reward in place of investment"),
    "loan": ("小额信贷放款", "micro-credit disbursed"),
    "project": ("项目资金", "project money"),
}


async def keep_payments(session: AsyncSession, events: list[Event]) -> None:
    """Money that was paid to households."""
    paid = [event.read(Payment) for event in events]
    await _keep(session, [_payment(one, one.household_id) for one in paid if one.household_id])


async def keep_participations(session: AsyncSession, events: list[Event]) -> None:
    """Projects in which households take part."""
    await _keep(session, [_participation(event.read(Participation)) for event in events])


async def keep_exits(session: AsyncSession, events: list[Event]) -> None:
    """Decisions that households left poverty."""
    decided = [event.read(Exit) for event in events]
    await _keep(
        session, [_exit(one, one.decided_on) for one in decided if one.status == "approved" and one.decided_on]
    )


async def _keep(session: AsyncSession, lines: list[Line]) -> None:
    unknown = await queries.keep(session, lines)
    if unknown is not None:
        raise NotYetKnown(f"household {unknown}")


def _payment(paid: Payment, household_id: UUID) -> Line:
    zh, en = _PAID.get(paid.document.kind, ("支付", "payment"))
    return Line(
        id=paid.id,
        household_id=household_id,
        service="funding",
        kind=paid.document.kind,
        on_day=paid.paid_on,
        zh=zh,
        en=en,
        amount=parse_yuan(paid.amount),
        document=paid.document.kind,
        document_id=paid.document.id,
    )


def _participation(one: Participation) -> Line:
    return Line(
        id=one.id,
        household_id=one.household_id,
        service="projects",
        kind="participation",
        on_day=one.recorded_on,
        zh=f"参与项目：{one.name}",
        en=f"takes part in a project ({one.kind})",
        amount=None,
        document="project",
        document_id=one.project_id,
    )


def _exit(decided: Exit, decided_on: date) -> Line:
    return Line(
        id=decided.id,
        household_id=decided.household_id,
        service="evaluation",
        kind="exit",
        on_day=decided_on,
        zh=f"{decided.year}年脱贫退出",
        en=f"left poverty in {decided.year}",
        amount=None,
        document="exit",
        document_id=decided.id,
    )
