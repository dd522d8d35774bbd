"""SQL of reconciliations: the lists, what differs, what was decided."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.layouts.records import Given, Plan
from services.registry.exchange.reconciliations.records import (
    Covers,
    Difference,
    Found,
    Gone,
    Kept,
    Reconciliation,
    Settled,
)
from services.registry.register.codes import named
from shared.database.rows import typed
from shared.database.session import caller_of, raw
from shared.names.divisions import within

_ADD = text("""
    INSERT INTO reconciliation (id, division, covers, given, as_of, due_on, kept_until, recorded_by)
    VALUES (:id, :division, :covers, CAST(:given AS jsonb), :as_of, :due_on, :kept_until, :actor)
""")
_LAYOUT = text("UPDATE reconciliation SET a_line = :a_line, layout = :layout, unknown = :unknown WHERE id = :id")
_APART = text("UPDATE reconciliation SET apart = CAST(:apart AS jsonb) WHERE id = :id")
_GET = text("SELECT id, division, covers, given, as_of, apart FROM reconciliation WHERE id = :id")
_SAME = text("""
    SELECT r.id FROM reconciliation r JOIN data_file f ON f.id = r.id, data_file mine
    WHERE mine.id = :id AND f.sha256 = mine.sha256 AND f.division = mine.division AND r.id <> :id
      AND r.division = :division AND r.as_of = :as_of AND r.superseded_by IS NULL AND r.counted IS NULL
      AND NOT EXISTS (SELECT FROM job j WHERE j.id = r.id AND j.status = 'failed')
""")
_NEWER = text("""
    SELECT max(other.as_of) FROM reconciliation mine JOIN reconciliation other
        ON starts_with(mine.division, other.division) AND other.a_line = mine.a_line AND other.as_of > mine.as_of
    WHERE mine.id = :id AND other.compared_at IS NOT NULL AND other.counted IS NULL
""")
_STANDING = """CASE WHEN r.counted IS NOT NULL THEN 'forgotten' WHEN r.superseded_by IS NOT NULL THEN 'superseded'
    WHEN r.compared_at IS NULL THEN CASE WHEN j.status = 'failed' THEN 'failed' ELSE 'comparing' END
    WHEN EXISTS (SELECT FROM reconciliation_difference_now d WHERE d.reconciliation_id = r.id
        AND d.state IN ('open', 'refused', 'waiting')) THEN 'open' ELSE 'done' END AS state"""
_SHOWN = f"""
    SELECT r.id, r.division, place(r.division) AS place, {_STANDING}, r.a_line, r.layout, r.unknown, r.covers,
        r.as_of, r.households, r.persons, r.same, r.unread, r.due_on, r.kept_until, r.compared_at, r.superseded_by,
        r.recorded_at, r.recorded_by, r.counted, j.done, j.total, j.problem
    FROM reconciliation r LEFT JOIN job j ON j.id = r.id
"""
STATE = text(f"{_SHOWN} WHERE r.id = :id")
# Those of the place, and those of the offices above it that cover it.
LIST = text(f"""{_SHOWN} WHERE (r.division >= :low AND r.division < :high OR starts_with(:low, r.division))
    AND (r.division, r.id) > (:division, CAST(:id AS uuid)) ORDER BY r.division, r.id LIMIT :limit""")
COUNTS = text("""
    SELECT kind, state, proposal, count(*) AS differences, count(DISTINCT number) AS households
    FROM reconciliation_difference_now WHERE reconciliation_id = :id GROUP BY kind, state, proposal
    ORDER BY kind, state, proposal
""")
_FILTERS = """(CAST(:kind AS text) IS NULL OR d.kind = :kind) AND (CAST(:state AS text) IS NULL OR d.state = :state)
    AND (CAST(:proposal AS text) IS NULL OR d.proposal = :proposal)
    AND (CAST(:field AS text) IS NULL OR d.field = :field)"""
DIFFERENCES = text(f"""
    SELECT d.*, p.number AS person_number, l.name AS village
    FROM reconciliation_difference_now d LEFT JOIN person p ON p.id = d.person_id
    LEFT JOIN division_now l ON l.code = d.division
    WHERE d.reconciliation_id = :of AND d.division >= :low AND d.division < :high AND {_FILTERS}
      AND (d.division, d.id) > (:division, CAST(:id AS uuid))
    ORDER BY d.division, d.id LIMIT :limit
