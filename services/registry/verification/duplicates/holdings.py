"""Whether a person was held to be registered twice; who the other one would be is not said."""

from sqlalchemy import text

from services.registry.register.households.holdings import Holding

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "duplicate_decisions",
        "重复登记认定",
        "decisions whether the person is registered twice",
        text("""
            SELECT id, verdict, recorded_at, recorded_by FROM duplicate_decision
            WHERE :person_id IN (person_id, other_id) ORDER BY id
        """),
    ),
)
