"""What is held of differences between lists of the national system and the register."""

from sqlalchemy import text

from services.registry.register.households.holdings import Holding, of_household

HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "reconciliation_households",
        "月度核对名单中的该户（内容加密）",
        "the household on the national system's lists, sealed",
        "reconciliation_household",
        ("reconciliation_id", "number", "listed_in", "silent"),
    ),
    Holding(
        "reconciliation_differences",
        "月度核对差异",
        "differences between the national system's lists and the register",
        text("""
            SELECT id, kind, field, name, said, known, since, zh, state, decided_by, decided_at, ground
            FROM reconciliation_difference
            WHERE household_id = :household_id
              AND (person_id = :person_id
                OR (person_id IS NULL AND kind IN ('moved', 'household', 'gone', 'removed')))
            ORDER BY id
        """),
    ),
)
