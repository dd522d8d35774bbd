"""Absences that wait for an answer, or still run, go over to what their village became; the diary stays."""

from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (
    goes_over("absence", "(r.status = 'asked' OR r.until_on >= business_today())"),
)
