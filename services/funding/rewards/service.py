"""Apply for rewards, inspect what was done, approve: each by another person."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.holds import service as holds
from services.funding.holds.records import Gate
from services.funding.payees import rules as payees
from services.funding.payees.records import Claim, Known
from services.funding.payees.service import look_at
from services.funding.rewards import queries, rules
from services.funding.rewards.records import Counted, Earlier, Item, Reward, Status, Years
from services.funding.rewards.schemas import ApplicationIn, DecisionIn, InspectionIn
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.households.queries import of_members
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import parse_yuan, yuan
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock
from shared.workflow.separation import ACCEPT, APPROVE, PAY, Act

# Not refused, for whoever applies; decided, for whoever approves; gone, for whoever pays.
_ASKED: frozenset[Status] = frozenset(("applied", "inspected", "approved", "paid"))
_AWARDED: frozenset[Status] = frozenset(("approved", "paid"))
_PAID: frozenset[Status] = frozenset(("paid",))
_SETTLED = {ACCEPT: _AWARDED, APPROVE: _AWARDED, PAY: _PAID}


async def apply(session: AsyncSession, items: Sequence[ApplicationIn]) -> Answers:
    """Record applications; each payee once for an item and year."""
    today, caller = await clock.today(session), caller_of(session)
    offered = (await policy.resolve(session, "reward.items", caller.division, today)).read(dict[str, Item])
    years = (await policy.resolve(session, "reward.years", caller.division, today)).read(Years)
    by_id = await _known(session, [item.id for item in items])
    claims = await _claims(session, [item for item in items if item.id not in by_id])
    known = await look_at(session, claims.values())
    earlier = await _earlier(session, claims.values(), known)
    fresh: list[ApplicationIn] = []

    def decide(item: ApplicationIn) -> Outcome:
        if item.id in by_id:
            rules.applied_again(by_id[item.id], item)
            return "unchanged"
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        rules.offered(offered, item.item, "item")
        rules.within_years(item.year, years, today.year)
        claim = claims[item.id]
        for objection in payees.objections(claim, known):
            raise objection
        if any(one.item == item.item for one in earlier.of(known.circle(claim), item.year, _ASKED)):
            raise rules.AppliedAlready(field="item", rule="once a year")
        earlier.add(Counted(item.id, item.payee_id, claim.household_id, item.item, item.year, "applied", 0))
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    rows = [
        item.model_dump()
        | {"unit": offered[item.item]["unit"], "household_id": claims[item.id].household_id, "actor": caller.subject}
        for item in fresh
    ]
    if rows:
        await session.execute(queries.APPLY, rows)
    # What another village has for the same household is not seen from here, but counts.
    kept = await _known(session, [item.id for item in fresh])
    for item in fresh:
        if item.id in kept:
            after = {"item": item.item, "quantity": str(item.quantity)}
            audit.record(session, "reward.applied", "reward", item.id, item.division, after=after)
    taken = {item.id for item in fresh} - kept.keys()
    return overrule(answers, taken, rules.AppliedAlready(field="item", rule="once a year"))


async def inspect(session: AsyncSession, items: Sequence[InspectionIn]) -> Answers:
    """Note what was found on the spot; nothing found refuses the reward."""
    step = await begin(session, [item.id for item in items], ACCEPT)
    found: list[dict[str, object]] = []

    def decide(item: InspectionIn) -> Outcome:
        reward = step.existing(item.id)
        if not rules.inspection(reward, item, step.actor):
            return "unchanged"
        status, reason = rules.inspected(reward, item)
        if status != "refused":
            step.let(reward)
        reasons = json.dumps([reason], ensure_ascii=False)
        found.append(
            {"id": item.id, "accepted": item.accepted, "status": status, "actor": step.actor, "reasons": reasons}
        )
        after = {"status": status, "accepted": str(item.accepted)}
        audit.record(session, "reward.inspected", "reward", item.id, reward.division, after=after)
        return "accepted"

    answers = answer_each(items, decide)
    if found:
        await session.execute(queries.INSPECT, found)
    await holds.keep(session, step.gate)
    return answers


async def approve(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Decide the amounts by the policies in force today."""
    caller, today = caller_of(session), await clock.today(session)
    scheme = await policy.resolve(session, "reward.items", caller.division, today)
    limits = await policy.resolve(session, "reward.cap", caller.division, today)
    offered, caps = scheme.read(dict[str, Item]), limits.read(dict[str, str])
    step = await begin(session, [item.id for item in items], APPROVE)
    used, decided = json.dumps([scheme.reference(), limits.reference()]), list[dict[str, object]]()

    def decide(item: DecisionIn) -> Outcome:
        reward = step.existing(item.id)
        if not rules.approval(reward, caller.subject):
            return "unchanged"
        one, cap = rules.offered(offered, reward.item, "id"), parse_yuan(caps[reward.payee_kind])
        step.let(reward)
        assert reward.accepted is not None
        award = rules.award(reward.accepted, one, cap, step.awarded(reward))
        step.count(replace(reward, status="approved", amount=award.amount))
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
    await holds.keep(session, step.gate)
    return answers


