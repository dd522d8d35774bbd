"""Open cases: which procedure is in force, for which household, with which outcome."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification.file import File
from services.registry.procedures.identification.files import of_row, tell
from services.registry.procedures.identification.procedure import Procedure
from services.registry.procedures.identification.schemas import CaseIn
from services.registry.procedures.identification.subjects import Subject, newcomer, registered
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.policy import Policy
from shared.problems import Conflict, Problem
from shared.security.crypto import KeyRing
from shared.time import clock

CONTENT = "case.household"
_KNOWN = text("""
    SELECT id, procedure, household_id, status FROM case_file
    WHERE id = ANY(:ids) OR (household_id = ANY(:households) AND status = 'open')
""")
_OPEN = text("""
    INSERT INTO case_file (id, division, procedure, outcome, household_id, content, head_name, head_born, size,
        category, ground, steps, policies, status, position, step, level, since, due_on, captured_at, opened_by,
        opened_on)
    VALUES (:id, :division, :procedure, :outcome, :household_id, :content, :head_name, :head_born, :size, :category,
        :ground, CAST(:steps AS jsonb), CAST(:policies AS jsonb), 'open', 0, :step, :level, :day, :due_on,
        :captured_at, :actor, :day)
""")
_OPENED = text("SELECT * FROM case_file WHERE id = ANY(:ids) ORDER BY id")


class CaseDiffers(Conflict):
    slug, zh, en = "case-differs", "此编号已用于另一办理事项", "This id stands for another case"


class CaseOpen(Conflict):
    slug, zh, en = "case-open", "该户已有正在办理的事项", "A case of this household is open already"


async def open_all(session: AsyncSession, keys: KeyRing, items: list[CaseIn]) -> Answers:
    """Open cases; one open case a household. Who opens a case proposes, and does not decide on it later."""
    today, actor = await clock.today(session), caller_of(session).subject
    households = [item.household_id for item in items]
    found = await session.execute(_KNOWN, {"ids": [item.id for item in items], "households": households})
    known = found.all()
    by_id = {row.id: row for row in known}
    busy = {row.household_id for row in known if row.status == "open"}
    subjects = await _subjects(session, keys, items, today)
    policies = await _policies(session, items, subjects, today)
    fresh: list[dict[str, Any]] = []

    def decide(item: CaseIn) -> Outcome:
        if row := by_id.get(item.id):
            if (row.procedure, row.household_id) != (item.procedure, item.household_id):
                raise CaseDiffers(field="id", rule="one id, one case")
            return "unchanged"
        if item.household_id in busy:
            raise CaseOpen(field="household_id", rule="one at a time")
        subject, used = subjects[item.id], policies.get(item.id)
        for problem in (subject, used):
            if isinstance(problem, Problem):
                raise problem
        assert isinstance(subject, Subject)
        assert isinstance(used, Policy)
        busy.add(item.household_id)
        fresh.append(_row(item, subject, used, keys) | {"day": today, "actor": actor})
        fresh[-1]["due_on"] = Procedure.model_validate(used.value).steps[0].due(today)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_OPEN, fresh)
    for file in await _files(session, [row["id"] for row in fresh]):
        file.verb = "opened"
        tell(session, file)
    return answers


async def _subjects(
    session: AsyncSession, keys: KeyRing, items: Sequence[CaseIn], today: date
) -> dict[UUID, Subject | Problem]:
    new = [item for item in items if item.household]
    known = [item for item in items if not item.household]
    return await newcomer(session, keys, new, today) | await registered(session, known)


async def _policies(
    session: AsyncSession, items: Sequence[CaseIn], subjects: Mapping[UUID, Subject | Problem], today: date
) -> dict[UUID, Policy | Problem]:
    """The procedure that is in force for each, resolved once for a village."""
    used: dict[tuple[str, str], Policy | Problem] = {}
    answer: dict[UUID, Policy | Problem] = {}
    for item in items:
        subject = subjects[item.id]
        if isinstance(subject, Problem):
            continue
        key = (f"procedure.{item.procedure}", subject.division)
        if key not in used:
            try:
                used[key] = await policy.resolve(session, *key, today)
            except Problem as problem:
                used[key] = problem
        answer[item.id] = used[key]
    return answer


def _row(item: CaseIn, subject: Subject, used: Policy, keys: KeyRing) -> dict[str, Any]:
    first = Procedure.model_validate(used.value).steps[0]
    plain = item.household.model_dump_json(exclude_unset=True) if item.household else None
    return {
        "id": item.id,
        "division": subject.division,
        "procedure": item.procedure,
        "outcome": subject.outcome,
        "household_id": item.household_id,
        "content": keys.encrypt(plain, field=CONTENT, record=str(item.id)) if plain else None,
        "head_name": subject.head_name,
        "head_born": subject.head_born,
        "size": subject.size,
        "category": subject.category,
        "ground": item.ground,
        "steps": json.dumps(used.value, ensure_ascii=False),
        "policies": json.dumps([used.reference()]),
        "step": first.step,
        "level": first.level,
        "captured_at": item.captured_at,
    }


async def _files(session: AsyncSession, ids: Sequence[UUID]) -> list[File]:
    return [of_row(row) for row in await session.execute(_OPENED, {"ids": list(ids)})]
