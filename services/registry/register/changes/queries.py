"""What decisions about changes ask of the database, requests that wait, and the lists of both."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import MemberState
from services.registry.register.changes.records import (
    STAYS_ENDED,
    Direct,
    Done,
    Home,
    Judged,
    Known,
    Relation,
    Request,
    StaysEnded,
    Waiting,
)
from services.registry.register.changes.schemas import RequestStatus
from shared.database.session import caller_of

_STAYS_ENDED = text("""
    SELECT id, after -> CAST(:name AS text) AS stays FROM change
    WHERE id = ANY(:ids) AND jsonb_exists(after, :name)
""")
_DONE = text("SELECT id, household_id, kind, reason, effective_on FROM change WHERE id = ANY(:ids)")
_KNOWN = text("""
    SELECT p.id, p.born, p.sex, last.labour, coalesce(last.lives, false) AS lives,
        CASE WHEN (SELECT c.reason FROM change c WHERE c.household_id = last.household_id AND c.person_id = p.id
            AND c.kind = 'member_left' AND c.effective_on = last.left_on ORDER BY c.version DESC LIMIT 1) = 'death'
            THEN last.left_on END AS died_on
    FROM unnest(CAST(:ids AS uuid[])) AS asked(id) JOIN person p ON p.id = asked.id
    LEFT JOIN LATERAL (SELECT m.facts ->> 'labour' AS labour, m.left_on IS NULL AS lives, m.household_id, m.left_on
        FROM membership_believed m WHERE m.person_id = p.id ORDER BY m.joined_on DESC, m.left_on DESC LIMIT 1
    ) AS last ON true
""")
_KIN = text("""
    SELECT h.division, m.person_id, m.name, m.relation, m.sex FROM household h
    JOIN member_now m ON m.household_id = h.id WHERE h.id = :id ORDER BY m.born, m.person_id
""")
_NAMES = text("SELECT id, name FROM person WHERE id = ANY(:ids) ORDER BY born, id")
_HOMES = text("SELECT id, division, number, size FROM household WHERE id = ANY(:ids)")
_DIRECT = text("""
    SELECT asked.id, direct.level, direct.refusal, direct.detail
    FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS asked(id uuid, place text, reason text, day date)
    CROSS JOIN LATERAL may_decide_directly(:office, asked.place, asked.reason, asked.day) AS direct
""")
PAGE = text("""
    SELECT id, household_id, division, version, kind, reason, through, effective_on, households, persons, person_id,
        ground, source, evidence, lineage, recorded_at, recorded_by, times, restates, because, cancels
    FROM change WHERE division >= :low AND division < :high
      AND (division, effective_on, id) > (:division, CAST(CAST(:effective_on AS text) AS date), CAST(:id AS uuid))
    ORDER BY division, effective_on, id LIMIT :limit
""")
_SHOWN = """id, division, household_id, kind, reason, effective_on, level, number, size, status, asked_by,
    asked_on, decided_by, decided_on, decision"""
REQUESTS = text(f"""
    SELECT {_SHOWN} FROM change_request
    WHERE division >= :low AND division < :high AND (CAST(:status AS text) IS NULL OR status = :status)
      AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
