"""Open doubts go along with households whose division becomes another: the desk of the new one works on them."""

from services.registry.register.changes.consequences import Consequence, goes_along

CONSEQUENCES: tuple[Consequence, ...] = (goes_along("doubt", "r.status <> 'closed'"),)
