"""SQL of imports: what was asked, how far it is, what became of each line."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports.places import Places, places_of
from services.registry.exchange.imports.records import (
    NOTHING,
    Counts,
    Entering,
    Import,
    Marked,
    Options,
    Outcomes,
    Registered,
    Standing,
)
from services.registry.exchange.imports.schemas import ImportState
from services.registry.exchange.imports.twice import MOST
from services.registry.exchange.layouts.records import Given, Plan
from services.registry.register.changes.records import Judged
from services.registry.register.households.records import Key
from shared.database.session import caller_of, raw
from shared.names.divisions import within
from shared.sheets import chunks
from shared.sheets import queries as files

_ADD = text("""
    INSERT INTO import (id, job_id, division, mode, preview, first_load, language, given, kept_until, level)
    VALUES (:id, :id, :division, :mode, :preview, :first_load, :language, CAST(:given AS jsonb), :kept_until,
        CASE WHEN :first_load THEN 'county' END)
""")
_LAYOUT = text("UPDATE import SET layout = :layout, unknown = :unknown, not_kept = :not_kept WHERE id = :id")
_SURVEY = text("UPDATE import SET apart = CAST(:apart AS jsonb), twice = :twice WHERE id = :id")
_GET = text("""
    SELECT id, division, mode, preview, first_load, language, given, created, rejected, marked, apart, twice
    FROM import WHERE id = :id
""")
_STANDS = """CASE WHEN i.decision = 'refused' THEN 'refused' WHEN j.status = 'failed' THEN 'failed'
    WHEN j.status <> 'done' THEN
        CASE WHEN j.args ? 'load' OR j.state ->> 'phase' = 'load' THEN 'loading' ELSE 'checking' END
    WHEN i.job_id <> i.id OR i.asked_by IS NULL AND NOT i.preview THEN 'done'
    WHEN i.kept_until <= business_now() OR f.forgotten_at IS NOT NULL THEN 'expired'
    WHEN i.asked_by IS NULL THEN 'checked' ELSE 'waiting' END AS state"""
_OF = "FROM import i JOIN data_file f ON f.id = i.id JOIN job j ON j.id = i.job_id WHERE i.id = :id"
_STATE = text(f"""
    SELECT i.id, {_STANDS}, j.status, j.state ->> 'phase' AS phase, i.mode, f.kind, i.preview, i.first_load, i.layout,
        i.unknown, i.not_kept, j.done, j.total, i.created, i.unchanged, i.corrected, i.rejected, i.persons,
        i.marked IS NOT NULL AS marked, j.problem, f.recorded_at, f.recorded_by, i.kept_until, i.level, i.asked_by,
        i.asked_at, i.due_on, i.decision, i.decided_by, i.decided_at, i.ground {_OF}
""")
_LOCK = text("SELECT FROM import WHERE id = :id FOR UPDATE")
_STANDING = text(f"""
    SELECT i.id, i.division, i.mode, i.first_load, i.layout, i.created, i.persons, i.rejected, i.level, i.kept_until,
        {_STANDS}, f.recorded_by AS sent_by, i.asked_by, i.decision, i.decided_by {_OF}
""")
_LOAD = text("UPDATE import SET job_id = :job WHERE id = :id")
_KEEP_UNTIL = text("UPDATE import SET kept_until = :until WHERE id = :id AND kept_until < :until")
_IS_OVER = text("SELECT kept_until <= business_now() FROM import WHERE id = :id")
_ASK = text("""
    UPDATE import SET asked_by = :actor, asked_at = business_now(), due_on = :due_on WHERE id = :id
""")
_DECIDE = text("""
    UPDATE import SET decision = :decision, ground = :ground, decided_by = :actor, decided_at = business_now()
    WHERE id = :id
""")
TASKS = text("""
    SELECT i.id, i.division, i.first_load, i.created, i.persons, i.due_on
    FROM import i JOIN data_file f ON f.id = i.id
    WHERE i.asked_by IS NOT NULL AND i.decision IS NULL AND i.kept_until > business_now()
      AND i.division >= :low AND i.division < :high AND i.level = ANY(:levels)
      AND :me NOT IN (person_key(i.asked_by), person_key(f.recorded_by)) AND (i.due_on, i.id) > (:due_on, :id)
    ORDER BY i.due_on, i.id LIMIT :limit
