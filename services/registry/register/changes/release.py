"""Release what somebody else has asked for: it is made at once, by the rules that hold by now, or refused."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import queries, rules, service
from services.registry.register.changes.ask import opened
from services.registry.register.changes.records import Direct, Waiting
from services.registry.register.changes.schemas import ChangeIn, ReleaseIn, RequestStatus
from services.registry.register.changes.service import Decision
from shared.database.session import caller_of
from shared.http.items import Answers, answers_of
from shared.problems import Conflict, Problem
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.workflow.separation import RELEASE, is_same_person, keep_apart


class RequestDecided(Conflict):
    slug, zh, en = "request-decided", "该申请已经办结", "This request is decided already"


async def release(session: AsyncSession, keys: KeyRing, items: Sequence[ReleaseIn], *, named: bool) -> Answers:
    """A second person lets requests through or refuses them; what is let through is made at once.

    What the register refuses by now stays waiting, until it is refused here too. ``named``: a refusal may
    name people of a household.
    """
    asked = await queries.lock_requests(session, {item.id for item in items})
    wanted = {item.id: item for item in items}
    decided = {id: _may(session, item, asked.get(id)) for id, item in wanted.items()}
    open_ids = [id for id, decision in decided.items() if decision == "accepted"]
    decided |= await _not_at_this_level(session, [asked[id] for id in open_ids])
    approved = [
        _where_it_is_now(opened(asked[id].content, id, keys), asked[id].division)
        for id in open_ids
        if decided[id] == "accepted" and wanted[id].approve
    ]
    decided |= await service.decisions(session, keys, approved, through="direct") if approved else {}
    decisions: tuple[tuple[RequestStatus, bool], ...] = (("released", True), ("refused", False))
    for status, approve in decisions:
        settled = [id for id in open_ids if decided[id] == "accepted" and wanted[id].approve is approve]
        await queries.settle(session, status, {id: wanted[id].reason for id in settled})
        for id in settled:
            audit.record(
                session, f"change.{status}", "change_request", id, asked[id].division, reason=wanted[id].reason
            )
    return answers_of(items, await service.with_names(session, decided) if named else decided)


def _where_it_is_now(item: ChangeIn, division: str) -> ChangeIn:
    """A household enters where its village is today, whatever that was called when it was asked for."""
    if item.household is None or item.household.division == division:
        return item
    household = item.household.model_copy(update={"division": division})
    return item.model_copy(update={"household": household})


def _may(session: AsyncSession, item: ReleaseIn, asked: Waiting | None) -> Decision:
    """Whether the caller may decide a request; not somebody who has asked for it, in whatever spelling."""
    actor = caller_of(session).subject
    if asked is None:
        return rules.NoSuchRequest(field="id")
    if asked.decided_by is not None:
        same = is_same_person(asked.decided_by, actor) and (asked.status == "released") is item.approve
        return "unchanged" if same else RequestDecided(field="id", rule="once")
    try:
        keep_apart(actor, [asked.asked_by], RELEASE)
    except Problem as problem:
        return problem
    return "accepted"


async def _not_at_this_level(session: AsyncSession, asked: Sequence[Waiting]) -> dict[UUID, Decision]:
    judged = await queries.direct(session, [Direct(one.id, one.division, one.reason, None) for one in asked])
    return {id: rules.not_directly(one.refusal, one.detail) for id, one in judged.items() if one.refusal == "level"}
