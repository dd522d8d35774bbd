"""In which natural village a household lived, from when to when."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "natural_villages",
        "所在自然村",
        "natural villages where the household lived",
        "household_place",
        ("valid_from", "valid_to", "natural_village_id", "recorded_at", "recorded_by"),
    ),
)
