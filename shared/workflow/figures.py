"""Figures of cases, each counted from rows that can be opened."""

from shared.figures import Figure

FIGURES = {
    "cases-decided": Figure(
        "办理事项办结数",
        "cases that were decided in a year, by status",
        "cases",
        """SELECT id::text AS id, procedure || ' ' || division AS label, 1 AS adds FROM case_file
           WHERE status = :status AND extract(year FROM decided_on) = :year""",
        {"status": "text", "year": "integer"},
    ),
    "notices-posted": Figure(
        "公示次数",
        "notices posted in a year",
        "notices",
        """SELECT id::text AS id, title AS label, 1 AS adds FROM notice
           WHERE kind <> 'announcement' AND extract(year FROM starts_on) = :year""",
        {"year": "integer"},
    ),
}
