"""Doubts about a household or this person of it."""

from sqlalchemy import text

from services.registry.register.households.holdings import MINE, Holding

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "doubts",
        "疑点",
        "doubts",
        text(f"""
            SELECT id, rule, ground, severity, evidence, status, verdict, upheld, raised_on, closed_on
            FROM doubt WHERE {MINE} ORDER BY id
        """),  # noqa: S608 (our own words)
    ),
)
