"""Organisations and their people of a village that goes on under a new code go on in it; of villages that are merged
or split people record which of them go on.
"""

from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (
    goes_over("organisation", "r.valid_to IS NULL", of="recoded"),
    goes_over("staff", "r.left_on IS NULL", of="recoded"),
)
