"""Consents in force and open requests to correct go along with households whose division becomes another."""

from services.registry.register.changes.consequences import Consequence, goes_along

CONSEQUENCES: tuple[Consequence, ...] = (
    goes_along("consent", "r.withdrawn_on IS NULL"),
    goes_along("correction_request", "r.status = 'open'"),
)
