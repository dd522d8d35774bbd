"""One stretch of a register under the rules: whole villages of one county, in one transaction.

Typed columns are made once, then every rule goes over them in one reading of persons and one of households. The same
text serves a stretch of a county and one household.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.records import IDENTITY
from services.registry.verification.checks import queries
from services.registry.verification.checks.policies import COUNTED, thresholds
from services.registry.verification.checks.records import (
    SCOPES,
    Found,
    Parsed,
    Rule,
    Scope,
    Task,
    Thresholds,
)
from services.registry.verification.checks.rules import columns, listed, parse, record
from shared.names.identity import DocumentKind
from shared.security.crypto import KeyRing

_STRETCH = "m.division >= :low AND m.division < :high"
_ONE = "m.household_id = CAST(:household_id AS uuid)"

# Who lives in the households now. A number's length and last four characters show through its mask; birth dates in
# numbers that are no checked ones (:odd_ids, :odd_born) were deciphered before.
_PERSONS = """
    SELECT m.household_id, m.person_id, m.relation, m.sex, m.born,
        CAST(extract(year FROM age(CAST(:as_of AS date), m.born)) AS integer) AS age,
        m.document_kind AS document, char_length(m.identity_masked) AS digits,
        CASE WHEN m.document_kind IN ('resident', 'invalid', 'disability')
                AND substr(m.identity_masked, 17, 1) BETWEEN '0' AND '9'
            THEN CASE WHEN CAST(substr(m.identity_masked, 17, 1) AS integer) % 2 = 1 THEN '男' ELSE '女' END
        END AS number_sex,
        odd.number_born, nullif(substr(m.identity_masked, 19, 1), '') AS card_kind,
        nullif(substr(m.identity_masked, 20, 1), '') AS card_grade,
        twin.same_in_county, twin.same_in_city, twin.same_in_province, {items}
    FROM member_now m
    CROSS JOIN LATERAL jsonb_to_record(m.facts) AS f({record})
    LEFT JOIN unnest(CAST(:odd_ids AS uuid[]), CAST(:odd_born AS date[])) AS odd(id, number_born)
        ON odd.id = m.person_id
    LEFT JOIN unchecked_twins(:low, :high) AS twin ON twin.person_id = m.person_id
    WHERE {which}
