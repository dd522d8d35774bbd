"""Put items on the responsibility list, complete them, change their day or owner."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.duties import queries, rules
from services.registry.assistance.duties.catalogue import duty_list
from services.registry.assistance.duties.records import Duty
from services.registry.assistance.duties.schemas import CompletionIn, DutyIn, DutyPatch
from services.registry.assistance.organisations import queries as organisations
from services.registry.assistance.organisations.rules import NoSuchOrganisation
from shared.database import concurrency
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock


async def record(session: AsyncSession, items: list[DutyIn]) -> Answers:
    """New items; the same again is "unchanged"."""
    caller, listed = caller_of(session), duty_list()
    known = await queries.get(session, [item.id for item in items])
    offices = await organisations.get(session, [item.organisation_id for item in items])
    staff = await organisations.staff(session, [item.staff_id for item in items if item.staff_id])
    fresh: list[Duty] = []

    def decide(item: DutyIn) -> Outcome:
        if item.id in known:
            rules.check_same(known[item.id], item)
            return "unchanged"
        rules.check(item, caller, listed)
        office = offices.get(item.organisation_id)
        if office is None:
            raise NoSuchOrganisation(field="organisation_id")
        owner = rules.owner(staff, item.staff_id, item.organisation_id)
        duty = Duty(
            **item.model_dump(),
            class_=listed.kinds[item.kind].class_,
            list_version=listed.version,
            organisation=office.name,
            name=owner.name if owner else None,
            done_on=None,
            outcome=None,
            evidence=[],
            version=1,
        )
        fresh.append(duty)
        return "accepted"

    answers = answer_each(items, decide)
    await queries.record(session, fresh)
    for one in fresh:
        after = {"kind": one.kind, "organisation_id": str(one.organisation_id), "due_on": str(one.due_on)}
        audit.record(session, "duty.recorded", "duty", one.id, one.division, after=after)
    return answers


async def complete(session: AsyncSession, items: list[CompletionIn]) -> Answers:
    """Items that are done; done on the same day before is "unchanged"."""
    today = await clock.today(session)
    locked = await queries.lock(session, [item.id for item in items])
    done: list[CompletionIn] = []

    def decide(item: CompletionIn) -> Outcome:
        known = locked.get(item.id)
        if known and known.done_on == item.done_on:
            return "unchanged"
        rules.check_open(known, field="id")
        rules.check_done(item, today)
        done.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    await queries.complete(session, done)
    for one in done:
        after = {"done_on": str(one.done_on)}
        audit.record(session, "duty.done", "duty", one.id, locked[one.id].division, after=after)
    return answers


async def read(session: AsyncSession, id: UUID) -> Duty:
    """One item. Raises NoSuchDuty."""
    duty = (await queries.get(session, [id])).get(id)
    if duty is None:
        raise rules.NoSuchDuty(field="duty_id")
    return duty


async def change(session: AsyncSession, id: UUID, body: DutyPatch, if_match: str | None) -> Duty:
    """Give an open item another day or owner. Raises 404, 409, 412, 422, 428 problems."""
    expected = concurrency.expected_version(if_match)
    before = (await queries.lock(session, [id])).get(id)
    if before is None:
        raise rules.NoSuchDuty(field="duty_id")
    concurrency.same_version(expected, before.version)
    rules.check_open(before, field="duty_id")
    staff = await organisations.staff(session, [body.staff_id] if body.staff_id else [])
    owner = rules.owner(staff, body.staff_id, before.organisation_id)
    after = replace(before, due_on=body.due_on or before.due_on, version=before.version + 1)
    if owner:
        after = replace(after, staff_id=owner.id, name=owner.name)
    await queries.change(session, after)
    was, now = _said(before), _said(after)
    audit.record(session, "duty.changed", "duty", id, before.division, before=was, after=now, reason=body.reason)
    return after


def _said(duty: Duty) -> dict[str, str]:
    return {"due_on": str(duty.due_on), "staff_id": str(duty.staff_id)}
