"""A run of rules over a division 数据比对: one rule a step, so that it can be watched and resumed."""

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.raising import raise_doubts
from services.registry.verification.screening.catalogue import catalogue
from services.registry.verification.screening.matching import Scope, find
from services.registry.verification.screening.rates import NoSuchRule
from shared import jobs
from shared.database.session import caller_of
from shared.http import paging
from shared.jobs import Job, Progress
from shared.names.divisions import Division
from shared.names.ids import uuid7
from shared.problems import NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

_INSERT = text("""
    INSERT INTO screening (id, division, rules, recorded_by) VALUES (:id, :division, :rules, :actor)
""")
_RESULT = text("""
    UPDATE screening SET results = results || CAST(:result AS jsonb) WHERE id = :id
""")
_GET = text("""
    SELECT s.id, s.division, s.rules, s.results, s.recorded_at, s.recorded_by, j.status, j.done, j.total, j.problem
    FROM screening s JOIN job j ON j.id = s.id WHERE s.id = :id
""")
_LIST = text("""
    SELECT s.id, s.division, s.rules, s.results, s.recorded_at, s.recorded_by, j.status, j.done, j.total, j.problem
    FROM screening s CROSS JOIN LATERAL (SELECT * FROM job WHERE job.id = s.id LIMIT 1) AS j
    WHERE s.division >= :low AND s.division < :high AND (s.division, s.id) > (:division, CAST(:id AS uuid))
    ORDER BY s.division, s.id LIMIT :limit
""")


class ScreeningIn(BaseModel):
    """Where to compare, and which rules to run; all that are in force there where none is named."""

    model_config = ConfigDict(extra="forbid")

    division: Division
    rules: Annotated[
        list[Annotated[str, StringConstraints(max_length=60)]] | None, Field(min_length=1, max_length=200)
    ] = None


class ScreeningState(BaseModel):
    """A run: rules done of total; by rule how much it found, and how many doubts of it are new."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    status: str
    done: int
    total: int | None
    rules: list[str]
    results: dict[str, Any]
    problem: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str


class NoSuchScreening(NotFound):
    slug, zh, en = "no-such-screening", "没有这次比对", "There is no such screening"


async def start(session: AsyncSession, body: ScreeningIn) -> UUID:
    """Ask for a run over a division. Raises DivisionForbidden, NoSuchRule."""
    caller, today = caller_of(session), await clock.today(session)
    if not caller.covers(body.division):
        raise DivisionForbidden(field="division")
    known = await catalogue(session, body.division, today)
    wanted = body.rules or sorted(known.rules)
    for position, name in enumerate(wanted):
        if name not in known.rules:
            raise NoSuchRule(field=f"rules[{position}]", rule="in force here")
    id = uuid7()
    bound = {"id": id, "division": body.division, "rules": wanted, "actor": caller.subject}
    await session.execute(_INSERT, bound)
    await jobs.enqueue(session, "screening", {"screening_id": str(id)}, division=body.division, id=id)
    audit.record(session, "screening.started", "screening", id, body.division, after={"rules": len(wanted)})
    return id


async def step(session: AsyncSession, job: Job) -> Progress:
    """Run the next rule. A rule that is switched off is left out."""
    run = (await session.execute(_GET, {"id": job.id})).one()
    today = await clock.today(session)
    scope = Scope(run.division, today, await catalogue(session, run.division, today))
    if job.done < len(run.rules) and (rule := scope.known.rules.get(run.rules[job.done])):
        found = await find(session, rule, scope)
        result = {rule.id: {"found": len(found), "raised": await raise_doubts(session, found)}}
        await session.execute(_RESULT, {"id": run.id, "result": json.dumps(result)})
    done, total = min(job.done + 1, len(run.rules)), len(run.rules)
    return Progress({}, done=done, total=total, finished=done == total, result={"screening": str(run.id)})


async def state(session: AsyncSession, id: UUID) -> ScreeningState:
    """How a run is going. Raises NoSuchScreening."""
    row = (await session.execute(_GET, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchScreening(field="screening_id")
    return ScreeningState.model_validate(row)


async def page(session: AsyncSession, limit: int, cursor: str | None) -> paging.Page[ScreeningState]:
    """The runs within the caller's division, oldest first."""
    prefix, after = caller_of(session).division, paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": prefix, "high": prefix + ":", "division": str(after[0]), "id": str(after[1]), "limit": limit + 1}
    return paging.by_division(
        [ScreeningState.model_validate(row) for row in await session.execute(_LIST, bound)], limit
    )
