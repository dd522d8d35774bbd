"""A household's cases."""

from sqlalchemy import text

from services.registry.register.households.holdings import Holding

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "cases",
        "识别办理",
        "cases",
        text("""
            SELECT id, procedure, status, ground, opened_on, decided_on, reasons, policies FROM case_file
            WHERE subject_id = :household_id ORDER BY id
        """),
    ),
)
