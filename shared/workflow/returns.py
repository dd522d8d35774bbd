"""Cases that go back: to an earlier step, by the office whose turn it is, or to those who brought them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.time import clock
from shared.workflow import case as moves
from shared.workflow import rules, store
from shared.workflow.case import Reason
from shared.workflow.kinds import Procedures
from shared.workflow.schemas import ReturnIn, WithdrawalIn


async def send_back(session: AsyncSession, procedures: Procedures, items: Sequence[ReturnIn]) -> Answers:
    """Send cases back: what was recorded from that step on no longer counts, and why stays on record.

    The same again is "unchanged" as long as nothing was done since.
    """
    today, caller = await clock.today(session), caller_of(session)
    locked = await store.lock(session, [item.id for item in items])
    before = await store.last_returns(session, locked)

    def decide(item: ReturnIn) -> Outcome:
        case, content = store.existing(locked, item.id), item.model_dump(mode="json", exclude={"id"})
        there = case.step is not None and case.step.step == item.to
        if there and before.get(case.id) == (content, caller.subject):
            return "unchanged"
        position = rules.returnable(case, item.to)
        rules.may_return(case, caller)
        moves.note_return(case, content, today, caller.subject)
        moves.send_back(case, position, today)
        return "accepted"

    answers = answer_each(items, decide)
    await store.save(session, procedures, locked.values())
    return answers


async def withdraw(session: AsyncSession, procedures: Procedures, items: Sequence[WithdrawalIn]) -> Answers:
    """Take cases back before the decision: they end without effect, and their subjects are free again."""
    today, caller = await clock.today(session), caller_of(session)
    locked = await store.lock(session, [item.id for item in items])

    def decide(item: WithdrawalIn) -> Outcome:
        case = store.existing(locked, item.id)
        reason = Reason(code="withdrawn", zh=f"撤回：{item.reason}", en=f"withdrawn: {item.reason}")
        if case.status == "withdrawn" and reason in case.reasons:
            return "unchanged"
        rules.may_withdraw(case, caller)
        moves.withdraw(case, reason, today, caller.subject)
        return "accepted"

    answers = answer_each(items, decide)
    await store.save(session, procedures, locked.values())
    return answers
