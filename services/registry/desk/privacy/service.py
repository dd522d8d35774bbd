"""Consents and their withdrawal, requests to correct and their answers: in lists, each item by itself."""

import json
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy import queries, rules
from services.registry.desk.privacy.schemas import AnswerIn, ConsentIn, RequestFull, RequestIn, Viewer, WithdrawalIn
from services.registry.register.households.rules import NoSuchPerson
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import items, paging
from shared.http.items import Answers, Outcome
from shared.problems import IdUsed
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock, workdays

WANTED = "correction_request.wanted"


async def give(session: AsyncSession, given: list[ConsentIn]) -> Answers:
    """Record consents; the same again is "unchanged"."""
    persons = await queries.persons(session, [id for one in given for id in (one.person_id, one.guardian_id) if id])
    done = await queries.consents(session, [one.id for one in given])
    today = await clock.today(session)
    policies = {
        county: await _policies(session, county, today) for county in {p.division[:6] for p in persons.values()}
    }
    rows: list[dict[str, object]] = []

    def decide(one: ConsentIn) -> Outcome:
        if row := done.get(one.id):
            if any(getattr(row, name) != said for name, said in one.model_dump().items()):
                raise IdUsed(field="id", rule="one id, one consent")
            return "unchanged"
        person = persons.get(one.person_id)
        if person is None:
            raise NoSuchPerson(field="person_id")
        guardian = persons.get(one.guardian_id) if one.guardian_id else None
        purposes, age = policies[person.division[:6]]
        rules.check_consent(one, person, guardian, frozenset(purposes.texts()), age.number(), today)
        rows.append(
            one.model_dump(mode="json")
            | {
                "division": person.division,
                "household_id": str(person.household_id),
                "policies": [purposes.reference(), age.reference()],
            }
        )
        after = {"purposes": one.purposes, "person_id": str(one.person_id)}
        audit.record(session, "consent.given", "household", person.household_id, person.division, after=after)
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        await session.execute(queries.CONSENT, {"rows": json.dumps(rows), "actor": caller_of(session).subject})
    return answers


async def withdraw(session: AsyncSession, given: list[WithdrawalIn]) -> Answers:
    """Record withdrawals; what was done on the ground of a consent before stays done."""
    held = await queries.consents(session, [one.consent_id for one in given], lock=True)
    today = await clock.today(session)
    rows: dict[UUID, dict[str, object]] = {}

    def decide(one: WithdrawalIn) -> Outcome:
        consent = held.get(one.consent_id)
        if consent is None:
            raise rules.NoSuchConsent(field="consent_id")
        if consent.withdrawal_id == one.id:
            return "unchanged"
        if consent.withdrawn_on is not None or consent.id in rows:
            raise rules.WithdrawnAlready(field="consent_id", rule="once")
        if not consent.given_on <= one.on <= today:
            raise rules.DayImpossible(field="on", rule="between consent and today")
        rows[consent.id] = {
            "id": str(consent.id),
            "withdrawal_id": str(one.id),
            "withdrawn_on": one.on.isoformat(),
            "ground": one.ground,
        }
        home, place = consent.household_id, consent.division
        audit.record(session, "consent.withdrawn", "household", home, place, reason=one.ground)
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        bound = {"rows": json.dumps(list(rows.values())), "actor": caller_of(session).subject}
        await session.execute(queries.WITHDRAW, bound)
    return answers


