"""Plans go along with households that come to lie elsewhere; one that was superseded stays where it was."""

from services.registry.register.changes.consequences import Consequence, goes_along

CONSEQUENCES: tuple[Consequence, ...] = (
    goes_along("plan", "r.status <> 'superseded'"),
    goes_along("measure"),
    goes_along("milestone", parts={"milestone_shift": "milestone_id"}),
)
