"""The figures of evaluation, each counted from rows that can be opened."""

from shared.figures import Figure
from shared.figures.figure import Kind

_YEAR: dict[str, Kind] = {"year": "integer"}
_ROWS = """
    SELECT id::text, division || ' ' || decided_on AS label, {adds} AS adds FROM case_file
    WHERE procedure = 'exit' AND status = '{status}' AND decided_on >= make_date(:year, 1, 1) AND decided_on < make_date(:year + 1, 1, 1)
"""

FIGURES = {
    "exits-households": Figure(
        "批准退出户数", "exits approved", "households", _ROWS.format(adds=1, status="approved"), _YEAR
    ),
    "exits-persons": Figure(
        "批准退出人数",
        "persons of approved exits",
        "persons",
        _ROWS.format(adds="CAST(facts ->> 'size' AS integer)", status="approved"),
        _YEAR,
    ),
    "exits-refused": Figure(
        "未批准退出户数", "exits refused", "households", _ROWS.format(adds=1, status="refused"), _YEAR
    ),
    "lowest-income": Figure(
        "退出户最低人均纯收入",
        "the lowest counted income a person among approved exits",
        "yuan",
        """SELECT id::text, division AS label, CAST(facts ->> 'per_capita' AS bigint) AS adds FROM case_file
           WHERE procedure = 'exit' AND status = 'approved' AND decided_on >= make_date(:year, 1, 1) AND decided_on < make_date(:year + 1, 1, 1)
           ORDER BY CAST(facts ->> 'per_capita' AS bigint), id LIMIT 1""",
        _YEAR,
    ),
}
