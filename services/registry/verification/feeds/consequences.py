"""Departments go on to name the village by its old code; records match in the village that it became."""

from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (
    goes_over("feed_record", "r.superseded_at IS NULL", of="whole", column="village"),
)
