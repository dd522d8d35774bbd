"""Who helps a household, from when to when."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "helpers",
        "帮扶责任人",
        "helpers",
        "responsibility",
        ("id", "role", "organisation", "name", "rank", "started_on", "ended_on", "note"),
    ),
)
