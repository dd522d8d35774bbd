"""Figures of data checks: what the last finished run that looked for it found of a rule."""

from shared.figures import Figure

FIGURES = {
    "data-check-findings": Figure(
        "最近一次全辖区核查中某条规则的问题数",
        "findings of a rule in the last data check of the whole division that looked for it",
        "findings",
        """SELECT f.household_id || ' ' || f.subject_id AS id, f.division AS label, 1 AS adds FROM data_check_finding f
           WHERE f.rule = :rule AND f.check_id = (
               SELECT r.id FROM data_check r JOIN job j ON j.id = r.id
               WHERE j.status = 'done' AND :rule = ANY(r.rules)
                 AND r.division = current_setting('app.division')
               ORDER BY r.recorded_at DESC, r.id DESC LIMIT 1)""",
        {"rule": "text"},
    ),
}
