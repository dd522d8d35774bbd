"""Figures of data checks: what the last finished run found, of a rule that it looked for and in all."""

from shared.figures import Figure

_FOUND = """SELECT f.household_id || ' ' || f.subject_id || ' ' || f.rule AS id, f.division AS label, 1 AS adds
    FROM data_check_finding f
    WHERE {of} f.check_id = (
        SELECT r.id FROM data_check r JOIN job j ON j.id = r.id
        WHERE j.status = 'done' AND {looked} r.division = current_setting('app.division')
        ORDER BY r.recorded_at DESC, r.id DESC LIMIT 1)"""
FIGURES = {
    "data-check-findings": Figure(
        "最近一次全辖区核查中某条规则的问题数",
        "findings of a rule in the last data check of the whole division that looked for it",
        "findings",
        _FOUND.format(of="f.rule = :rule AND", looked=":rule = ANY(r.rules) AND"),
        {"rule": "text"},
    ),
    "data-check-findings-in-all": Figure(
        "最近一次全辖区核查的问题合计",
        "findings of every rule in the last data check of the whole division",
        "findings",
        _FOUND.format(of="", looked=""),
    ),
}
