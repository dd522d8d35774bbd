"""What departments delivered about a person."""

from sqlalchemy import text

from services.registry.register.households.holdings import Holding

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "department_records",
        "部门数据",
        "records of departments",
        text("""
            SELECT f.record_id, f.version, f.feed, f.record_no, f.from_on, f.ended_on, f.details, f.superseded_at
            FROM person p JOIN feed_record f ON f.identity_index = p.identity_index
            WHERE p.id = :person_id ORDER BY f.record_id, f.version
        """),
    ),
)