"""
_HOUSEHOLDS = """
    SELECT m.*, counted.*, coalesce(helped.helpers, 0) AS helpers, coalesce(helped.poor_helpers, 0) AS poor_helpers,
        coalesce(planned.measures, 0) AS measures, coalesce(planned.batches, '{{}}') AS batches, {items} FROM (
        SELECT id AS household_id, division, version, status, attribute, main_cause, other_causes,
            phone IS NOT NULL AS has_phone, bank_card IS NOT NULL AS has_card, facts
        FROM household WHERE status <> 'removed') AS m
    CROSS JOIN LATERAL jsonb_to_record(m.facts) AS f({record})
    LEFT JOIN (
        SELECT household_id AS counted_of, count(*) AS persons, count(*) FILTER (WHERE relation = '户主') AS heads,
            max(sex) FILTER (WHERE relation = '户主') AS head_sex,
            max(age) FILTER (WHERE relation = '户主') AS head_age,
            max(sex) FILTER (WHERE relation = '配偶') AS spouse_sex,
            count(*) FILTER (WHERE relation = '配偶') AS spouses,
            count(*) FILTER (WHERE relation = '之父') AS fathers,
            count(*) FILTER (WHERE relation = '之母') AS mothers,
            count(*) FILTER (WHERE relation = ANY({relations_married})) AS married,
            count(*) FILTER (WHERE cardinality(health) > 0) AS health_known,
            count(*) FILTER (WHERE health && ARRAY['长期慢性病', '患有大病']) AS ill,
            count(*) FILTER (WHERE '残疾' = ANY(health)) AS disabled,
            count(labour) AS labour_known, count(*) FILTER (WHERE labour = ANY({labour_able})) AS workers,
            count(school) AS school_known, count(*) FILTER (WHERE school = ANY({schools_senior})) AS seniors,
            count(work_months) AS work_known, count(*) FILTER (WHERE work_months > 0) AS working,
            count(*) FILTER (WHERE age >= {pension_age}) AS pensionable,
            count(on_allowance) AS allowance_known, count(*) FILTER (WHERE on_allowance) AS on_allowance_members,
            count(five_guarantees) AS five_known, count(*) FILTER (WHERE five_guarantees) AS five_members
        FROM checked_person GROUP BY household_id) AS counted ON counted.counted_of = m.household_id
    LEFT JOIN (
        SELECT r.household_id AS helped_of, count(*) AS helpers, count(*) FILTER (WHERE EXISTS (
            SELECT FROM staff s JOIN member_now lives ON lives.identity_index = s.identity_index
            JOIN household poor ON poor.id = lives.household_id AND poor.status = 'registered'
            WHERE s.id = r.staff_id)) AS poor_helpers
        FROM responsibility r
        WHERE r.role = 'helper' AND r.division >= :low AND r.division < :high
          AND held_on(r.started_on, r.ended_on, :as_of)
        GROUP BY r.household_id) AS helped ON helped.helped_of = m.household_id
    LEFT JOIN (
        SELECT household_id AS planned_of, count(*) AS measures, array_agg(DISTINCT batch) AS batches
        FROM household_measure WHERE division >= :low AND division < :high GROUP BY household_id
    ) AS planned ON planned.planned_of = m.household_id
    WHERE {which}
"""
# OFFSET 0: each row's array is made once, before it is unfolded.
_BROKEN = """
    SELECT (CAST(:{scope}_rules AS text[]))[n] AS rule, broken.division, broken.household_id, broken.version,
        {person} AS person_id, CASE n {evidence} END AS evidence
    FROM (
        SELECT *, array_remove(ARRAY[{cases}], NULL) AS numbers
        FROM checked_household {joined} OFFSET 0) AS broken
    CROSS JOIN LATERAL unnest(broken.numbers) AS n
"""
_PERSON_JOIN = "JOIN checked_person USING (household_id)"

_ODD_NUMBERS = """
    SELECT p.id, p.identity_number, p.document_kind FROM person p
    WHERE p.division >= :low AND p.division < :high AND p.identity_index IS NULL AND p.identity_number IS NOT NULL
      AND p.document_kind IN ('invalid', 'old15')
"""
_KEEP = """
    INSERT INTO data_check_finding (check_id, rule, division, household_id, version, person_id, evidence)
    SELECT CAST(:check_id AS uuid), rule, division, household_id, version, person_id, evidence FROM ({found}) AS found
"""
_OF_HOUSEHOLD = """
    WITH checked_person AS MATERIALIZED ({persons}), checked_household AS MATERIALIZED ({households})
    SELECT rule, division, household_id, version, person_id, coalesce(person_id, household_id), evidence
    FROM ({found}) AS found ORDER BY rule, person_id
