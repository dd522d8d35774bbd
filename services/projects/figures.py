"""The figures of projects, each counted from rows that can be opened."""

from shared.figures import Figure

_INDUSTRY = "FROM project WHERE kind = 'industry' AND status IN ('funded', 'delivered')"

FIGURES = {
    "industry-projects": Figure(
        "产业项目数", "industry projects", "projects", f"SELECT id::text, name AS label, 1 AS adds {_INDUSTRY}"
    ),
    "industry-villages": Figure(
        "产业项目覆盖村数",
        "villages with industry projects",
        "villages",
        f"SELECT division AS id, division || ' × ' || count(*) AS label, 1 AS adds {_INDUSTRY} GROUP BY division",
    ),
    "industry-investment": Figure(
        "产业项目投资",
        "invested in industry projects",
        "yuan",
        f"SELECT id::text, name AS label, funded AS adds {_INDUSTRY}",
    ),
    "output": Figure(
        "产业项目产出（按类别计量单位）",
        "what industry projects brought of one kind, in its unit",
        "of its unit",
        "SELECT d.id::text, p.name || ' ' || d.unit AS label, d.quantity AS adds"
        " FROM delivery d JOIN project p ON p.id = d.project_id WHERE d.kind = :kind",
        {"kind": "text"},
    ),
    "participants": Figure(
        "参与产业项目的户数",
        "households that take part in industry projects",
        "households",
        "SELECT household_id::text AS id, division || ' × ' || count(*) AS label, 1 AS adds FROM participation"
        " GROUP BY household_id, division",
    ),
}
