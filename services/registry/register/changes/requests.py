"""Requests that wait for a second person, as they are listed, looked at, and found among the tasks of an office."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import queries, rules
from services.registry.register.changes.ask import opened
from services.registry.register.changes.records import Done, Due
from services.registry.register.changes.schemas import (
    AskedHousehold,
    AskedMember,
    ChangeAnswer,
    ChangeAnswers,
    EarlierChange,
    RequestDetail,
    RequestRow,
    RequestStatus,
)
from services.registry.register.codes import named
from services.registry.register.fields import catalogue
from services.registry.register.households.names import household_names
from services.registry.register.households.rules import born_of, sex_of
from services.registry.register.households.schemas import HouseholdIn, MemberIn
from shared import policy
from shared.database.rows import typed
from shared.households.schemas import told
from shared.http import paging
from shared.http.items import Answers
from shared.names import identity
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.tasks.records import Asked, Office, Subject, Task

_RELEASERS: dict[Office, frozenset[str]] = {
    "town": frozenset({"town_cadre", "county_office", "county_leader"}),
    "county": frozenset({"county_office", "county_leader"}),
}


async def with_what_stays_ended(session: AsyncSession, answers: Answers) -> ChangeAnswers:
    """The answers, each with what its change could not give back."""
    stays = await queries.stays_ended(session, [one.id for one in answers.items])
    return ChangeAnswers(
        items=[ChangeAnswer(**dict(one), stays_ended=stays.get(one.id, [])) for one in answers.items]
    )


async def page(
    session: AsyncSession, division: str | None, status: RequestStatus | None, limit: int, cursor: str | None
) -> paging.Page[RequestRow]:
    """Requests within a division, by division and id."""
    page = await paging.of_division(
        session, queries.REQUESTS, RequestRow, division=division, limit=limit, cursor=cursor, status=status
    )
    return await told(session, page, lambda row: row.household_id, household_names)


async def detail(session: AsyncSession, keys: KeyRing, id: UUID) -> RequestDetail:
    """A request with what it says, numbers masked; that it was looked at goes on record. Raises NoSuchRequest."""
    row = (await session.execute(queries.REQUEST, {"id": id})).one_or_none()
    if row is None:
        raise rules.NoSuchRequest(field="request_id")
    audit.read(session, "change_request", id, row.division)
    shown = RequestDetail.model_validate(row)
    if row.content is None:
        return shown
    item = opened(row.content, id, keys)
    about = await queries.done(
        session, [*([item.cancels] if item.cancels else []), *(one.change_id for one in item.later)]
    )
    return shown.model_copy(
        update={
            "cancels": _earlier(item.cancels, about) if item.cancels else None,
            "later": [_earlier(one.change_id, about, one.decision) for one in item.later if one.change_id in about],
            "ground": item.ground,
            "evidence": list(item.evidence),
            "departures": item.departures,
            "household": shown_household(item.household) if item.household else None,
        }
    )


def _earlier(
    id: UUID, known: Mapping[UUID, Done], decision: Literal["stands", "falls"] | None = None
) -> EarlierChange | None:
    """A change that a request is about, as far as it is within sight."""
    if (one := known.get(id)) is None:
        return None
    return EarlierChange(
        change_id=id, kind=one.kind, reason=one.reason, effective_on=one.effective_on, decision=decision
    )


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    """Requests that wait for an office, and not for the person who has asked."""
    found: list[Task] = []
    days = (await policy.resolve(session, "changes.release_days", asked.division, asked.today)).number()
    for level, roles in _RELEASERS.items():
        if asked.wants(level, roles):
            levels = ["village", "town"] if level == "town" else [level]
            bound = asked.place() | {"days": days, "levels": levels, "me": asked.caller.subject.strip().casefold()}
            found += [_task(row, level) for row in typed(Due, await session.execute(queries.TASKS, bound))]
    return found


def _task(row: Due, level: Office) -> Task:
    zh, en = named(row.reason)
    return Task(
        id=row.id,
        kind="change_request",
        subject=Subject("household", row.household_id),
        division=row.division,
        level=level,
        due_on=row.due_on,
        zh=f"待批准：{zh}",
        en=f"to be released by another person: {en}",
        path=f"/changes/requests/{row.id}",
    )


def shown_household(household: HouseholdIn) -> AskedHousehold:
    """A household that waits to enter, as whoever decides about it reads it: numbers masked, of no phone or card."""
    return AskedHousehold(
        number=household.number,
        identified_on=household.identified_on,
        attribute=household.attribute,
        main_cause=household.main_cause,
        other_causes=household.other_causes,
        facts=catalogue.shown(catalogue.facts(household, "household"), "household"),
        members=[_member(member) for member in household.members],
    )


def _member(member: MemberIn) -> AskedMember:
    number = identity.normalise(member.identity_number)
    return AskedMember(
        name=member.name,
        relation=member.relation,
        sex=sex_of(member),
        born=born_of(member),
        identity_number=identity.mask_number(number) if number else None,
    )