""")
CHOSEN = text(f"""
    SELECT d.id FROM reconciliation_difference_now d
    WHERE d.reconciliation_id = :of AND d.division >= :low AND d.division < :high AND {_FILTERS}
      AND d.state IN ('open', 'refused') AND (d.division, d.number, d.id) > (:after_division, :after_number,
        CAST(:after_id AS uuid))
    ORDER BY d.division, d.number, d.id LIMIT :limit
""")
PLACE = text("SELECT division, number, id FROM reconciliation_difference WHERE id = :id")
_LOCK = text("""
    SELECT d.id FROM reconciliation_difference d WHERE d.reconciliation_id = :of AND d.id = ANY(:ids)
    ORDER BY d.id FOR UPDATE
""")
_TO_DECIDE = text("""
    SELECT id, division, number, household_id, kind, field, person, said, known, since, reason, state,
        decided_by
    FROM reconciliation_difference_now WHERE reconciliation_id = :of AND id = ANY(:ids) ORDER BY division, number, id
""")
_KEPT = text("""
    SELECT number, division, household_id, listed_in, silent, content FROM reconciliation_household
    WHERE reconciliation_id = :of AND number = ANY(:numbers)
""")
_VERSIONS = text("SELECT id, version FROM household WHERE id = ANY(:ids)")
_SEEN = """
    INSERT INTO reconciliation_seen (reconciliation_id, division, number, read)
    SELECT $1, $2, unnest($3::text[]), unnest($4::boolean[]) ON CONFLICT DO NOTHING
"""
_HOUSEHOLDS = """
    INSERT INTO reconciliation_household (reconciliation_id, number, division, household_id, listed_in, silent, content)
    SELECT $1, e.number, e.division, e.household_id, e.listed_in, e.silent, e.content
    FROM jsonb_to_recordset($2::jsonb) AS e(number text, division text, household_id uuid, listed_in text,
        silent text[], content text)
    ON CONFLICT DO NOTHING
"""
_FOUND = """
    INSERT INTO reconciliation_difference (id, reconciliation_id, division, number, household_id, kind, field, person,
        person_id, name, said, known, since, zh, en, proposal, reason, why_zh, why_en)
    SELECT e.id, $1, e.division, e.number, e.household_id, e.kind, e.field, e.person, e.person_id, e.name,
        e.said, e.known, e.since, e.zh, e.en, e.proposal, e.reason, e.why_zh, e.why_en
    FROM jsonb_to_recordset($2::jsonb) AS e(id uuid, division text, number text, household_id uuid, kind text, field text,
        person text, person_id uuid, name text, said text, known text, since date, zh text, en text, proposal text,
        reason text, why_zh text, why_en text)
"""
_COUNT = """
    UPDATE reconciliation SET households = households + $2, persons = persons + $3, same = same + $4,
        unread = unread + $5 WHERE id = $1
"""
# Compared as sets, and looked up by what was found: quick whatever the planner knows of what was just noted.
_MISSING = """
    SELECT number FROM household WHERE division >= $2 AND division < $3 AND status = ANY($4)
    EXCEPT SELECT number FROM reconciliation_seen WHERE reconciliation_id = $1
"""
_GONE = """
    SELECT id, division, number, status, identified_on FROM household WHERE number = ANY($1) ORDER BY division, id
"""
_HEADS = "SELECT household_id, name FROM household_head WHERE household_id = ANY($1)"
_IN_VILLAGES = """
    SELECT division, count(*) FROM household WHERE division >= $1 AND division < $2 AND status = ANY($3)
    GROUP BY division
