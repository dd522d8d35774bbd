"""A household's ledger is the household's: it goes along wherever the household comes to lie."""

from services.registry.register.changes.consequences import Consequence, goes_along

CONSEQUENCES: tuple[Consequence, ...] = (goes_along("household_ledger"),)
