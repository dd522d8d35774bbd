"""Consents and their withdrawal, in lists, each item by itself."""

import json
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy import queries, rules
from services.registry.desk.privacy.schemas import ConsentIn, WithdrawalIn
from services.registry.register.households.rules import NoSuchPerson
from shared import policy
from shared.database.session import caller_of
from shared.http import items
from shared.http.items import Answers, Outcome
from shared.problems import IdUsed
from shared.security import audit
from shared.time import clock


async def give(session: AsyncSession, given: list[ConsentIn]) -> Answers:
    """Record consents; the same again is "unchanged"."""
    wanted = [id for one in given for id in (one.person_id, one.guardian_id) if id]
    persons = {row.id: row for row in await session.execute(queries.PERSONS, {"ids": wanted})}
    done = {row.id: row for row in await session.execute(queries.CONSENTS_DONE, {"ids": [one.id for one in given]})}
    today = await clock.today(session)
    policies = {
        county: await _policies(session, county, today) for county in {row.division[:6] for row in persons.values()}
    }
    rows: list[dict[str, Any]] = []

    def decide(one: ConsentIn) -> Outcome:
        if row := done.get(one.id):
            if (row.person_id, row.purposes, row.given_on) != (one.person_id, one.purposes, one.given_on):
                raise IdUsed(field="id", rule="one id, one consent")
            return "unchanged"
        person = persons.get(one.person_id)
        if person is None:
            raise NoSuchPerson(field="person_id")
        purposes, age = policies[person.division[:6]]
        rules.check_consent(one, person, persons.get(one.guardian_id), set(purposes.value), int(age.value), today)
        rows.append(
            one.model_dump(mode="json")
            | {
                "division": person.division,
                "household_id": str(person.household_id),
                "policies": [purposes.reference(), age.reference()],
            }
        )
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        await session.execute(queries.CONSENT, {"rows": json.dumps(rows), "actor": caller_of(session).subject})
    for row in rows:
        after = {"purposes": row["purposes"], "person_id": row["person_id"]}
        audit.record(session, "consent.given", "household", row["household_id"], row["division"], after=after)
    return answers


async def withdraw(session: AsyncSession, given: list[WithdrawalIn]) -> Answers:
    """Record withdrawals; what was done on the ground of a consent before stays done."""
    ids = [one.consent_id for one in given]
    held = {row.id: row for row in await session.execute(queries.CONSENTS, {"ids": ids})}
    today = await clock.today(session)
    rows: dict[Any, dict[str, Any]] = {}

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
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        bound = {"rows": json.dumps(list(rows.values())), "actor": caller_of(session).subject}
        await session.execute(queries.WITHDRAW, bound)
    for id, row in rows.items():
        place = held[id].division
        audit.record(session, "consent.withdrawn", "household", held[id].household_id, place, reason=row["ground"])
    return answers


async def _policies(session: AsyncSession, county: str, today: date) -> tuple[policy.Policy, policy.Policy]:
    purposes = await policy.resolve(session, "privacy.consent_purposes", county, today)
    return purposes, await policy.resolve(session, "privacy.guardian_age", county, today)