""")
_CLOSED = text("SELECT max(year) FROM year_close WHERE division >= :low AND division < :high")
_KEEP_OPEN = text("SELECT lock_year_close(false)")
_JUDGED = """
    SELECT asked.place, asked.year, direct.level, direct.refusal, direct.detail
    FROM unnest($1::text[], $2::integer[]) AS asked(place, year)
    CROSS JOIN LATERAL may_decide_directly($3, asked.place, 'identified', make_date(asked.year, 1, 1)) AS direct
"""
_NOTE_LEVEL = """
    UPDATE import SET level = (SELECT level FROM unnest($2::text[] || level) AS level
        ORDER BY array_position(ARRAY['county', 'town', 'village'], level) LIMIT 1) WHERE id = $1
"""
_MARKED = text("""
    SELECT i.division, f.kind, i.marked AS file, f.recorded_by AS sent_by, f.encoding FROM import i JOIN data_file f ON f.id = i.id
    WHERE i.id = :id
""")
_DIVISIONS = text("""
    SELECT code, name FROM division_now
    WHERE (code >= :low AND code < :high) OR code IN (left(:low, 6), left(:low, 9))
""")
_ANALYZE = text("SELECT analyze_register()")
_COUNT = """
    UPDATE import SET created = created + $2, unchanged = unchanged + $3, corrected = corrected + $4,
        rejected = rejected + $5, persons = persons + $6 WHERE id = $1
"""
_REGISTERED = text("""
    SELECT h.id, h.number, h.version, h.identified_on, h.attribute, h.main_cause, h.other_causes, h.facts,
        head.name AS head, encode(head.identity_index, 'hex') AS head_index
    FROM household h LEFT JOIN member_now head ON head.household_id = h.id AND head.relation = '户主'
    WHERE h.number = ANY(:numbers)
""")
_SEEN = """
    INSERT INTO import_seen (import_id, division, value) SELECT $1, $2, unnest($3::text[])
    ON CONFLICT DO NOTHING RETURNING value
"""
_KEEP_OUTCOMES = """
    INSERT INTO import_outcome (import_id, division, line, letters) VALUES ($1, $2, $3, $4)
    ON CONFLICT (import_id, line) DO UPDATE SET letters = EXCLUDED.letters
"""
# The stretch that holds a line begins at or before it.
_OUTCOMES = """
    SELECT line, letters FROM import_outcome WHERE import_id = $1 AND line < $3
        AND line >= coalesce((SELECT max(line) FROM import_outcome WHERE import_id = $1 AND line <= $2), $2)
    ORDER BY line
"""
_KEEP_READY = "INSERT INTO import_ready (import_id, division, line, against, content) VALUES ($1, $2, $3, $4, $5)"
# What was kept with a household of a stretch may begin before it.
_READY = """
    SELECT line, content FROM import_ready WHERE import_id = $1 AND against = $2 AND line < $4
        AND line >= coalesce((SELECT max(line) FROM import_ready WHERE import_id = $1 AND line <= $3), $3)
    ORDER BY line
