"""Apply, inspect, approve, pay: four steps, four people, one payment."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.ledger import accounts
from services.funding.ledger.pay import Payment, pay
from services.funding.ledger.service import InsufficientFunds
from services.funding.rewards import rules
from services.funding.rewards.schemas import ApplicationIn, DecisionIn, InspectionIn
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import get as households
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import parse_yuan, yuan
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

_KNOWN = text("""
    SELECT * FROM reward WHERE id = ANY(:ids) OR (status <> 'refused' AND payee_id = ANY(:payees))
""")
_LOCK = text("SELECT * FROM reward WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_APPLY = text("""
    INSERT INTO reward (id, division, payee_kind, payee_id, item, unit, year, claimed, status, captured_at,
        applied_by)
    VALUES (:id, :division, :payee_kind, :payee_id, :item, :unit, :year, :quantity, 'applied', :captured_at, :actor)
""")
_INSPECT = text("""
    UPDATE reward SET accepted = :accepted, status = :status, inspected_by = :actor, inspected_at = business_now(),
        reasons = CAST(:reasons AS jsonb), version = version + 1 WHERE id = :id
""")
_APPROVE = text("""
    UPDATE reward SET amount = :amount, status = 'approved', approved_by = :actor, approved_at = business_now(),
        policies = CAST(:policies AS jsonb), reasons = CAST(:reasons AS jsonb), version = version + 1 WHERE id = :id
""")
_PAID = text("""
    UPDATE reward SET status = 'paid', paid_by = :actor, paid_on = :day, version = version + 1 WHERE id = ANY(:ids)
""")
_AWARDED = text("""
    SELECT payee_kind, payee_id, year, sum(amount) AS amount FROM reward
    WHERE payee_id = ANY(:payees) AND status IN ('approved', 'paid') GROUP BY payee_kind, payee_id, year