class Step:
    """One step of several rewards: they and their payees locked, what counts for each payee, and the gate."""

    def __init__(
        self, actor: str, act: Act, locked: dict[UUID, Reward], known: Known, earlier: Earlier, gate: Gate
    ) -> None:
        self.actor, self.gate = actor, gate
        self._act, self._locked, self._known, self._earlier = act, locked, known, earlier

    def existing(self, id: UUID) -> Reward:
        """Raises NoSuchReward."""
        if id not in self._locked:
            raise rules.NoSuchReward(field="id")
        return self._locked[id]

    def let(self, reward: Reward) -> None:
        """Let a reward go on where its payee may get it today. Raises what is against it: it is held then."""
        against = rules.objections(reward, self._known, self._earlier, _SETTLED[self._act])
        self.gate.let(reward.matter, against, self.actor, self._act)

    def awarded(self, reward: Reward) -> int:
        """Fen that count for a reward's payee in its year already."""
        others = self._earlier.of(self._known.circle(reward.claim), reward.year, _AWARDED)
        return sum(one.amount for one in others if one.id != reward.id)

    def count(self, reward: Reward) -> None:
        """Count a reward that goes on for what comes after it in the list."""
        self._earlier.add(_counted(reward))


async def begin(session: AsyncSession, ids: Sequence[UUID], act: Act) -> Step:
    """The rewards within the caller's division for a step of theirs.

    Payees are locked before rewards, as an event about a household locks them, so that what is summed up stays.
    """
    claims = [reward.claim for reward in (await _known(session, ids)).values()]
    known = await look_at(session, claims)
    locked = {reward.id: reward for reward in typed(Reward, await session.execute(queries.LOCK, {"ids": ids}))}
    earlier = await _earlier(session, claims, known)
    return Step(caller_of(session).subject, act, locked, known, earlier, await holds.gate(session, ids))


async def _known(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Reward]:
    return {reward.id: reward for reward in typed(Reward, await session.execute(queries.KNOWN, {"ids": ids}))}


async def _claims(session: AsyncSession, items: Sequence[ApplicationIn]) -> dict[UUID, Claim]:
    persons = [item for item in items if item.payee_kind == "person"]
    homes = await of_members(session, [one.division for one in persons], [one.payee_id for one in persons])
    # Who is a member of two for a moment is taken for one of that which is not removed.
    of_person = {
        (home.division, member): home.id
        for home in sorted(homes, key=lambda home: home.status != "removed")
        for member in home.members
    }
    at_home = {item.id: item.payee_id for item in items if item.payee_kind == "household"}
    at_home |= {item.id: home for item in persons if (home := of_person.get((item.division, item.payee_id)))}
    return {
        item.id: Claim(item.payee_kind, item.payee_id, item.division, at_home.get(item.id), item.year)
        for item in items
    }


async def _earlier(session: AsyncSession, claims: Iterable[Claim], known: Known) -> Earlier:
    circle = {one for claim in claims for one in known.circle(claim)}
    return Earlier(typed(Counted, await session.execute(queries.COUNTED, {"circle": list(circle)})))


def _counted(reward: Reward) -> Counted:
    return Counted(
        reward.id,
        reward.payee_id,
        reward.household_id,
        reward.item,
        reward.year,
        reward.status,
        reward.amount or 0,
    )
