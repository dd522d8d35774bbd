"""What is past its time: numbers of households removed long ago, files of imports that never ended.

A number is overwritten with nothing, in plain, masked and index; what is counted stays. What was erased, of whom and
under which policy, is kept; the record of who did what is never erased.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy.records import Expired
from services.registry.desk.privacy.schemas import Retention, RetentionIn
from shared import jobs, policy
from shared.database.rows import typed
from shared.database.session import caller_of, raw
from shared.jobs import Job, Progress
from shared.names.divisions import prefix_range, within
from shared.names.ids import uuid7
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

BATCH = 500
_PAST = """
    FROM household h
    JOIN household_state_now s ON s.household_id = h.id
    WHERE h.status = 'removed' AND h.division >= $1 AND h.division < $2 AND s.effective_from < $3
      AND (h.phone IS NOT NULL OR h.bank_card IS NOT NULL OR EXISTS (SELECT FROM member_now m
        WHERE m.household_id = h.id AND (m.identity_number IS NOT NULL OR m.phone IS NOT NULL)))
"""
_COUNT = f"SELECT count(*) AS households, coalesce(sum(h.size), 0) AS persons {_PAST}"
_SOME = f"SELECT h.id, h.division {_PAST} ORDER BY h.division, h.id LIMIT $4 FOR UPDATE OF h"
_HOUSEHOLDS = """
    UPDATE household SET phone = NULL, phone_masked = NULL, phone_index = NULL, bank_card = NULL, card_masked = NULL
    WHERE id = ANY($1)
"""
_PERSONS = """
    UPDATE person p SET identity_number = NULL, identity_masked = NULL, identity_index = NULL, phone = NULL,
        phone_masked = NULL, phone_index = NULL
    FROM membership_now m WHERE m.household_id = ANY($1) AND p.id = m.person_id RETURNING p.id, p.division
"""
_IDENTITIES = """
    UPDATE identity_past SET identity_number = NULL, identity_masked = NULL, identity_index = NULL
    WHERE person_id = ANY($1)
"""
_NOTE = """
    INSERT INTO erasure (id, division, run_id, kind, object_id, fields, policies, recorded_by)
    SELECT id, division, $4, $5, object_id, $6, $7, $8 FROM unnest($1::uuid[], $2::text[], $3::uuid[])
        AS row(id, division, object_id)
"""
_IMPORTS = text("""
    SELECT i.id, i.division FROM import i JOIN data_file f ON f.id = i.id
    WHERE i.division >= :low AND i.division < :high AND f.recorded_at < :day AND f.forgotten_at IS NULL
      AND i.kept_until <= business_now()
      AND EXISTS (SELECT FROM file_chunk c WHERE c.file_id IN (f.id, f.sent, i.marked))
      AND NOT EXISTS (SELECT FROM job j WHERE j.id = i.job_id AND j.status IN ('queued', 'running'))
""")
_CHUNKS = text("""
    DELETE FROM file_chunk c USING import i JOIN data_file f ON f.id = i.id
    WHERE i.id = ANY(CAST(:ids AS uuid[])) AND c.file_id IN (f.id, f.sent, i.marked)
""")
_FORGET = text("UPDATE data_file SET forgotten_at = business_now() WHERE id = ANY(CAST(:ids AS uuid[]))")
_ERRORS = text("DELETE FROM file_mistake WHERE file_id = ANY(CAST(:ids AS uuid[]))")
_REMARKS = text("DELETE FROM file_remark WHERE file_id = ANY(CAST(:ids AS uuid[]))")
_HOME = ["phone", "bank_card"]
_WHO = ["identity_number", "phone"]


async def ask(session: AsyncSession, asked: RetentionIn) -> Retention:
    """Count what is past its time in a division; unless it is a dry run, have it erased by a job.

    Raises DivisionForbidden (403).
    """
    place = asked.division
    if not caller_of(session).covers(place):
        raise DivisionForbidden(field="division")
    cut, _ = await _cut(session, place)
    counted = await (await raw(session)).fetchrow(_COUNT, *prefix_range(place), cut)
    files = (await session.execute(_IMPORTS, await _files(session, place))).all()
    found = Retention(
        id=asked.id,
        dry_run=asked.dry_run,
        households=counted["households"],
        persons=counted["persons"],
        imports=len(files),
    )
    if not asked.dry_run:
        await jobs.enqueue(session, "retention", {"run_id": str(asked.id)}, division=place, id=asked.id)
        audit.record(session, "retention.started", "retention", asked.id, place, after=found.model_dump(mode="json"))
    return found


async def step(session: AsyncSession, job: Job) -> Progress:
    """Erase some households' numbers; in the end the files."""
    connection, place = await raw(session), job.division
    run = job.id_of("run_id")
    cut, years = await _cut(session, place)
    homes = [Expired(**row) for row in await connection.fetch(_SOME, *prefix_range(place), cut, BATCH)]
    if homes:
        ids = [home.id for home in homes]
        await connection.execute(_HOUSEHOLDS, ids)
        people = [Expired(**row) for row in await connection.fetch(_PERSONS, ids)]
        await connection.execute(_IDENTITIES, [person.id for person in people])
        await _note(session, run, "household", homes, _HOME, years)
        await _note(session, run, "person", people, _WHO, years)
        return Progress({}, done=job.done + len(homes), total=job.total)
    days = await policy.resolve(session, "retention.import_days", place, await clock.today(session))
    files = typed(Expired, await session.execute(_IMPORTS, await _files(session, place)))
    ids = [file.id for file in files]
    await session.execute(_CHUNKS, {"ids": ids})
    await session.execute(_FORGET, {"ids": ids})
    await session.execute(_ERRORS, {"ids": ids})
    await session.execute(_REMARKS, {"ids": ids})
    await _note(session, run, "import", files, ["content", "errors"], days)
    result = {"households": job.done, "imports": len(files)}
    return Progress({}, done=job.done, total=job.done, finished=True, result=result)


async def _note(
    session: AsyncSession, run: UUID, kind: str, of: Sequence[Expired], fields: list[str], ground: policy.Policy
) -> None:
    columns = ([uuid7() for _ in of], [one.division for one in of], [one.id for one in of])
    reference = [ground.reference()]
    await (await raw(session)).execute(
        _NOTE, *columns, run, kind, fields, json.dumps(reference), caller_of(session).subject
    )


async def _cut(session: AsyncSession, place: str) -> tuple[date, policy.Policy]:
    """Households removed before this day are past their time."""
    today = await clock.today(session)
    years = await policy.resolve(session, "retention.removed_years", place, today)
    cut = today.replace(year=today.year - years.number(), day=min(today.day, 28))
    return cut, years


async def _files(session: AsyncSession, place: str) -> dict[str, object]:
    days = await policy.resolve(session, "retention.import_days", place, await clock.today(session))
    day = await clock.now(session) - timedelta(days=days.number())
    return {**within(place), "day": day}