async def open_requests(session: AsyncSession, keys: KeyRing, given: list[RequestIn]) -> Answers:
    """Open requests to correct, due within the days of the policy; the same again is "unchanged"."""
    persons = await queries.persons(session, [one.person_id for one in given])
    done = await queries.requests(session, [one.id for one in given])
    today = await clock.today(session)
    days = {
        county: await policy.resolve(session, "privacy.correction_days", county, today)
        for county in {row.division[:6] for row in persons.values()}
    }
    rows: list[dict[str, object]] = []

    def decide(one: RequestIn) -> Outcome:
        if row := done.get(one.id):
            before = replace(row, wanted=keys.decrypt(row.wanted, field=WANTED, record=str(one.id)))
            if any(getattr(before, name) != said for name, said in one.model_dump().items()):
                raise IdUsed(field="id", rule="one id, one request")
            return "unchanged"
        person = persons.get(one.person_id)
        if person is None:
            raise NoSuchPerson(field="person_id")
        if one.asked_on > today:
            raise rules.DayImpossible(field="asked_on", rule="not in the future")
        limit = days[person.division[:6]]
        due_on = workdays.after(one.asked_on, limit.number()).isoformat()
        rows.append(
            one.model_dump(mode="json")
            | {
                "division": person.division,
                "household_id": str(person.household_id),
                "wanted": keys.encrypt(one.wanted, field=WANTED, record=str(one.id)),
                "due_on": due_on,
                "policies": [limit.reference()],
            }
        )
        after = {"field": one.field, "person_id": str(one.person_id), "due_on": due_on}
        audit.record(session, "correction.requested", "household", person.household_id, person.division, after=after)
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        await session.execute(queries.REQUEST, {"rows": json.dumps(rows), "actor": caller_of(session).subject})
    return answers


async def answer_requests(session: AsyncSession, given: list[AnswerIn]) -> Answers:
    """Answer requests, by somebody else: accepted with the change that was made, or refused with the ground."""
    held = await queries.requests(session, [one.request_id for one in given], lock=True)
    homes = await queries.households_of_changes(session, [one.change_id for one in given if one.change_id])
    actor = caller_of(session).subject
    rows: dict[UUID, dict[str, object]] = {}

    def decide(one: AnswerIn) -> Outcome:
        request = held.get(one.request_id)
        if request is None:
            raise rules.NoSuchRequest(field="request_id")
        if request.answer_id == one.id:
            return "unchanged"
        if request.id in rows:
            raise rules.AnsweredAlready(field="request_id", rule="once")
        changed = homes.get(one.change_id) if one.change_id else None
        rules.check_answer(one, request, actor, changed)
        status = "accepted" if one.accepted else "refused"
        rows[request.id] = {
            "id": str(request.id),
            "status": status,
            "answer_id": str(one.id),
            "answer": one.answer,
            "change_id": str(one.change_id) if one.accepted else None,
        }
        home, place = request.household_id, request.division
        audit.record(session, f"correction.{status}", "household", home, place, reason=one.answer)
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        await session.execute(queries.ANSWER, {"rows": json.dumps(list(rows.values())), "actor": actor})
    return answers


async def request(session: AsyncSession, keys: KeyRing, id: UUID) -> RequestFull:
    """One request with what is wanted; that it was read stays on record. Raises NoSuchRequest (404)."""
    found = await queries.request(session, id)
    if found is None:
        raise rules.NoSuchRequest(field="request_id")
    audit.read(session, "household", found.household_id, found.division)
    return found.model_copy(update={"wanted": keys.decrypt(found.wanted, field=WANTED, record=str(id))})


async def viewers(session: AsyncSession, household_id: UUID, limit: int, cursor: str | None) -> paging.Page[Viewer]:
    """Who saw a household, in order. Raises NoSuchHousehold (404)."""
    if not await queries.is_known(session, household_id):
        raise NoSuchHousehold(field="household_id")
    (after,) = paging.decode(cursor, 1, (int,)) or [0]
    rows = await queries.viewers_of(session, household_id, after, limit + 1)
    return paging.page(rows, limit, lambda last: [last.entry])


async def _policies(session: AsyncSession, county: str, today: date) -> tuple[policy.Policy, policy.Policy]:
    purposes = await policy.resolve(session, "privacy.consent_purposes", county, today)
    return purposes, await policy.resolve(session, "privacy.guardian_age", county, today)