"""
_NOTHING_DONE = "UPDATE import SET created = 0, unchanged = 0, rejected = 0, persons = 0, corrected = 0 WHERE id = $1"
_NOT_LOADED = "UPDATE import SET created = 0, persons = 0, corrected = 0 WHERE id = $1"


async def add(session: AsyncSession, id: UUID, options: Options, given: Given, until: datetime) -> None:
    """Note an import of a file that is kept until some moment; it and its first job share one id."""
    row = {"id": id, "division": caller_of(session).division, "given": json.dumps(given.to_json())}
    await session.execute(_ADD, row | options.to_json() | {"kept_until": until})


async def note_layout(session: AsyncSession, id: UUID, plans: Sequence[Plan]) -> None:
    """Note what the headers of the file say, each column once."""
    unknown = list(dict.fromkeys(name for plan in plans for name in plan.unknown))
    not_kept = list(dict.fromkeys(name for plan in plans for name in plan.not_kept))
    said = {"unknown": unknown, "not_kept": not_kept, "layout": plans[0].layout.key}
    await session.execute(_LAYOUT, said | {"id": id})


async def note_survey(
    session: AsyncSession, id: UUID, apart: Mapping[str, list[int]], twice: Collection[Key]
) -> None:
    """Note the households whose lines do not stand together, and what may stand twice in the file."""
    listed = list(twice) if len(twice) <= MOST else None
    await session.execute(_SURVEY, {"id": id, "apart": json.dumps(apart), "twice": listed})


async def get(session: AsyncSession, id: UUID) -> Import:
    """An import as it was asked for."""
    row = (await session.execute(_GET, {"id": id})).one()
    options, given = Options(row.mode, row.preview, row.first_load, row.language), Given.from_json(row.given)
    twice = None if row.twice is None else frozenset(row.twice)
    return Import(row.id, row.division, options, given, row.created, row.rejected, row.marked, row.apart, twice)


async def state(session: AsyncSession, id: UUID) -> ImportState | None:
    """How far an import is."""
    row = (await session.execute(_STATE, {"id": id})).one_or_none()
    return ImportState.model_validate(row) if row else None


async def standing(session: AsyncSession, id: UUID, *, lock: bool = False) -> Standing | None:
    """What decides about an import. ``lock`` it, and it stays so until the transaction ends."""
    if lock:
        await session.execute(_LOCK, {"id": id})
    row = (await session.execute(_STANDING, {"id": id})).one_or_none()
    return Standing(*row) if row else None


async def note_load(session: AsyncSession, id: UUID, job: UUID) -> None:
    """Note the job that loads what was checked."""
    await session.execute(_LOAD, {"id": id, "job": job})


async def keep_until(session: AsyncSession, id: UUID, until: datetime) -> None:
    """Keep what came at least until some moment."""
    await session.execute(_KEEP_UNTIL, {"id": id, "until": until})


async def is_over(session: AsyncSession, id: UUID) -> bool:
    """Whether the days for which a file is kept are over."""
    return bool((await session.execute(_IS_OVER, {"id": id})).scalar_one())


async def ask(session: AsyncSession, id: UUID, due_on: date) -> None:
    """Note that somebody asks for an import to be loaded, and by when another person decides."""
    await session.execute(_ASK, {"id": id, "due_on": due_on, "actor": caller_of(session).subject})


async def decide(session: AsyncSession, id: UUID, decision: str, ground: str) -> None:
    """Note what another person has decided."""
    said = {"id": id, "decision": decision, "ground": ground}
    await session.execute(_DECIDE, said | {"actor": caller_of(session).subject})


async def closed_year(session: AsyncSession, division: str) -> int | None:
    """The last year that is closed in a division."""
    year: int | None = (await session.execute(_CLOSED, within(division))).scalar()
    return year


async def keep_years_open(session: AsyncSession) -> None:
    """No year is closed from here until the transaction ends; what was closed before is seen."""
    await session.execute(_KEEP_OPEN)


async def judged(session: AsyncSession, office: str, asked: Collection[Entering]) -> dict[Entering, Judged]:
    """What the policy ``changes.direct`` says of households that an office registers by itself."""
    places, years = [one.place for one in asked], [one.year for one in asked]
    rows = await (await raw(session)).fetch(_JUDGED, places, years, office)
    return {Entering(*row[:2]): Judged(*row[2:]) for row in rows}


async def note_levels(session: AsyncSession, id: UUID, levels: Collection[str]) -> None:
    """Note the lowest levels that may release parts of an import: the highest of them counts for all of it."""
    await (await raw(session)).execute(_NOTE_LEVEL, id, list(levels))


async def marked(session: AsyncSession, id: UUID) -> Marked | None:
    """The file that goes back."""
    row = (await session.execute(_MARKED, {"id": id})).one_or_none()
    return Marked(*row) if row else None


async def places(session: AsyncSession, prefix: str) -> Places:
    """The villages of a division as they are today."""
    rows = await session.execute(_DIVISIONS, within(prefix))
    return places_of((row.code, row.name) for row in rows)


async def registered(session: AsyncSession, numbers: Sequence[str]) -> dict[str, Registered]:
    """The households with some numbers as they are now, by number."""
    return {row.number: Registered(*row) for row in await session.execute(_REGISTERED, {"numbers": list(numbers)})}


async def count(session: AsyncSession, id: UUID, found: Counts) -> None:
    """Add to an import's counts."""
    counted = found.created, found.unchanged, found.corrected, found.rejected, found.persons
    await (await raw(session)).execute(_COUNT, id, *counted)


