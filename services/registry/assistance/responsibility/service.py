"""Put somebody in charge, hand it over, end it (lists, each item decided by itself); what a caller has."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations.catalogue import called
from services.registry.assistance.responsibility import queries, rules, store
from services.registry.assistance.responsibility import rules as one_assignment
from services.registry.assistance.responsibility.records import Ending, Responsibility
from services.registry.assistance.responsibility.schemas import AssignmentIn, EndingIn, HandoverIn
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Problem
from shared.security import audit
from shared.tasks.records import Person, Post
from shared.time import clock


async def assign(session: AsyncSession, items: list[AssignmentIn]) -> Answers:
    """New responsibilities; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    known = await queries.lock(session, [item.id for item in items])
    scope = await queries.scope(
        session,
        staff={item.staff_id for item in items if item.staff_id},
        departments={item.organisation_id for item in items if item.organisation_id},
        households={item.household_id for item in items if item.household_id},
        villages={item.village for item in items if item.village},
        today=today,
    )
    fresh: list[Responsibility] = []

    def decide(item: AssignmentIn) -> Outcome:
        if item.id in known:
            rules.check_same(known[item.id], item)
            return "unchanged"
        rules.check_parts(item)
        rules.check_start(item.started_on, today)
        fresh.append(one_assignment.decide(scope, item, caller))
        return "accepted"

    answers = answer_each(items, decide)
    await store.assign(session, fresh)
    return answers


async def hand_over(session: AsyncSession, items: list[HandoverIn]) -> Answers:
    """End each old responsibility and begin its successor on the same day."""
    today, caller = await clock.today(session), caller_of(session)
    known = await queries.lock(session, [id for item in items for id in (item.id, item.ends)])
    ending = [known[item.ends] for item in items if item.ends in known]
    scope = await queries.scope(
        session,
        staff={item.staff_id for item in items if item.staff_id} | {one.staff_id for one in ending if one.staff_id},
        departments={item.organisation_id for item in items if item.organisation_id}
        | {one.organisation_id for one in ending if one.role == "department"},
        households={one.household_id for one in ending if one.household_id},
        villages={one.division for one in ending},
        today=today,
    )
    fresh: list[Responsibility] = []
    ended: dict[UUID, Ending] = {}

    def decide(item: HandoverIn) -> Outcome:
        if item.id in known:
            rules.check_same_handover(known[item.id], item)
            return "unchanged"
        old = known.get(item.ends)
        if old is None:
            raise rules.NoSuchResponsibility(field="ends")
        if item.ends in ended:
            raise rules.EndedAlready(field="ends", rule="open", on=ended[item.ends].on)
        rules.check_end(old, item.on, today)
        rules.check_successor(old, item)
        scope.note_ending(old, item.on)
        try:
            fresh.append(one_assignment.decide(scope, rules.successor(old, item), caller, old.id))
        except Problem:
            scope.note(old)
            raise
        ended[old.id] = Ending(old.id, item.on, item.note)
        return "accepted"

    answers = answer_each(items, decide)
    await store.end(session, list(ended.values()))
    await store.assign(session, fresh)
    return answers


async def end(session: AsyncSession, items: list[EndingIn]) -> Answers:
    """End responsibilities; ended on the same day before is "unchanged"."""
    today = await clock.today(session)
    known = await queries.lock(session, [item.id for item in items])
    ended: list[Ending] = []

    def decide(item: EndingIn) -> Outcome:
        one = known.get(item.id)
        if one is None:
            raise rules.NoSuchResponsibility(field="id")
        if one.ended_on == item.on:
            return "unchanged"
        rules.check_end(one, item.on, today)
        ended.append(Ending(item.id, item.on, item.note))
        return "accepted"

    answers = answer_each(items, decide)
    await store.end(session, ended)
    return answers


async def helpers_of(session: AsyncSession, household_id: UUID) -> list[Responsibility]:
    """Who helped a household from when to when; that it was looked at stays on record. Raises NoSuchHousehold."""
    division = await queries.division_of(session, household_id)
    if division is None:
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", household_id, division)
    return await queries.of_household(session, household_id)


async def person(session: AsyncSession, on: date) -> Person | None:
    """Who the caller is by their token: name, posts in villages, and the villages whose households they help.

    None where nothing within the caller's division names them.
    """
    charges = await queries.charges(session, on)
    employed = await queries.employment(session)
    if employed is None and not charges:
        return None
    name, organisation = employed or (charges[-1].name, charges[-1].organisation)
    return Person(
        name=name,
        organisation=organisation,
        posts=tuple(
            Post(one.role, called(one.role).zh, called(one.role).en, one.division, one.started_on)
            for one in charges
            if not one.helps
        ),
        villages=tuple(sorted({one.division for one in charges})),
    )