""")


class RewardDiffers(Conflict):
    slug, zh, en = "reward-differs", "此编号已用于另一申请", "This id stands for another application"


class AppliedAlready(Conflict):
    slug = "reward-applied-already"
    zh = "该对象当年已申请同一奖补项目"
    en = "This payee has applied for the same item in this year"


class NoSuchReward(NotFound):
    slug, zh, en = "no-such-reward", "没有这笔奖补申请", "There is no such reward"


class PayeeUnknown(NotFound):
    slug, zh, en = "payee-unknown", "辖区内没有这一户", "There is no such household in your division"


async def apply(session: AsyncSession, items: list[ApplicationIn]) -> Answers:
    """Record applications; each payee once for an item and year."""
    today, actor = await clock.today(session), caller_of(session).subject
    offered = (await policy.resolve(session, "reward.items", caller_of(session).division, today)).value
    payees = [item.payee_id for item in items]
    known = (await session.execute(_KNOWN, {"ids": [item.id for item in items], "payees": payees})).all()
    by_id = {row.id: row for row in known}
    taken = {(row.payee_kind, row.payee_id, row.item, row.year) for row in known if row.status != "refused"}
    sighted = await households(session, [item.payee_id for item in items if item.payee_kind == "household"])
    fresh: list[dict[str, Any]] = []

    def decide(item: ApplicationIn) -> Outcome:
        key = (item.payee_kind, item.payee_id, item.item, item.year)
        if row := by_id.get(item.id):
            if (row.payee_kind, row.payee_id, row.item, row.year, row.claimed) != (*key, item.quantity):
                raise RewardDiffers(field="id", rule="one id, one application")
            return "unchanged"
        if not caller_of(session).covers(item.division):
            raise DivisionForbidden(field="division")
        if item.item not in offered:
            raise rules.ItemUnknown(field="item", rule="reward.items", item=item.item)
        if item.payee_kind == "household" and item.payee_id not in sighted:
            raise PayeeUnknown(field="payee_id")
        if key in taken:
            raise AppliedAlready(field="item", rule="once a year")
        taken.add(key)
        fresh.append(item.model_dump() | {"unit": offered[item.item]["unit"], "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_APPLY, fresh)
    for row in fresh:
        after = {"item": row["item"], "quantity": str(row["quantity"])}
        audit.record(session, "reward.applied", "reward", row["id"], row["division"], after=after)
    return answers


async def inspect(session: AsyncSession, items: list[InspectionIn]) -> Answers:
    """Note what was found on the spot; nothing found refuses the reward."""
    rows, actor = await _lock(session, items), caller_of(session).subject
    found: list[dict[str, Any]] = []

    def decide(item: InspectionIn) -> Outcome:
        row = _existing(rows, item.id)
        if not rules.step(row.status, "inspect", actor=actor, earlier=[row.applied_by]):
            return "unchanged"
        refused = item.accepted == 0
        reasons = [{"code": "inspected", "zh": item.note or "验收合格", "en": "as inspected on the spot"}]
        found.append(
            {
                "id": item.id,
                "accepted": item.accepted,
                "status": "refused" if refused else "inspected",
                "actor": actor,
                "reasons": json.dumps(reasons, ensure_ascii=False),
            }
        )
        return "accepted"

    answers = answer_each(items, decide)
    if found:
        await session.execute(_INSPECT, found)
    for one in found:
        after = {"status": one["status"], "accepted": str(one["accepted"])}
        audit.record(session, "reward.inspected", "reward", one["id"], rows[one["id"]].division, after=after)
    return answers


async def approve(session: AsyncSession, items: list[DecisionIn]) -> Answers:
    """Decide the amounts by the policies in force today."""
    rows, actor, today = await _lock(session, items), caller_of(session).subject, await clock.today(session)
    offered = await policy.resolve(session, "reward.items", caller_of(session).division, today)
    caps = await policy.resolve(session, "reward.cap", caller_of(session).division, today)
    awarded = await _awarded(session, rows.values())
    decided: list[dict[str, Any]] = []

    def decide(item: DecisionIn) -> Outcome:
        row = _existing(rows, item.id)
        if not rules.step(row.status, "approve", actor=actor, earlier=[row.applied_by, row.inspected_by]):
            return "unchanged"
        if row.item not in offered.value:
            raise rules.ItemUnknown(field="id", rule="reward.items", item=row.item)
        key, cap = (row.payee_kind, row.payee_id, row.year), parse_yuan(caps.value[row.payee_kind])
        amount, reasons = rules.amount(row.accepted, offered.value[row.item], cap, awarded.get(key, 0))
        awarded[key] = awarded.get(key, 0) + amount
        decided.append(
            {
                "id": item.id,
                "amount": amount,
                "actor": actor,
                "policies": json.dumps([offered.reference(), caps.reference()]),
                "reasons": json.dumps(reasons, ensure_ascii=False),
            }
        )
        return "accepted"

    answers = answer_each(items, decide)
    if decided:
        await session.execute(_APPROVE, decided)
    for one in decided:
        after = {"amount": yuan(one["amount"])}
        audit.record(session, "reward.approved", "reward", one["id"], rows[one["id"]].division, after=after)
    return answers


async def pay_out(session: AsyncSession, items: list[DecisionIn]) -> Answers:
    """Pay approved rewards from the reward account, the oldest lots first; each once."""
    rows, actor, today = await _lock(session, items), caller_of(session).subject, await clock.today(session)
    due: list[Any] = []

    def decide(item: DecisionIn) -> Outcome:
        row = _existing(rows, item.id)
        people = [row.applied_by, row.inspected_by, row.approved_by]
        if not rules.step(row.status, "pay", actor=actor, earlier=people):
            return "unchanged"
        due.append(row)
        return "accepted"

    answers = answer_each(items, decide)
    county = caller_of(session).division[:6]
    paid = await pay(session, accounts.treasury("reward", county), [_payment(row) for row in due], today)
    await session.execute(_PAID, {"ids": list(paid), "actor": actor, "day": today})
    for row in due:
        if row.id in paid:
            audit.record(session, "reward.paid", "reward", row.id, row.division, after={"amount": yuan(row.amount)})
    short = {row.id for row in due} - paid
    return overrule(answers, short, InsufficientFunds(field="id", rule="no overdraft"))


def _payment(row: Any) -> Payment:
    return Payment(
        document=Document(kind="reward", id=row.id),
        payee=Payee(kind=row.payee_kind, id=row.payee_id),
        account=accounts.payee(row.payee_kind, row.payee_id, row.division),
        amount=row.amount,
        approver=row.approved_by,
        household_id=row.payee_id if row.payee_kind == "household" else None,
    )


async def _lock(session: AsyncSession, items: Sequence[InspectionIn | DecisionIn]) -> dict[UUID, Any]:
    return {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in items]})}


def _existing(rows: dict[UUID, Any], id: UUID) -> Any:
    if id not in rows:
        raise NoSuchReward(field="id")
    return rows[id]


async def _awarded(session: AsyncSession, rows: Any) -> dict[tuple[str, UUID, int], int]:
    found = await session.execute(_AWARDED, {"payees": [row.payee_id for row in rows]})
    return {(row.payee_kind, row.payee_id, row.year): int(row.amount) for row in found}