async def seen_before(session: AsyncSession, asked: Import, keys: Sequence[Key]) -> set[Key]:
    """Which of some keys an earlier part of the same file has shown; of the others, those that may come again are
    noted.
    """
    if asked.twice is not None:
        keys = [key for key in keys if key in asked.twice]
    if not keys:
        return set()
    fresh = await (await raw(session)).fetch(_SEEN, asked.id, asked.division, list(keys))
    return set(keys) - {row["value"] for row in fresh}


async def keep_outcomes(session: AsyncSession, asked: Import, outcomes: Outcomes) -> None:
    """Keep what became of the lines of a stretch."""
    await (await raw(session)).execute(_KEEP_OUTCOMES, asked.id, asked.division, outcomes.first, outcomes.letters)


async def outcomes(session: AsyncSession, id: UUID, first: int, lines: int) -> list[str]:
    """A letter for each of some lines."""
    said = [NOTHING] * lines
    for row in await (await raw(session)).fetch(_OUTCOMES, id, first, first + lines):
        for at, letter in enumerate(row["letters"], row["line"] - first):
            if 0 <= at < lines:
                said[at] = letter
    return said


async def keep_ready(session: AsyncSession, asked: Import, line: int, against: str, content: str) -> None:
    """Keep households for the load."""
    await (await raw(session)).execute(_KEEP_READY, asked.id, asked.division, line, against, content)


async def ready(session: AsyncSession, asked: Import, against: str, first: int, behind: int) -> list[tuple[int, str]]:
    """What is kept of the households of some lines, if they were checked against the same."""
    rows = await (await raw(session)).fetch(_READY, asked.id, against, first, behind)
    return [(row["line"], row["content"]) for row in rows]


async def begin_again(session: AsyncSession, id: UUID) -> None:
    """Forget what a check found, before the load finds it again."""
    await files.clear_mistakes(session, id)
    await _forget_lines(session, id)
    await (await raw(session)).execute(_NOTHING_DONE, id)


async def note_not_loaded(session: AsyncSession, id: UUID) -> None:
    """What was checked was not loaded: nothing was created."""
    await (await raw(session)).execute(_NOT_LOADED, id)


async def analyze(session: AsyncSession) -> None:
    """Let the planner know of what was loaded."""
    await session.execute(_ANALYZE)


async def forget(session: AsyncSession, id: UUID) -> None:
    """Drop what came: it was personal, and its outcome is in the register and in the marked file."""
    await files.forget(session, id)
    await _forget_lines(session, id)
    await (await raw(session)).execute("DELETE FROM import_ready WHERE import_id = $1", id)
    await note_survey(session, id, {}, ())


async def _forget_lines(session: AsyncSession, id: UUID) -> None:
    connection: asyncpg.Connection = await raw(session)
    await connection.execute("DELETE FROM import_seen WHERE import_id = $1", id)
    await connection.execute("DELETE FROM import_outcome WHERE import_id = $1", id)


async def keep_marked(session: AsyncSession, id: UUID, file: UUID) -> None:
    """Note the file that goes back."""
    await (await raw(session)).execute("UPDATE import SET marked = $2 WHERE id = $1", id, file)


async def forget_marked(session: AsyncSession, id: UUID) -> None:
    """Drop what was to go back."""
    connection: asyncpg.Connection = await raw(session)
    await chunks.forget(session, await connection.fetchval("SELECT marked FROM import WHERE id = $1", id))
    await connection.execute("UPDATE import SET marked = NULL WHERE id = $1", id)
