"""Labels on a household."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "labels", "标签", "labels", "household_label", ("id", "label", "begins_on", "ends_on", "ground", "end_ground")
    ),
)
