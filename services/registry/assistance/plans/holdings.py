"""A household's plans, and the measures and milestones in them."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "plans",
        "脱贫计划",
        "plans",
        "plan",
        ("id", "exit_year", "status", "proposed_on", "proposed_by", "approved_on", "approved_by"),
    ),
    of_household("measures", "帮扶措施", "measures", "measure", ("id", "batch", "cause", "what", "owner", "amount")),
    of_household(
        "milestones",
        "计划节点",
        "milestones",
        "milestone",
        ("id", "title", "due_on", "owner", "done_on", "note", "evidence", "done_by"),
    ),
)
