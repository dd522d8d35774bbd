"""What is held of requests to change the register: who asked, and who decided. Their content is sealed."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "change_requests",
        "变更申请",
        "requests to enter or leave the register",
        "change_request",
        (
            "id",
            "kind",
            "reason",
            "effective_on",
            "status",
            "asked_by",
            "asked_on",
            "decided_by",
            "decided_on",
            "decision",
        ),
    ),
)
