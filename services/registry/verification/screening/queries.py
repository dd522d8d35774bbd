"""Records beside persons, set-based: one statement a way of matching, whatever the number of either."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.screening.records import (
    Document,
    Matched,
    Rated,
    Rule,
    Run,
    Scope,
    Stranger,
    Way,
)
from services.registry.verification.screening.schemas import SwitchIn
from shared.database.session import caller_of
from shared.names.divisions import within
from shared.names.grams import sound

# The current records of a feed that say what a rule looks for. ``when`` is a JSON list of conditions.
_RECORDS = """
    r AS MATERIALIZED (
        SELECT * FROM feed_record_now f
        WHERE f.division >= :low AND f.division < :high AND f.feed = :feed
          AND (f.ended_on IS NULL OR f.ended_on > :today) AND (f.from_on IS NULL OR f.from_on <= :today)
          AND NOT EXISTS (
              SELECT FROM jsonb_to_recordset(CAST(:when AS jsonb)) AS c(field text, one_of jsonb, at_least numeric)
              WHERE NOT coalesce(CASE WHEN c.one_of IS NOT NULL THEN jsonb_exists(c.one_of, f.details ->> c.field)
                  ELSE CAST(f.details ->> c.field AS numeric) >= c.at_least END, false))
    )
"""
_PEOPLE = """
    people AS (
        SELECT p.person_id, p.name, p.born, p.identity_index, p.identity_masked, p.household_id, h.division
        FROM household h
        JOIN member_now p ON p.household_id = h.id
        WHERE h.division >= :low AND h.division < :high AND h.status <> 'removed'
    )
"""
_PAIRS = """
    SELECT r.record_id, r.record_no, r.version, r.name, r.born, r.village, r.identity_masked AS number,
        r.identity_index IS NOT NULL AS numbered, r.details, r.from_on, p.person_id, p.name AS person_name,
        p.born AS person_born, p.identity_masked AS person_number, p.household_id, p.division
    FROM r JOIN people p ON {on} ORDER BY r.record_id, p.person_id
"""
_ON: dict[Way, str] = {
    "identity": "p.identity_index = r.identity_index",
    # Where the department has the number, the number decides; names are for records without one.
    "name_born": "r.identity_index IS NULL AND p.name = r.name AND p.born = r.born",
    "name_village": "r.identity_index IS NULL AND p.name = r.name AND p.division = r.village"
    " AND (r.born IS NULL OR r.born = p.born)",
    "pinyin_born": "r.identity_index IS NULL AND p.name <> r.name AND p.born = r.born AND EXISTS"
    " (SELECT FROM spoken s WHERE s.name = p.name AND s.pinyin = r.pinyin)",
    "pinyin_village": "r.identity_index IS NULL AND p.name <> r.name AND p.division = r.village"
    " AND (r.born IS NULL OR r.born = p.born) AND EXISTS"
    " (SELECT FROM spoken s WHERE s.name = p.name AND s.pinyin = r.pinyin)",
}
_MATCHED = {way: text(f"WITH {_RECORDS}, {_PEOPLE} {_PAIRS.format(on=on)}") for way, on in _ON.items()}

# Records about people of whom no household on the register (or that has left poverty) knows.
_STRANGERS = text(f"""
    WITH {_RECORDS}, known AS (
        SELECT p.identity_index, p.name, p.born FROM household h
        JOIN member_now p ON p.household_id = h.id
        WHERE h.division >= :low AND h.division < :high AND h.status <> 'removed'
    )
    SELECT r.record_id, r.record_no, r.version, r.name, r.identity_masked AS number, r.details, r.from_on,
        coalesce(r.village, r.division) AS division
    FROM r
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.identity_index = r.identity_index)
      AND NOT EXISTS (SELECT FROM known k WHERE r.identity_index IS NULL AND k.name = r.name AND k.born = r.born)
      AND (r.identity_index IS NOT NULL OR r.born IS NOT NULL)
    ORDER BY r.record_id
