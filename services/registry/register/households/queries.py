"""Lists of households by their filters: only what is asked for stands in the statement, so its plan fits it."""

from functools import cache

from sqlalchemy import TextClause, text

COLUMNS = "h.id, h.division, h.number, h.version, h.status, h.size, h.identified_on, h.attribute, h.main_cause"
_CLAUSES = {
    "status": "h.status = :status",
    "cause": "h.main_cause = :cause",
    "attribute": "h.attribute = :attribute",
    "year": "h.identified_year = :year",
    "number": "h.number = :number",
    "unsafe": "h.unsafe_house",
    "safe": "NOT coalesce(h.unsafe_house, false)",
}
# A household has few helpers and a helper few households; both meet in indexes.
_LABEL = """JOIN household_label l ON l.household_id = h.id AND l.division = h.division AND l.label = :label
    AND l.ends_on IS NULL AND l.division >= :low AND l.division < :high
    AND (l.division, l.household_id) > (:after_division, CAST(:after_id AS uuid))"""
_HELPER = """JOIN responsibility r ON r.household_id = h.id AND r.staff_id = :helper AND r.role = 'helper'
    AND r.ended_on IS NULL"""
_EXISTS = {
    "label": "EXISTS (SELECT FROM household_label l WHERE l.household_id = h.id AND l.label = :label"
    " AND l.ends_on IS NULL)",
    "helper": "EXISTS (SELECT FROM responsibility r WHERE r.household_id = h.id AND r.staff_id = :helper"
    " AND r.role = 'helper' AND r.ended_on IS NULL)",
    "sizes": "h.size = ANY(CAST(:sizes AS integer[]))",
}


def clauses(names: frozenset[str]) -> str:
    """Conditions on a household ``h`` that was found by something else."""
    return " AND ".join(["true", *((_CLAUSES | _EXISTS)[name] for name in sorted(names))])


@cache
def listing(names: frozenset[str]) -> TextClause:
    """A page after a position. Sizes are listed one by one and merged, so that each list is in order."""
    joins = (_LABEL if "label" in names else "") + (_HELPER if "helper" in names else "")
    own = [_CLAUSES[name] for name in sorted(names & _CLAUSES.keys())]
    where = " AND ".join(
        [
            "h.division >= :low AND h.division < :high",
            "(h.division, h.id) > (:after_division, CAST(:after_id AS uuid))",
            *own,
        ]
    )
    page = f"SELECT {COLUMNS} FROM household h {joins} WHERE {where}"
    order = "ORDER BY h.division, h.id LIMIT :limit"
    if "sizes" in names:
        page = f"""SELECT {COLUMNS} FROM unnest(CAST(:sizes AS integer[])) AS wanted(size)
            CROSS JOIN LATERAL ({page} AND h.size = wanted.size {order}) AS h"""
    return text(f"{page} {order}")
