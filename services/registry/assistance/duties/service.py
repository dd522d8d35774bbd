"""Put items on the responsibility list, complete them, change their day or owner."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.duties import queries, rules
from services.registry.assistance.duties.catalogue import duty_list
from services.registry.assistance.duties.schemas import CompletionIn, DutyIn, DutyPatch, DutyRow
from services.registry.assistance.organisations.rules import NoSuchOrganisation
from shared.database import concurrency
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock


async def record(session: AsyncSession, items: list[DutyIn]) -> Answers:
    """New items; the same again is "unchanged"."""
    caller, listed = caller_of(session), duty_list()
    known = {row.id: row for row in await session.execute(queries.KNOWN, {"ids": [item.id for item in items]})}
    owners = [item.organisation_id for item in items]
    offices = {row.id: row for row in await session.execute(queries.ORGANISATIONS, {"ids": owners})}
    people = [item.staff_id for item in items if item.staff_id]
    staff = {row.id: row for row in await session.execute(queries.STAFF, {"ids": people})}
    fresh: list[dict[str, Any]] = []

    def decide(item: DutyIn) -> Outcome:
        if row := known.get(item.id):
            if (row.kind, row.organisation_id) != (item.kind, item.organisation_id):
                raise rules.DutyDiffers(field="id", rule="one id, one item")
            return "unchanged"
        rules.check(item, caller, listed)
        office = offices.get(item.organisation_id)
        if office is None:
            raise NoSuchOrganisation(field="organisation_id")
        owner = rules.owner(staff, item.staff_id, item.organisation_id)
        fresh.append(
            item.model_dump()
            | {"class": listed.kinds[item.kind]["class"], "list_version": listed.version, "actor": caller.subject}
            | {"organisation": office.name, "name": owner.name if owner else None}
        )
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(queries.RECORD, fresh)
    for row in fresh:
        after = {"kind": row["kind"], "organisation_id": str(row["organisation_id"]), "due_on": str(row["due_on"])}
        audit.record(session, "duty.recorded", "duty", row["id"], row["division"], after=after)
    return answers


async def complete(session: AsyncSession, items: list[CompletionIn]) -> Answers:
    """Items that are done; done on the same day before is "unchanged"."""
    today = await clock.today(session)
    rows = {row.id: row for row in await session.execute(queries.LOCK, {"ids": [item.id for item in items]})}
    done: list[dict[str, Any]] = []

    def decide(item: CompletionIn) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise rules.NoSuchDuty(field="id")
        if row.done_on == item.done_on:
            return "unchanged"
        if row.done_on is not None:
            raise rules.DoneAlready(field="id", rule="open", on=row.done_on.isoformat())
        if item.done_on > today:
            raise rules.DoneInFuture(field="done_on", rule="not in the future")
        done.append(item.model_dump())
        return "accepted"

    answers = answer_each(items, decide)
    if done:
        await session.execute(queries.COMPLETE, done)
    for entry in done:
        row = rows[entry["id"]]
        audit.record(session, "duty.done", "duty", row.id, row.division, after={"done_on": str(entry["done_on"])})
    return answers


async def change(session: AsyncSession, id: UUID, body: DutyPatch, if_match: str | None) -> DutyRow:
    """Give an open item another day or owner. Raises 404, 409, 412, 422, 428 problems."""
    expected = concurrency.expected_version(if_match)
    row = (await session.execute(queries.LOCK, {"ids": [id]})).one_or_none()
    if row is None:
        raise rules.NoSuchDuty(field="duty_id")
    concurrency.same_version(expected, row.version)
    if row.done_on is not None:
        raise rules.DoneAlready(field="duty_id", rule="open", on=row.done_on.isoformat())
    wanted = [body.staff_id] if body.staff_id else []
    staff = {one.id: one for one in await session.execute(queries.STAFF, {"ids": wanted})}
    owner = rules.owner(staff, body.staff_id, row.organisation_id)
    values = {
        "id": id,
        "due_on": body.due_on or row.due_on,
        "staff_id": owner.id if owner else row.staff_id,
        "name": owner.name if owner else row.name,
    }
    await session.execute(queries.CHANGE, values)
    audit.record(
        session,
        "duty.changed",
        "duty",
        id,
        row.division,
        before={"due_on": str(row.due_on), "staff_id": str(row.staff_id)},
        after={"due_on": str(values["due_on"]), "staff_id": str(values["staff_id"])},
        reason=body.reason,
    )
    return DutyRow.model_validate((await session.execute(queries.ONE, {"id": id})).one())