""")

# Persons whose number is not a checked identity number.
_DOCUMENTS = text("""
    SELECT p.person_id, p.name, p.document_kind, p.identity_masked AS number, p.household_id, h.division
    FROM household h
    JOIN member_now p ON p.household_id = h.id
    WHERE h.division >= :low AND h.division < :high AND h.status <> 'removed'
      AND p.document_kind = ANY(:kinds)
    ORDER BY p.person_id
""")

_DOCUMENTS_OF = text("""
    SELECT p.person_id, p.name, p.document_kind, p.identity_masked AS number, p.household_id, h.division
    FROM member_now p JOIN household h ON h.id = p.household_id
    WHERE p.person_id = ANY(:ids) ORDER BY p.person_id
""")

# How the names of people on the register, or who left poverty, sound, for records without a number.
_NAMES = text("""
    SELECT DISTINCT p.name FROM household h
    JOIN member_now p ON p.household_id = h.id
    WHERE h.division >= :low AND h.division < :high AND h.status <> 'removed'
""")
_UNNUMBERED = text("""
    SELECT EXISTS (SELECT FROM feed_record_now WHERE division >= :low AND division < :high AND feed = :feed
        AND identity_index IS NULL)
""")
_SPOKEN = (
    text("CREATE TEMPORARY TABLE IF NOT EXISTS spoken (name text, pinyin text) ON COMMIT DROP"),
    text("""
        INSERT INTO spoken (name, pinyin)
        SELECT name, pinyin FROM unnest(CAST(:names AS text[]), CAST(:pinyin AS text[])) AS s(name, pinyin)
    """),
    text("ANALYZE spoken"),
)
_START = text("INSERT INTO screening (id, division, rules, recorded_by) VALUES (:id, :division, :rules, :actor)")
_RESULT = text("UPDATE screening SET results = results || CAST(:result AS jsonb) WHERE id = :id")
_RUN = text("SELECT id, division, rules FROM screening WHERE id = :id")
_STATE = """
    SELECT s.id, s.division, s.rules, s.results, s.recorded_at, s.recorded_by, j.status, j.done, j.total, j.problem
    FROM screening s
"""
STATE = text(f"{_STATE} JOIN job j ON j.id = s.id WHERE s.id = :id")
STATES = text(f"""{_STATE} CROSS JOIN LATERAL (SELECT * FROM job WHERE job.id = s.id LIMIT 1) AS j
    WHERE s.division >= :low AND s.division < :high AND (s.division, s.id) > (:division, CAST(:id AS uuid))
    ORDER BY s.division, s.id LIMIT :limit
""")
_RATED = text("""
    SELECT rule, count(*) AS raised, count(*) FILTER (WHERE status <> 'closed') AS open,
        count(*) FILTER (WHERE status = 'closed' AND upheld) AS upheld,
        count(*) FILTER (WHERE status = 'closed' AND NOT upheld) AS denied,
        round(avg(upheld::integer) FILTER (WHERE status = 'closed'), 4)::text AS share
    FROM doubt WHERE division >= :low AND division < :high AND raised_on >= :since AND raised_on <= :until
    GROUP BY rule ORDER BY rule
""")
_OFF = text("SELECT rule FROM unnest(CAST(:rules AS text[])) AS rule WHERE rule_is_off(rule, :division)")
_SWITCHED = text("SELECT id, division, rule, enabled, reason FROM rule_switch WHERE id = ANY(:ids)")
_SWITCH = text("""
    INSERT INTO rule_switch (id, division, rule, enabled, reason, hit_rate, recorded_by)
    VALUES (:id, :division, :rule, :enabled, :reason, CAST(:hit_rate AS jsonb), :actor)
""")
SWITCHES = text("""
    SELECT id, division, rule, enabled, reason, hit_rate, effective_on, recorded_at, recorded_by FROM rule_switch
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")