REQUEST = text(f"SELECT {_SHOWN}, content FROM change_request WHERE id = :id")
TASKS = text("""
    SELECT id, division, household_id, reason, asked_on + CAST(:days AS integer) AS due_on FROM change_request
    WHERE status = 'waiting' AND division >= :low AND division < :high AND level = ANY(:levels)
      AND person_key(asked_by) <> :me AND (asked_on + CAST(:days AS integer), id) > (:due_on, :id)
    ORDER BY asked_on, id LIMIT :limit
""")
_LOCK = text("""
    SELECT id, division, household_id, reason, effective_on, content, digest, status, asked_by, decided_by
    FROM change_request WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
""")
_WAITING = text("""
    SELECT household_id FROM change_request
    WHERE status = 'waiting' AND division = ANY(:divisions) AND household_id = ANY(:ids)
""")
_ASK = text("""
    INSERT INTO change_request (id, division, household_id, kind, reason, effective_on, level, number, size, content,
        digest, asked_by)
    SELECT row.id, row.division, row.household_id, row.kind, row.reason, row.effective_on, direct.level, row.number,
        row.size, row.content, decode(row.digest, 'hex'), :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, division text, household_id uuid, kind text,
        reason text, effective_on date, number text, size integer, content text, digest text)
    CROSS JOIN LATERAL may_decide_directly(:office, row.division, row.reason, row.effective_on) AS direct
""")
_DECIDE = text("""
    UPDATE change_request r SET status = :status, content = NULL, decided_by = :actor, decided_on = business_today(),
        decision = row.decision
    FROM unnest(CAST(:ids AS uuid[]), CAST(:decisions AS text[])) AS row(id, decision) WHERE r.id = row.id
""")


async def done(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Done]:
    """The changes with some ids that are made already."""
    rows = await session.execute(_DONE, {"ids": list(ids)})
    return {row.id: Done(row.household_id, row.kind, row.reason, row.effective_on) for row in rows}


async def stays_ended(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[StaysEnded]]:
    """Of changes with some ids: what they could not give back of what those ended that they take back."""
    rows = await session.execute(_STAYS_ENDED, {"ids": list(ids), "name": STAYS_ENDED})
    return {row.id: row.stays for row in rows}


async def known(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Known]:
    """Some persons as they stand now: who they are, whether they live somewhere, their sex."""
    rows = (await session.execute(_KNOWN, {"ids": sorted(ids)})).all() if ids else ()
    return {
        row.id: Known(
            MemberState(id=row.id, relation="", born=row.born, labour=row.labour), row.lives, row.sex, row.died_on
        )
        for row in rows
    }


async def names(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of some persons, the oldest first."""
    return {row.id: row.name for row in await session.execute(_NAMES, {"ids": list(ids)})}


async def kin(session: AsyncSession, household_id: UUID) -> list[Relation]:
    """The members of a household within sight, the oldest first."""
    return [Relation(*row) for row in await session.execute(_KIN, {"id": household_id})]


async def homes(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Home]:
    """Where some households within sight live, with number and size."""
    rows = await session.execute(_HOMES, {"ids": list(ids)})
    return {row.id: Home(row.division, row.number, row.size) for row in rows}


async def direct(session: AsyncSession, asked: Sequence[Direct]) -> dict[UUID, Judged]:
    """What the policy ``changes.direct`` says of changes that the caller's office decides by itself."""
    if not asked:
        return {}
    bound = {"asked": to_json(asked).decode(), "office": caller_of(session).division}
    return {row.id: Judged(row.level, row.refusal, row.detail) for row in await session.execute(_DIRECT, bound)}


async def lock_requests(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Waiting]:
    """Requests within sight, locked until the transaction ends, whatever became of them."""
    return {row.id: Waiting(*row) for row in await session.execute(_LOCK, {"ids": sorted(ids)})}


async def waiting(session: AsyncSession, asked: Collection[Request]) -> set[UUID]:
    """The households about which a request waits."""
    bound = {"divisions": [one.division for one in asked], "ids": [one.household_id for one in asked]}
    return set((await session.execute(_WAITING, bound)).scalars())


async def ask(session: AsyncSession, requests: Sequence[Request]) -> None:
    """Keep requests until somebody decides them."""
    if requests:
        caller = caller_of(session)
        bound = {"rows": to_json(requests).decode(), "actor": caller.subject, "office": caller.division}
        await session.execute(_ASK, bound)


async def settle(session: AsyncSession, status: RequestStatus, decisions: Mapping[UUID, str]) -> None:
    """Note what became of requests, and what was said about it; what they asked for is dropped."""
    if decisions:
        bound = {"status": status, "ids": list(decisions), "decisions": list(decisions.values())}
        await session.execute(_DECIDE, bound | {"actor": caller_of(session).subject})
