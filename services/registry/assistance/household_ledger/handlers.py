"""What the other services did for a household, from what they told: into its ledger 台账, each fact once.

The id of a line is that of the payment, participation or decision, so a fact that is told again changes nothing.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import raw
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown
from shared.names.money import parse_yuan

_KEEP = """
    WITH told AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, household_id uuid, service text,
        kind text, on_day date, zh text, en text, amount bigint, reference jsonb)),
    kept AS (
        INSERT INTO benefit (id, household_id, division, service, kind, on_day, zh, en, amount, reference)
        SELECT t.id, t.household_id, h.division, t.service, t.kind, t.on_day, t.zh, t.en, t.amount, t.reference
        FROM told t JOIN household h ON h.id = t.household_id ON CONFLICT (id) DO NOTHING
    )
    SELECT t.household_id FROM told t LEFT JOIN household h ON h.id = t.household_id WHERE h.id IS NULL LIMIT 1
"""
_PAID = {
    "reward": ("以奖代投奖补", "reward in place of investment"),
    "loan": ("小额信贷放款", "micro-credit disbursed"),
    "project": ("项目资金", "project money"),
}


class _Document(BaseModel):
    kind: str
    id: UUID


class PaymentTold(BaseModel):
    """What the ledger needs of a payment."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    document: _Document
    household_id: UUID | None
    amount: str
    paid_on: date


class ParticipationTold(BaseModel):
    """What the ledger needs of a participation in a project."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    project_id: UUID
    household_id: UUID
    name: str
    kind: str
    recorded_on: date


class ExitTold(BaseModel):
    """What the ledger needs of an exit."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    household_id: UUID
    status: str
    year: int
    decided_on: date | None


async def payments(session: AsyncSession, events: list[Event]) -> None:
    """Money that was paid to households."""
    told = [event.read(PaymentTold) for event in events]
    await _keep(session, [_payment(one, one.household_id) for one in told if one.household_id])


async def participations(session: AsyncSession, events: list[Event]) -> None:
    """Projects in which households take part."""
    await _keep(session, [_participation(event.read(ParticipationTold)) for event in events])


async def exits(session: AsyncSession, events: list[Event]) -> None:
    """Decisions that households left poverty."""
    told = [event.read(ExitTold) for event in events]
    await _keep(session, [_exit(one, one.decided_on) for one in told if one.status == "approved" and one.decided_on])


async def _keep(session: AsyncSession, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    if listed:
        unknown = await (await raw(session)).fetchval(_KEEP, json.dumps(listed, default=str))
        if unknown is not None:
            raise NotYetKnown(f"household {unknown}")


def _payment(told: PaymentTold, household_id: UUID) -> dict[str, Any]:
    zh, en = _PAID.get(told.document.kind, ("支付", "payment"))
    return {
        "id": told.id,
        "household_id": household_id,
        "service": "funding",
        "kind": told.document.kind,
        "on_day": told.paid_on,
        "zh": zh,
        "en": en,
        "amount": parse_yuan(told.amount),
        "reference": {"document": told.document.kind, "id": str(told.document.id)},
    }


def _participation(told: ParticipationTold) -> dict[str, Any]:
    return {
        "id": told.id,
        "household_id": told.household_id,
        "service": "projects",
        "kind": "participation",
        "on_day": told.recorded_on,
        "zh": f"参与项目：{told.name}",
        "en": f"takes part in a project ({told.kind})",
        "amount": None,
        "reference": {"document": "project", "id": str(told.project_id)},
    }


def _exit(told: ExitTold, decided_on: date) -> dict[str, Any]:
    return {
        "id": told.id,
        "household_id": told.household_id,
        "service": "evaluation",
        "kind": "exit",
        "on_day": decided_on,
        "zh": f"{told.year}年脱贫退出",
        "en": f"left poverty in {told.year}",
        "amount": None,
        "reference": {"document": "exit", "id": str(told.id)},
    }
