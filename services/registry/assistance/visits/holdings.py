"""Visits to a household."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "visits",
        "走访记录",
        "visits",
        "visit",
        ("id", "visited_on", "names", "found", "done", "photos", "recorded_by"),
    ),
)
