"""What funding, projects and evaluation did for a household."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "ledger",
        "帮扶台账",
        "the household ledger",
        "household_ledger",
        ("id", "service", "kind", "on_day", "zh", "amount", "reference"),
    ),
)
