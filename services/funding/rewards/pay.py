"""Pay approved rewards from the reward account."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.holds import service as holds
from services.funding.ledger import records
from services.funding.ledger.pay import pay
from services.funding.ledger.records import Payment
from services.funding.ledger.rules import InsufficientFunds
from services.funding.rewards import queries, rules
from services.funding.rewards.records import Reward
from services.funding.rewards.schemas import DecisionIn
from services.funding.rewards.service import begin
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import yuan
from shared.security import audit
from shared.time import clock
from shared.workflow.separation import PAY


async def pay_rewards(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Pay approved rewards, the oldest lots first; each once."""
    step, caller = await begin(session, [item.id for item in items], PAY), caller_of(session)
    today, due = await clock.today(session), list[Reward]()

    def decide(item: DecisionIn) -> Outcome:
        reward = step.existing(item.id)
        if not rules.payment(reward, caller.subject):
            return "unchanged"
        step.let(reward)
        step.count(replace(reward, status="paid"))
        due.append(reward)
        return "accepted"

    answers = answer_each(items, decide)
    await holds.keep(session, step.gate)
    payments = {reward.id: _payment(reward) for reward in due}
    paid = await pay(session, records.treasury("reward", caller.division[:6]), list(payments.values()), today)
    await session.execute(queries.PAID, {"ids": list(paid), "actor": caller.subject, "day": today})
    for reward in due:
        if reward.id in paid:
            after = {"amount": yuan(payments[reward.id].amount)}
            audit.record(session, "reward.paid", "reward", reward.id, reward.division, after=after)
    return overrule(answers, payments.keys() - paid, InsufficientFunds(field="id", rule="no overdraft"))


def _payment(reward: Reward) -> Payment:
    assert reward.amount is not None
    return Payment(
        document=Document(kind="reward", id=reward.id),
        payee=Payee(kind=reward.payee_kind, id=reward.payee_id),
        account=records.payee(reward.payee_kind, reward.payee_id, reward.division),
        amount=reward.amount,
        approver=reward.approved_by,
        household_id=reward.household_id,
    )
