"""Requests to correct: opened for a person, answered by somebody else within the days of the policy."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy import queries, rules
from services.registry.desk.privacy.schemas import AnswerIn, RequestIn
from services.registry.register.households.rules import NoSuchPerson
from shared import policy
from shared.database.session import caller_of
from shared.http import items
from shared.http.items import Answers, Outcome
from shared.problems import IdUsed
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock

FIELD = "correction_request.wanted"


async def open_all(session: AsyncSession, keys: KeyRing, given: list[RequestIn]) -> Answers:
    """Open requests; the same again is "unchanged"."""
    persons = {
        row.id: row for row in await session.execute(queries.PERSONS, {"ids": [one.person_id for one in given]})
    }
    done = {row.id: row for row in await session.execute(queries.REQUESTS_DONE, {"ids": [one.id for one in given]})}
    today = await clock.today(session)
    days = {
        county: await policy.resolve(session, "privacy.correction_days", county, today)
        for county in {row.division[:6] for row in persons.values()}
    }
    rows: list[dict[str, Any]] = []

    def decide(one: RequestIn) -> Outcome:
        if row := done.get(one.id):
            if (row.person_id, row.field, row.asked_on) != (one.person_id, one.field, one.asked_on):
                raise IdUsed(field="id", rule="one id, one request")
            return "unchanged"
        person = persons.get(one.person_id)
        if person is None:
            raise NoSuchPerson(field="person_id")
        if one.asked_on > today:
            raise rules.DayImpossible(field="asked_on", rule="not in the future")
        limit = days[person.division[:6]]
        rows.append(
            one.model_dump(mode="json")
            | {
                "division": person.division,
                "household_id": str(person.household_id),
                "wanted": keys.encrypt(one.wanted, field=FIELD, record=str(one.id)),
                "due_on": (one.asked_on + timedelta(days=int(limit.value))).isoformat(),
                "policies": [limit.reference()],
            }
        )
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        await session.execute(queries.REQUEST, {"rows": json.dumps(rows), "actor": caller_of(session).subject})
    for row in rows:
        after = {"field": row["field"], "person_id": row["person_id"], "due_on": row["due_on"]}
        audit.record(session, "correction.requested", "household", row["household_id"], row["division"], after=after)
    return answers


async def answer_all(session: AsyncSession, given: list[AnswerIn]) -> Answers:
    """Answer requests: accepted with the change that was made, or refused with the ground."""
    ids = [one.request_id for one in given]
    held = {row.id: row for row in await session.execute(queries.REQUESTS, {"ids": ids})}
    cited = [one.change_id for one in given if one.change_id]
    changes = {row.id: row.household_id for row in await session.execute(queries.CHANGES, {"ids": cited})}
    actor = caller_of(session).subject
    rows: dict[Any, dict[str, Any]] = {}

    def decide(one: AnswerIn) -> Outcome:
        request = held.get(one.request_id)
        if request is None:
            raise rules.NoSuchRequest(field="request_id")
        if request.answer_id == one.id:
            return "unchanged"
        if request.id in rows:
            raise rules.AnsweredAlready(field="request_id", rule="once")
        cites = one.change_id is not None and changes.get(one.change_id) == request.household_id
        rules.check_answer(one, request, actor, cites)
        rows[request.id] = {
            "id": str(request.id),
            "status": "accepted" if one.accepted else "refused",
            "answer_id": str(one.id),
            "answer": one.answer,
            "change_id": str(one.change_id) if one.accepted else None,
        }
        return "accepted"

    answers = items.answer_each(given, decide)
    if rows:
        await session.execute(queries.ANSWER, {"rows": json.dumps(list(rows.values())), "actor": actor})
    for id, row in rows.items():
        place, home = held[id].division, held[id].household_id
        audit.record(session, f"correction.{row['status']}", "household", home, place, reason=row["answer"])
    return answers
