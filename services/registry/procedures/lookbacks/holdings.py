"""What look-back rounds found at a household."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "look_back",
        "回头看结果",
        "results of look-back rounds",
        "lookback_result",
        ("id", "result", "checked_on", "effective_on", "ground", "evidence", "recorded_by"),
    ),
)
