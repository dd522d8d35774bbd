"""Finding persons: by grams, by keyed indexes, by the household. Each row is reached by a key, one lookup a table.

LIMIT 1 in a LATERAL keeps the planner to that, whatever it believes of the length of a list (ADR 8).
"""

from functools import cache

from sqlalchemy import TextClause, text

from services.registry.register.households import queries as households

_COLUMNS = """p.id AS person_id, p.name, m.relation, p.sex, p.born, p.identity_masked AS identity_number,
    h.id AS household_id, h.division, h.number, h.status, h.size, h.attribute, h.main_cause"""
_LIVES = """
    CROSS JOIN LATERAL (SELECT household_id, relation FROM membership_now
        WHERE person_id = {person} LIMIT 1) AS m
    CROSS JOIN LATERAL (SELECT * FROM household WHERE id = m.household_id LIMIT 1) AS h
"""
_PAGE = "ORDER BY {of}.division, {of}.person_id LIMIT :limit"


@cache
def by_grams(names: frozenset[str]) -> TextClause:
    """Persons kept under a gram of each way, in order after a position, that have the others it needs."""
    return text(f"""
        SELECT hit.* FROM jsonb_to_recordset(CAST(:ways AS jsonb)) AS way(gram text, needed text[])
        CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM person_gram g
            CROSS JOIN LATERAL (SELECT * FROM person WHERE id = g.person_id LIMIT 1) AS p
            {_LIVES.format(person="g.person_id")}
            WHERE g.gram = way.gram AND g.division >= :low AND g.division < :high
              AND (g.division, g.person_id) > (:after_division, CAST(:after_id AS uuid))
              AND p.grams @> way.needed AND {households.clauses(names)}
            {_PAGE.format(of="g")}
        ) AS hit {_PAGE.format(of="hit")}
    """)


@cache
def by_indexes(names: frozenset[str]) -> TextClause:
    """Persons with an identity number or a phone of their own, and heads of households with a phone."""
    return text(f"""
        SELECT {_COLUMNS} FROM (
            SELECT id FROM person WHERE identity_index = :identity_index
            UNION SELECT id FROM person WHERE phone_index = :phone_index
            UNION SELECT m.person_id FROM household h JOIN membership_now m ON m.household_id = h.id
                AND m.relation = '户主'
                WHERE h.phone_index = :phone_index
        ) AS known
        CROSS JOIN LATERAL (SELECT *, id AS person_id FROM person WHERE id = known.id LIMIT 1) AS p
        {_LIVES.format(person="p.id")}
        WHERE h.division >= :low AND h.division < :high
          AND (p.division, p.id) > (:after_division, CAST(:after_id AS uuid))
          AND (CAST(:identity_index AS bytea) IS NULL OR p.identity_index = :identity_index)
          AND (CAST(:phone_index AS bytea) IS NULL OR :phone_index IN (p.phone_index, h.phone_index))
          AND {households.clauses(names)}
        {_PAGE.format(of="p")}
    """)


@cache
def by_helper(names: frozenset[str]) -> TextClause:
    """Every member of the few households that somebody helps."""
    return text(f"""
        SELECT {_COLUMNS} FROM responsibility r
        CROSS JOIN LATERAL (SELECT * FROM household WHERE id = r.household_id LIMIT 1) AS h
        JOIN membership_now m ON m.household_id = h.id
        CROSS JOIN LATERAL (SELECT *, id AS person_id FROM person WHERE id = m.person_id LIMIT 1) AS p
        WHERE r.staff_id = :helper AND r.role = 'helper' AND r.ended_on IS NULL
          AND h.division >= :low AND h.division < :high
          AND (p.division, p.id) > (:after_division, CAST(:after_id AS uuid))
          AND {households.clauses(names - {"helper"})}
        {_PAGE.format(of="p")}
    """)


# The heads of a page of households, in the order of the list.
HEADS = text(f"""
    SELECT {_COLUMNS} FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted(id, position)
    CROSS JOIN LATERAL (SELECT * FROM household WHERE id = wanted.id LIMIT 1) AS h
    CROSS JOIN LATERAL (SELECT person_id, relation FROM membership_believed
        WHERE household_id = wanted.id
        ORDER BY left_on IS NOT NULL, relation <> '户主', joined_on DESC LIMIT 1) AS m
    CROSS JOIN LATERAL (SELECT * FROM person WHERE id = m.person_id LIMIT 1) AS p
    ORDER BY wanted.position
""")
