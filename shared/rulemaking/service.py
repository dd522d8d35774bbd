"""Policies set by people: one proposes, a second approves, and from a day on a new version is in force.

A county sets policies for its own division and those in it, never wider; the database holds that too.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, NotFound
from shared.rulemaking import queries, rules
from shared.rulemaking.records import Check, Proposal, Status, Version
from shared.rulemaking.schemas import DecisionIn, ProposalIn
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock
from shared.workflow.separation import APPROVE, keep_apart

_BECOMES: Mapping[str, Status] = {"approve": "approved", "refuse": "refused"}


class IdTaken(Conflict):
    slug, zh, en = "policy-proposal-differs", "此编号已用于另一提议", "This id stands for another proposal"


class ProposedAlready(Conflict):
    slug = "policy-proposed-already"
    zh = "该项政策参数已有待批的提议"
    en = "A proposal for this policy waits for approval already"


class NoSuchProposal(NotFound):
    slug, zh, en = "no-such-proposal", "没有这项提议", "There is no such proposal in your division"


class DecidedAlready(Conflict):
    slug, zh, en = "policy-decided-already", "该提议已办结", "The proposal has been decided"


async def propose(session: AsyncSession, checks: Mapping[str, Check], items: list[ProposalIn]) -> Answers:
    """Keep proposals whose value and day could be approved today; one open proposal a policy and division."""
    caller, today = caller_of(session), await clock.today(session)
    known = await queries.known(session, [item.id for item in items], [item.key for item in items])
    by_id, waiting = {one.id: one for one in known}, {(o.key, o.division) for o in known if o.status == "proposed"}
    versions = await queries.versions(session, [item.key for item in items])
    days_back = await _days_back(session, today)
    fresh: list[Proposal] = []

    def decide(item: ProposalIn) -> Outcome:
        if earlier := by_id.get(item.id):
            same = (earlier.key, earlier.division, earlier.valid_from, earlier.value)
            if same != (item.key, item.division, item.valid_from, item.value):
                raise IdTaken(field="id", rule="one id, one proposal")
            return "unchanged"
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        of = versions.get(item.key)
        if not of:
            raise rules.NoSuchPolicy(field="key")
        if (item.key, item.division) in waiting:
            raise ProposedAlready(field="key", rule="one at a time")
        rules.check_day(of, item.division, item.valid_from, today, days_back)
        rules.check_value(of, item.value, rules.check_of(checks, item.key))
        present = rules.in_force(of, item.division, item.valid_from)
        if present is not None and present.value == item.value:
            raise rules.NothingChanges(field="value")
        waiting.add((item.key, item.division))
        fresh.append(_proposal(item, present or of[-1], caller.subject))
        return "accepted"

    answers = answer_each(items, decide)
    await queries.propose(session, fresh)
    for one in fresh:
        _record(session, "policy.proposed", one, reason=one.ground)
    return answers


async def decide(session: AsyncSession, items: list[DecisionIn]) -> Answers:
    """Approve or refuse proposals of others; what is approved is a new version of its policy."""
    actor, today = caller_of(session).subject, await clock.today(session)
    proposals = await queries.lock(session, [item.id for item in items])
    versions = await queries.versions(session, [one.key for one in proposals.values()])
    days_back = await _days_back(session, today)
    decided: list[DecisionIn] = []

    def decide_one(item: DecisionIn) -> Outcome:
        proposal = proposals.get(item.id)
        if proposal is None:
            raise NoSuchProposal(field="id")
        if proposal.status == _BECOMES[item.decision]:
            return "unchanged"
        if proposal.status != "proposed":
            raise DecidedAlready(field="decision", rule="decided once")
        keep_apart(actor, [proposal.proposed_by], APPROVE)
        if item.decision == "approve":
            rules.check_day(versions[proposal.key], proposal.division, proposal.valid_from, today, days_back)
        decided.append(item)
        return "accepted"

    answers = answer_each(items, decide_one)
    for item in decided:
        await _carry_out(session, proposals[item.id], versions[proposals[item.id].key], item, actor)
    return answers


async def _carry_out(
    session: AsyncSession, proposal: Proposal, versions: list[Version], item: DecisionIn, actor: str
) -> None:
    status = _BECOMES[item.decision]
    await queries.decide(session, proposal.id, status, actor, item.reason)
    if status == "refused":
        _record(session, "policy.refused", proposal, reason=item.reason)
        return
    version = rules.next_version(versions, proposal.division)
    await queries.set_version(session, proposal.id, version)
    before = rules.in_force(versions, proposal.division, proposal.valid_from)
    _record(session, "policy.approved", proposal, before=before, version=version, reason=item.reason)


async def _days_back(session: AsyncSession, today: date) -> int:
    allowed = await policy.resolve(session, "policy.days_back", caller_of(session).division, today)
    return int(allowed.decimal())


def _proposal(item: ProposalIn, present: Version, actor: str) -> Proposal:
    return Proposal(
        item.id,
        item.key,
        item.division,
        item.valid_from,
        item.value,
        item.ground,
        present.zh,
        present.en,
        "proposed",
        actor,
    )


def _record(
    session: AsyncSession,
    action: str,
    proposal: Proposal,
    *,
    before: Version | None = None,
    version: int | None = None,
    reason: str | None = None,
) -> None:
    earlier = {"division": before.division, "version": before.version, "value": before.value} if before else None
    after = {"key": proposal.key, "valid_from": proposal.valid_from.isoformat(), "value": proposal.value}
    audit.record(
        session,
        action,
        "policy",
        proposal.id,
        proposal.division,
        before=earlier,
        after=after | ({"version": version} if version else {}),
        reason=reason,
    )
