"""Open duties go over to what their division became; what is done stays where it was done."""

from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (goes_over("duty", "r.done_on IS NULL"),)