"""


async def county_thresholds(session: AsyncSession, task: Task, on: date) -> Thresholds:
    """The thresholds of the county in which a stretch lies."""
    return await thresholds(session, task.rules, task.low[:6], on)


async def search(session: AsyncSession, keys: KeyRing, task: Task, using: Thresholds, check_id: UUID) -> None:
    """Look through a stretch and keep what is found."""
    bind = await _bindings(session, keys, task, using)
    # Compiling a hundred conditions takes longer than a stretch of them.
    await session.execute(text("SET LOCAL jit = off"))
    await session.execute(text("SET LOCAL work_mem = '64MB'"))
    for table, select in (
        ("checked_person", _persons(_STRETCH)),
        ("checked_household", _households(_STRETCH, using)),
    ):
        await session.execute(text(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {select}"), bind)
        await session.execute(text(f"ANALYZE {table}"))
    for scope in SCOPES:
        if some := task.of(scope):
            found = _broken(some, scope, using)
            await session.execute(text(_KEEP.format(found=found)), bind | {"check_id": check_id})
    await queries.note_stretch(session, check_id, task, using)


async def of_household(
    session: AsyncSession, keys: KeyRing, task: Task, using: Thresholds, household_id: UUID
) -> list[Found]:
    """The findings of one household now, by the same conditions; nothing is kept."""
    bind = await _bindings(session, keys, task, using) | {"household_id": household_id}
    found = " UNION ALL ".join(_broken(some, scope, using) for scope in SCOPES if (some := task.of(scope)))
    statement = _OF_HOUSEHOLD.format(persons=_persons(_ONE), households=_households(_ONE, using), found=found)
    return [Found(*row) for row in await session.execute(text(statement), bind)]


async def _bindings(session: AsyncSession, keys: KeyRing, task: Task, using: Thresholds) -> dict[str, object]:
    odd = dict([one async for one in _odd_births(session, keys, task)])
    return {
        "low": task.low,
        "high": task.high,
        "as_of": task.as_of,
        "odd_ids": list(odd),
        "odd_born": list(odd.values()),
        **{name: one.value for name, one in using.items()},
        **{f"{scope}_rules": [rule.id for rule in task.of(scope)] for scope in SCOPES},
    }


async def _odd_births(session: AsyncSession, keys: KeyRing, task: Task) -> AsyncIterator[tuple[UUID, date]]:
    """The birth dates in numbers that are no checked ones, where they hold one."""
    for row in await session.execute(text(_ODD_NUMBERS), {"low": task.low, "high": task.high}):
        number = keys.decrypt(row.identity_number, field=IDENTITY, record=str(row.id))
        digits = f"19{number[6:12]}" if row.document_kind == DocumentKind.OLD15 else number[6:14]
        try:
            yield row.id, date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        except ValueError:
            continue


def _persons(which: str) -> str:
    """The persons of a stretch (``_STRETCH``) or of a household (``_ONE``), typed."""
    return _PERSONS.format(items=listed("member"), record=record("member"), which=which)


def _households(which: str, thresholds: Thresholds) -> str:
    """Their households, typed, with what is counted of their members."""
    counted = {name: _bound(name, thresholds) for name in COUNTED}
    return _HOUSEHOLDS.format(items=listed("household"), record=record("household"), which=which, **counted)


def _broken(rules: Sequence[Rule], scope: Scope, thresholds: Thresholds) -> str:
    """Who breaks which of the rules of a scope, with the evidence. Bind ``<scope>_rules`` to the rules' ids."""
    some = [(n, parse(rule)) for n, rule in enumerate(rules, 1)]
    person = scope == "person"
    return _BROKEN.format(
        scope=scope,
        person="broken.person_id" if person else "CAST(NULL AS uuid)",
        cases=", ".join(
            f"CASE WHEN {_condition(parsed, thresholds)} THEN CAST({n} AS smallint) END" for n, parsed in some
        ),
        evidence=" ".join(f"WHEN {n} THEN {_evidence(parsed)}" for n, parsed in some),
        joined=_PERSON_JOIN if person else "",
    )


def _bound(name: str, thresholds: Thresholds) -> str:
    """A threshold as a typed parameter."""
    return f"CAST(:{name} AS {thresholds[name].sql})"


def _condition(parsed: Parsed, thresholds: Thresholds) -> str:
    return " ".join(_bound(value[1:], thresholds) if kind == "bound" else value for kind, value in parsed.tokens)


def _evidence(parsed: Parsed) -> str:
    named = [columns()[name] for name in parsed.columns]
    shown = ", ".join(f"'{one.shown}', broken.{one.name}{'::text' if one.measured else ''}" for one in named)
    return f"jsonb_build_object({shown})"