async def matched(session: AsyncSession, rule: Rule, scope: Scope, way: Way) -> list[Matched]:
    """The records that a rule looks for beside the persons whom they fit in one way."""
    return [Matched(*row) for row in await session.execute(_MATCHED[way], _bound(rule, scope))]


async def strangers(session: AsyncSession, rule: Rule, scope: Scope) -> list[Stranger]:
    """The records that a rule looks for whose person is on no register."""
    return [Stranger(*row) for row in await session.execute(_STRANGERS, _bound(rule, scope))]


async def documents(session: AsyncSession, kinds: list[str], scope: Scope) -> list[Document]:
    """Persons with some kinds of document in place of an identity number."""
    bound = {**within(scope.division), "kinds": kinds}
    return [Document(*row) for row in await session.execute(_DOCUMENTS, bound)]


async def documents_of(session: AsyncSession, persons: Sequence[UUID]) -> list[Document]:
    """The documents of some persons who live in a household."""
    return [Document(*row) for row in await session.execute(_DOCUMENTS_OF, {"ids": list(persons)})]


async def prepare_sounds(session: AsyncSession, rule: Rule, scope: Scope) -> bool:
    """Make the names of registered people sound, for the records of a rule without a number; False where all have one."""
    place = within(scope.division)
    if not (await session.execute(_UNNUMBERED, {**place, "feed": rule.feed})).scalar_one():
        return False
    names = list((await session.execute(_NAMES, place)).scalars())
    create, fill, analyze = _SPOKEN
    await session.execute(create)
    await session.execute(fill, {"names": names, "pinyin": [sound(name) for name in names]})
    await session.execute(analyze)
    return True


def _bound(rule: Rule, scope: Scope) -> dict[str, object]:
    when = json.dumps([one.model_dump(mode="json") for one in rule.when], ensure_ascii=False)
    return {**within(scope.division), "feed": rule.feed, "today": scope.today, "when": when}


async def start(session: AsyncSession, id: UUID, division: str, rules: list[str]) -> None:
    """Note a run."""
    bound = {"id": id, "division": division, "rules": rules, "actor": caller_of(session).subject}
    await session.execute(_START, bound)


async def run(session: AsyncSession, id: UUID) -> Run:
    """A run as it was asked for."""
    return Run(*(await session.execute(_RUN, {"id": id})).one())


async def note_result(session: AsyncSession, id: UUID, rule: str, found: int, raised: int) -> None:
    """Note what a rule of a run found, and how many doubts of it are new."""
    result = {rule: {"found": found, "raised": raised}}
    await session.execute(_RESULT, {"id": id, "result": json.dumps(result)})


async def rated(session: AsyncSession, division: str, since: date, until: date) -> dict[str, Rated]:
    """How often each rule that raised a doubt in a division was right."""
    rows = await session.execute(_RATED, {**within(division), "since": since, "until": until})
    return {row.rule: Rated(*row) for row in rows}


async def switched_off(session: AsyncSession, division: str, rules: list[str]) -> set[str]:
    """Which of some rules are switched off in a division."""
    return set((await session.execute(_OFF, {"rules": rules, "division": division})).scalars())


async def switched(session: AsyncSession, ids: list[UUID]) -> dict[UUID, SwitchIn]:
    """The switches that stand under some ids."""
    rows = await session.execute(_SWITCHED, {"ids": ids})
    return {row.id: SwitchIn.model_validate(row, from_attributes=True) for row in rows}


async def switch(session: AsyncSession, items: Iterable[tuple[SwitchIn, Rated]]) -> None:
    """Switch rules, each with its hit rate at that moment."""
    actor = caller_of(session).subject
    rows = [one.model_dump() | {"hit_rate": json.dumps(rate.to_json()), "actor": actor} for one, rate in items]
    await session.execute(_SWITCH, rows)
