"""An export that waits for its release waits for it in what its division became."""

from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (goes_over("export", "r.plain AND r.decision IS NULL"),)
