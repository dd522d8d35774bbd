"""The SQL of an audit: typed columns made once, then every rule over them in one reading of persons and one of
households. The same text serves a stretch of a county and one household.
"""

from collections.abc import Sequence

from services.registry.verification.checks.catalogue import Parsed, Rule, Scope, parse
from services.registry.verification.checks.columns import columns, listed, record
from services.registry.verification.checks.thresholds import Threshold

STRETCH = "m.division >= :low AND m.division < :high"
ONE = "m.household_id = CAST(:household_id AS uuid)"

# Who lives in the households now. A number's length and last four characters show through its mask; birth dates in
# numbers that are no checked ones (:odd_ids, :odd_born) were deciphered before.
_PERSONS = """
    SELECT m.household_id, m.person_id, m.relation, p.sex, p.born,
        CAST(extract(year FROM age(CAST(:as_of AS date), p.born)) AS integer) AS age,
        p.document_kind AS document, char_length(p.identity_masked) AS digits,
        CASE WHEN p.document_kind IN ('resident', 'invalid', 'disability')
                AND substr(p.identity_masked, 17, 1) BETWEEN '0' AND '9'
            THEN CASE WHEN CAST(substr(p.identity_masked, 17, 1) AS integer) % 2 = 1 THEN '男' ELSE '女' END
        END AS number_sex,
        odd.number_born, nullif(substr(p.identity_masked, 19, 1), '') AS card_kind,
        nullif(substr(p.identity_masked, 20, 1), '') AS card_grade,
        twin.same_in_county, twin.same_in_city, twin.same_in_province, {items}
    FROM membership m JOIN person p ON p.id = m.person_id
    CROSS JOIN LATERAL jsonb_to_record(m.facts) AS f({record})
    LEFT JOIN unnest(CAST(:odd_ids AS uuid[]), CAST(:odd_born AS date[])) AS odd(id, number_born) ON odd.id = p.id
    LEFT JOIN unchecked_twins(:low, :high) AS twin ON twin.person_id = p.id
    WHERE m.superseded_at IS NULL AND m.left_on IS NULL AND {which}
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
            max(sex) FILTER (WHERE relation = '配偶') AS spouse_sex,
            count(*) FILTER (WHERE cardinality(health) > 0) AS health_known,
            count(*) FILTER (WHERE health && ARRAY['长期慢性病', '患有大病']) AS ill,
            count(*) FILTER (WHERE '残疾' = ANY(health)) AS disabled,
            count(labour) AS labour_known, count(*) FILTER (WHERE labour = ANY({labour_able})) AS workers,
            count(school) AS school_known, count(*) FILTER (WHERE school = ANY({schools_senior})) AS seniors,
            count(work_months) AS work_known, count(*) FILTER (WHERE work_months > 0) AS working,
            count(*) FILTER (WHERE age >= {pension_age}) AS pensionable,
            count(on_allowance) AS allowance_known, count(*) FILTER (WHERE on_allowance) AS on_allowance_members,
            count(five_guarantees) AS five_known, count(*) FILTER (WHERE five_guarantees) AS five_members
        FROM audit_person GROUP BY household_id) AS counted ON counted.counted_of = m.household_id
    LEFT JOIN (
        SELECT r.household_id AS helped_of, count(*) AS helpers, count(*) FILTER (WHERE EXISTS (
            SELECT FROM staff s JOIN person p ON p.identity_index = s.identity_index
            JOIN membership lives ON lives.person_id = p.id AND lives.superseded_at IS NULL AND lives.left_on IS NULL
            JOIN household poor ON poor.id = lives.household_id AND poor.status = 'registered'
            WHERE s.id = r.staff_id)) AS poor_helpers
        FROM responsibility r
        WHERE r.role = 'helper' AND r.division >= :low AND r.division < :high
          AND r.started_on <= :as_of AND (r.ended_on IS NULL OR r.ended_on > :as_of)
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
        FROM audit_household {joined} OFFSET 0) AS broken
    CROSS JOIN LATERAL unnest(broken.numbers) AS n
"""
_PERSON_JOIN = "JOIN audit_person USING (household_id)"

# What the caller of a run sees of its stretch: the village to begin with, and where to stop.
NEXT_VILLAGE = """
    SELECT division FROM household WHERE division > :after AND division >= :low AND division < :high
    ORDER BY division, id LIMIT 1
"""
LAST_VILLAGE = """
    SELECT division FROM household WHERE division >= :low AND division < :high ORDER BY division, id
    OFFSET :stretch LIMIT 1
"""
ODD_NUMBERS = """
    SELECT p.id, p.identity_number, p.document_kind FROM person p
    WHERE p.division >= :low AND p.division < :high AND p.identity_index IS NULL AND p.identity_number IS NOT NULL
      AND p.document_kind IN ('invalid', 'old15')
"""
KEEP = """
    INSERT INTO audit_finding (run_id, rule, division, household_id, version, person_id, evidence)
    SELECT CAST(:run_id AS uuid), rule, division, household_id, version, person_id, evidence FROM ({found}) AS found
"""
COUNT = """
    INSERT INTO audit_count (run_id, division, rule, findings, households)
    SELECT run_id, division, rule, count(*), count(DISTINCT household_id) FROM audit_finding
    WHERE run_id = :run_id AND division >= :low AND division < :high GROUP BY run_id, division, rule
"""
SIZE = """
    UPDATE audit_run SET
        households = households + (SELECT count(*) FROM audit_household),
        persons = persons + (SELECT coalesce(sum(persons), 0) FROM audit_household),
        findings = findings + (SELECT coalesce(sum(findings), 0) FROM audit_count
            WHERE run_id = :run_id AND division >= :low AND division < :high),
        policies = (SELECT coalesce(jsonb_agg(DISTINCT one), '[]')
            FROM jsonb_array_elements(policies || CAST(:policies AS jsonb)) AS one)
    WHERE id = :run_id
"""


def persons(which: str) -> str:
    """The persons of a stretch (``STRETCH``) or of a household (``ONE``), typed."""
    return _PERSONS.format(items=listed("member"), record=record("member"), which=which)


def households(which: str, thresholds: dict[str, Threshold]) -> str:
    """Their households, typed, with what is counted of their members."""
    counted = {name: bound(name, thresholds) for name in ("labour_able", "schools_senior", "pension_age")}
    return _HOUSEHOLDS.format(items=listed("household"), record=record("household"), which=which, **counted)


def broken(rules: Sequence[Rule], scope: Scope, thresholds: dict[str, Threshold]) -> str:
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


def bound(name: str, thresholds: dict[str, Threshold]) -> str:
    """A threshold as a typed parameter."""
    return f"CAST(:{name} AS {thresholds[name].sql})"


def _condition(parsed: Parsed, thresholds: dict[str, Threshold]) -> str:
    return " ".join(bound(value[1:], thresholds) if kind == "bound" else value for kind, value in parsed.tokens)


def _evidence(parsed: Parsed) -> str:
    named = [columns()[name] for name in parsed.columns]
    shown = ", ".join(f"'{one.shown}', broken.{one.name}{'::text' if one.measured else ''}" for one in named)
    return f"jsonb_build_object({shown})"