"""
_PENDING = """
    SELECT household_id, reason FROM change_request WHERE status = 'waiting' AND household_id = ANY($1)
"""
_WORKED_ON = """
    SELECT DISTINCT subject_id FROM case_file
    WHERE subject_kind = 'household' AND step IS NOT NULL AND subject_id = ANY($1)
"""
_JOINED = """
    SELECT DISTINCT person_id FROM reconciliation_difference
    WHERE reconciliation_id = $1 AND kind = 'joined' AND person_id IS NOT NULL
    EXCEPT SELECT person_id FROM reconciliation_difference WHERE reconciliation_id = $1 AND kind = 'left'
"""
_LIVE_IN = """
    SELECT m.person_id, h.number FROM membership_now m JOIN household h ON h.id = m.household_id
    WHERE m.person_id = ANY($1)
"""
_READ = "SELECT number FROM reconciliation_seen WHERE reconciliation_id = $1 AND number = ANY($2) AND read"
# Somebody whom the list has in the household where they are registered too.
_TWICE = """
    UPDATE reconciliation_difference SET proposal = 'tell', why_zh = concat_ws('；', why_zh, '名单中此人也在该户，重复'),
        why_en = concat_ws('; ', why_en, 'the list has them there too')
    WHERE reconciliation_id = $1 AND kind = 'joined' AND person_id = ANY($2)
"""
# What somebody decided about the same difference of an earlier list, and the national system says still; of what is
# secret nobody can tell that it is the same.
_DECIDED_BEFORE = """
    UPDATE reconciliation_difference d SET proposal = 'tell',
        why_zh = concat_ws('；', d.why_zh, to_char(last.as_of, 'FMYYYY"年"FMMM"月"') || '核对时已定以登记为准：' || last.ground),
        why_en = concat_ws('; ', d.why_en, 'decided with the list of ' || last.as_of || ' already: ' || last.ground)
    FROM (SELECT DISTINCT ON (e.number, e.kind, e.field, e.person) e.number, e.kind, e.field, e.person, e.said,
            e.known, e.ground, r.as_of
        FROM reconciliation_difference e JOIN reconciliation r ON r.id = e.reconciliation_id
        WHERE e.state = 'kept' AND e.reconciliation_id <> $1
          AND NOT (e.kind IN ('household', 'member') AND e.said = '' AND e.known = '')
          AND e.number IN (SELECT number FROM reconciliation_difference WHERE reconciliation_id = $1)
        ORDER BY e.number, e.kind, e.field, e.person, e.decided_at DESC) AS last
    WHERE d.reconciliation_id = $1 AND (d.number, d.kind, d.field, d.person, d.said, d.known)
        = (last.number, last.kind, last.field, last.person, last.said, last.known)
"""
_COMPARED = text("UPDATE reconciliation SET compared_at = business_now(), apart = '{}' WHERE id = :id")
_SUPERSEDE = text("""
    UPDATE reconciliation old SET superseded_by = new.id FROM reconciliation new
    WHERE (new.id = :id AND old.as_of <= new.as_of OR old.id = :id AND old.as_of < new.as_of)
      AND old.id <> new.id AND starts_with(old.division, new.division) AND old.a_line = new.a_line
      AND old.compared_at IS NOT NULL AND new.compared_at IS NOT NULL
      AND old.superseded_by IS NULL AND old.counted IS NULL
""")
_NOTE = text("""
    UPDATE reconciliation_difference d SET state = e.state, refusal_zh = e.zh, refusal_en = e.en,
        change_id = e.change_id, ground = :ground, decided_by = :actor, decided_at = business_now()
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS e(id uuid, state text, zh text, en text, change_id uuid)
    WHERE d.id = e.id
