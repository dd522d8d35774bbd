"""Certificates that were issued to a household."""

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "certificates",
        "贫困户证明",
        "certificates",
        "certificate",
        ("id", "serial", "issued_on", "reason", "superseded_at"),
    ),
)
