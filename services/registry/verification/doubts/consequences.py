"""Open doubts go along with households that come to lie elsewhere, and those about no household with their division:
the desk there works on them, and sees what was done about them before.
"""

from services.registry.register.changes.consequences import Consequence, goes_along
from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

_STEPS = {"doubt_step": "doubt_id"}
CONSEQUENCES: tuple[Consequence, ...] = (goes_along("doubt", "r.status <> 'closed'", parts=_STEPS),)
DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (
    goes_over("doubt", "r.status <> 'closed' AND r.household_id IS NULL", parts=_STEPS),
)
