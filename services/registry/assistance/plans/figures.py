"""Figures of plans."""

from shared.figures import Figure

FIGURES = {
    "plans-in-force": Figure(
        "在册户中有脱贫计划的户数",
        "registered households with a plan in force",
        "households",
        """SELECT h.id::text AS id, h.number AS label, 1 AS adds FROM household h
           JOIN plan_now p ON p.household_id = h.id WHERE h.status = 'registered'""",
    ),
    "measures": Figure(
        "某批次帮扶措施数",
        "measures of a batch in force",
        "measures",
        """SELECT m.id::text AS id, m.what AS label, 1 AS adds FROM measure m
           JOIN plan_now p ON p.id = m.plan_id WHERE m.batch = :batch""",
        {"batch": "text"},
    ),
    "milestones-reached": Figure(
        "已完成节点数",
        "milestones reached",
        "milestones",
        "SELECT id::text AS id, title AS label, 1 AS adds FROM milestone WHERE done_on IS NOT NULL",
    ),
    "milestones-overdue": Figure(
        "逾期节点数",
        "milestones overdue on a day",
        "milestones",
        """SELECT m.id::text AS id, m.title AS label, 1 AS adds FROM milestone m
           JOIN plan_now p ON p.id = m.plan_id
           JOIN household h ON h.id = m.household_id AND h.status <> 'removed'
           WHERE m.due_on < :on AND (m.done_on IS NULL OR m.done_on > :on)""",
        {"on": "date"},
    ),
}
