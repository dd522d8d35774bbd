"""Apply for rewards, inspect what was done, approve: each by another person."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.rewards import queries, rules
from services.funding.rewards.records import Item, Reward
from services.funding.rewards.schemas import ApplicationIn, DecisionIn, InspectionIn, PayeeKind
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.households.queries import get as households
from shared.households.queries import known as household_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.money import parse_yuan, yuan
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def apply(session: AsyncSession, items: Sequence[ApplicationIn]) -> Answers:
    """Record applications; each payee once for an item and year."""
    today, caller = await clock.today(session), caller_of(session)
    offered = (await policy.resolve(session, "reward.items", caller.division, today)).read(dict[str, Item])
    bound = {"ids": [item.id for item in items], "payees": [item.payee_id for item in items]}
    known = typed(Reward, await session.execute(queries.KNOWN, bound))
    by_id = {reward.id: reward for reward in known}
    taken = {(*reward.payee, reward.item) for reward in known if reward.status != "refused"}
    living = await households(session, [item.payee_id for item in items if item.payee_kind == "household"])
    fresh: list[ApplicationIn] = []

    def decide(item: ApplicationIn) -> Outcome:
        if item.id in by_id:
            rules.applied_again(by_id[item.id], item)
            return "unchanged"
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        rules.offered(offered, item.item, "item")
        if item.payee_kind == "household":
            household_of(living, item.payee_id, field="payee_id")
        key = (item.payee_kind, item.payee_id, item.year, item.item)
        if key in taken:
            raise rules.AppliedAlready(field="item", rule="once a year")
        taken.add(key)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        rows = [item.model_dump() | {"unit": offered[item.item]["unit"], "actor": caller.subject} for item in fresh]
        await session.execute(queries.APPLY, rows)
    for item in fresh:
        after = {"item": item.item, "quantity": str(item.quantity)}
        audit.record(session, "reward.applied", "reward", item.id, item.division, after=after)
    return answers


async def inspect(session: AsyncSession, items: Sequence[InspectionIn]) -> Answers:
    """Note what was found on the spot; nothing found refuses the reward."""
    locked, actor = await lock(session, [item.id for item in items]), caller_of(session).subject
    found: list[dict[str, object]] = []

    def decide(item: InspectionIn) -> Outcome:
        reward = existing(locked, item.id)
        if not rules.inspection(reward, item, actor):
            return "unchanged"
        status, reason = rules.inspected(reward, item)
        reasons = json.dumps([reason], ensure_ascii=False)
        found.append({"id": item.id, "accepted": item.accepted, "status": status, "actor": actor, "reasons": reasons})
        after = {"status": status, "accepted": str(item.accepted)}
        audit.record(session, "reward.inspected", "reward", item.id, reward.division, after=after)
        return "accepted"

    answers = answer_each(items, decide)
    if found:
        await session.execute(queries.INSPECT, found)
    return answers


async def approve(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Decide the amounts by the policies in force today."""
    locked, caller = await lock(session, [item.id for item in items]), caller_of(session)
    today = await clock.today(session)
    scheme = await policy.resolve(session, "reward.items", caller.division, today)
    limits = await policy.resolve(session, "reward.cap", caller.division, today)
    offered, caps = scheme.read(dict[str, Item]), limits.read(dict[str, str])
    awarded = await _awarded(session, locked.values())
    used, decided = json.dumps([scheme.reference(), limits.reference()]), list[dict[str, object]]()

    def decide(item: DecisionIn) -> Outcome:
        reward = existing(locked, item.id)
        if not rules.approval(reward, caller.subject):
            return "unchanged"
        one, cap = rules.offered(offered, reward.item, "id"), parse_yuan(caps[reward.payee_kind])
        assert reward.accepted is not None
        award = rules.award(reward.accepted, one, cap, awarded.get(reward.payee, 0))
        awarded[reward.payee] = awarded.get(reward.payee, 0) + award.amount
        reasons = json.dumps(award.reasons, ensure_ascii=False)
        decided.append(
            {"id": item.id, "amount": award.amount, "actor": caller.subject, "policies": used, "reasons": reasons}
        )
        after = {"amount": yuan(award.amount)}
        audit.record(session, "reward.approved", "reward", item.id, reward.division, after=after)
        return "accepted"

    answers = answer_each(items, decide)
    if decided:
        await session.execute(queries.APPROVE, decided)
    return answers


async def lock(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Reward]:
    """The rewards within the caller's division, locked in the order of their ids."""
    return {reward.id: reward for reward in typed(Reward, await session.execute(queries.LOCK, {"ids": ids}))}


def existing(locked: dict[UUID, Reward], id: UUID) -> Reward:
    """Raises NoSuchReward."""
    if id not in locked:
        raise rules.NoSuchReward(field="id")
    return locked[id]


async def _awarded(session: AsyncSession, rewards: Iterable[Reward]) -> dict[tuple[PayeeKind, UUID, int], int]:
    found = await session.execute(queries.AWARDED, {"payees": [reward.payee_id for reward in rewards]})
    return {(row.payee_kind, row.payee_id, row.year): row.amount for row in found}