""")
_IS_OVER = text("SELECT kept_until <= business_now() FROM reconciliation WHERE id = :id")
_COUNTED = text("UPDATE reconciliation SET counted = CAST(:counted AS jsonb), apart = '{}' WHERE id = :id")
TASKS = text("""
    SELECT r.id, left(d.division, :digits) AS division, r.due_on, count(DISTINCT d.number) AS households
    FROM reconciliation_difference_now d JOIN reconciliation r ON r.id = d.reconciliation_id
    WHERE d.division >= :low AND d.division < :high AND d.state IN ('open', 'refused')
      AND r.compared_at IS NOT NULL AND r.superseded_by IS NULL AND (r.due_on, r.id) > (:due_on, :id)
    GROUP BY r.id, left(d.division, :digits), r.due_on ORDER BY r.due_on, r.id LIMIT :limit
""")


async def add(session: AsyncSession, asked: Reconciliation, due_on: date, until: datetime) -> None:
    """Note a list that is to be compared; it, its file and its job share one id."""
    row: dict[str, object] = {"id": asked.id, "division": asked.division, "covers": asked.covers}
    row |= {"given": json.dumps(asked.given.to_json()), "as_of": asked.as_of, "due_on": due_on, "kept_until": until}
    await session.execute(_ADD, row | {"actor": caller_of(session).subject})


async def get(session: AsyncSession, id: UUID) -> Reconciliation | None:
    """A list within sight, as it was sent."""
    row = (await session.execute(_GET, {"id": id})).one_or_none()
    if row is None:
        return None
    covers: Covers = row.covers
    return Reconciliation(row.id, row.division, covers, Given.from_json(row.given), row.as_of, row.apart)


async def same_list(session: AsyncSession, asked: Reconciliation) -> UUID | None:
    """The reconciliation of the same file, place and day that is being worked on."""
    bound = {"id": asked.id, "division": asked.division, "as_of": asked.as_of}
    found: UUID | None = (await session.execute(_SAME, bound)).scalar()
    return found


async def newer_list(session: AsyncSession, id: UUID) -> date | None:
    """The day of a newer list of the same kind that covers the place of a list."""
    found: date | None = (await session.execute(_NEWER, {"id": id})).scalar()
    return found


async def note_layout(session: AsyncSession, id: UUID, plans: Sequence[Plan]) -> None:
    """Note what the headers of the list say."""
    unknown = list(dict.fromkeys(name for plan in plans for name in plan.unknown))
    said = {"a_line": plans[0].layout.a_line, "layout": plans[0].layout.key, "unknown": unknown}
    await session.execute(_LAYOUT, said | {"id": id})


async def note_apart(session: AsyncSession, id: UUID, apart: Mapping[str, list[int]]) -> None:
    """Note the households whose lines do not stand together."""
    await session.execute(_APART, {"id": id, "apart": json.dumps(apart)})


async def note_seen(session: AsyncSession, asked: Reconciliation, numbers: Mapping[str, bool]) -> None:
    """Note which households the list has, and whether they could be read."""
    await (await raw(session)).execute(_SEEN, asked.id, asked.division, list(numbers), list(numbers.values()))


async def keep(session: AsyncSession, id: UUID, households: Sequence[Kept], found: Sequence[Found]) -> None:
    """Keep what differs, and the households of the list of which it does."""
    connection = await raw(session)
    if households:
        await connection.execute(_HOUSEHOLDS, id, to_json(households).decode())
    if found:
        await connection.execute(_FOUND, id, to_json(found).decode())


async def count(session: AsyncSession, id: UUID, households: int, persons: int, same: int, unread: int) -> None:
    """Add to the counts of a list."""
    await (await raw(session)).execute(_COUNT, id, households, persons, same, unread)


async def listed(session: AsyncSession, id: UUID) -> int:
    """How many households the list has."""
    found: int = await (await raw(session)).fetchval("SELECT households FROM reconciliation WHERE id = $1", id)
    return found


async def gone(session: AsyncSession, asked: Reconciliation) -> list[Gone]:
    """The households of the place that the list has not."""
    place, statuses = within(asked.division), ["registered"] + ["exited"] * (asked.covers == "all")
    connection, low, high = await raw(session), place["low"], place["high"]
    numbers = [row[0] for row in await connection.fetch(_MISSING, asked.id, low, high, statuses)]
    if not numbers:
        return []
    rows = await connection.fetch(_GONE, numbers)
    heads = dict(await connection.fetch(_HEADS, [row["id"] for row in rows]))
    there = dict(await connection.fetch(_IN_VILLAGES, low, high, statuses))
    missing = Counter(row["division"] for row in rows)
    return [
        Gone(
            **dict(row),
            head=heads.get(row["id"]),
            with_village=missing[row["division"]] == there.get(row["division"]),
        )
        for row in rows
    ]


async def pending(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """What is under way about some households, in words."""
    connection, wanted = await raw(session), list(ids)
    if not wanted:
        return {}
    found = {
        row[0]: ("该户有办理中的事项", "a case about it is open")
        for row in await connection.fetch(_WORKED_ON, wanted)
    }
    for row in await connection.fetch(_PENDING, wanted):
        zh, en = named(row["reason"])
        found[row["household_id"]] = f"该户有待批准的申请（{zh}）", f"a request about it waits ({en})"
    return found


async def finish(session: AsyncSession, id: UUID) -> None:
    """The list is compared: who is on it twice and what was decided about the same before is said, older lists of the
    place are over.
    """
    connection = await raw(session)
    await _say_twice(connection, id)
    await connection.execute(_DECIDED_BEFORE, id)
    await connection.execute("DELETE FROM reconciliation_seen WHERE reconciliation_id = $1", id)
    await session.execute(_COMPARED, {"id": id})
    await session.execute(_SUPERSEDE, {"id": id})


async def _say_twice(connection: asyncpg.Connection, id: UUID) -> None:
    """Say of whom the list has in another household that it has them where they are registered as well."""
    joined = [row[0] for row in await connection.fetch(_JOINED, id)]
    if not joined:
        return
    live_in = dict(await connection.fetch(_LIVE_IN, joined))
    read = {row[0] for row in await connection.fetch(_READ, id, sorted(set(live_in.values())))}
    twice = [person for person, number in live_in.items() if number in read]
    await connection.execute(_TWICE, id, twice)


async def to_decide(session: AsyncSession, of: UUID, ids: Collection[UUID]) -> list[Difference]:
    """Differences within sight, locked, as they stand."""
    bound = {"of": of, "ids": list(ids)}
    await session.execute(_LOCK, bound)
    return typed(Difference, await session.execute(_TO_DECIDE, bound))


async def kept(session: AsyncSession, of: UUID, numbers: Collection[str]) -> dict[str, Kept]:
    """Households as the list has them, by number."""
    rows = typed(Kept, await session.execute(_KEPT, {"of": of, "numbers": list(numbers)}))
    return {one.number: one for one in rows}


async def versions(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, int]:
    """The versions of some households now."""
    return {row.id: row.version for row in await session.execute(_VERSIONS, {"ids": list(ids)})}


async def note(session: AsyncSession, settled: Mapping[UUID, Settled], ground: str) -> None:
    """Note what became of differences, and on what ground."""
    rows = [
        {
            "id": id,
            "state": one.state,
            "zh": one.refusal[0] if one.refusal else None,
            "en": one.refusal[1] if one.refusal else None,
            "change_id": one.change_id,
        }
        for id, one in settled.items()
    ]
    if rows:
        bound = {"rows": to_json(rows).decode(), "ground": ground, "actor": caller_of(session).subject}
        await session.execute(_NOTE, bound)


async def is_over(session: AsyncSession, id: UUID) -> bool:
    """Whether the days for which differences are kept are over."""
    return bool((await session.execute(_IS_OVER, {"id": id})).scalar_one())


async def forget(session: AsyncSession, id: UUID, counted: Sequence[object]) -> None:
    """Drop what differed and who it was; how many there were stays."""
    connection = await raw(session)
    await session.execute(_COUNTED, {"id": id, "counted": to_json(counted).decode()})
    for table in ("reconciliation_difference", "reconciliation_household", "reconciliation_seen"):
        await connection.execute(f"DELETE FROM {table} WHERE reconciliation_id = $1", id)
