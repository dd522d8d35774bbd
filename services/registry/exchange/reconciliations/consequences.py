"""Lists and what differs go over to what their division became; what differs stays where it was found when a
household moves, and is decided there.
"""

from services.registry.register.changes.consequences import Consequence, goes_along
from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

_OPEN = "r.counted IS NULL"
CONSEQUENCES: tuple[Consequence, ...] = (
    goes_along("reconciliation_difference", moves=False),
    goes_along("reconciliation_household", moves=False),
)
DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (
    goes_over("reconciliation", _OPEN),
    goes_over("reconciliation_difference", "r.household_id IS NULL"),
    goes_over("reconciliation_household", "r.household_id IS NULL"),
    goes_over("reconciliation_household", column="listed_in"),
)
