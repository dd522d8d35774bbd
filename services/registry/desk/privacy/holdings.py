"""What the other parts of the register hold about a person's household, and about the person: for a disclosure.

A new table that holds something of a household gets a line here. What is said of another member is left out.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

# Where somebody is named, only what names nobody or this person.
_MINE = "household_id = :household_id AND (person_id IS NULL OR person_id = :person_id)"
_OF_HOUSEHOLD = {
    "plans": ("plan", "id, exit_year, status, proposed_on, proposed_by, approved_on, approved_by"),
    "measures": ("measure", "id, batch, cause, what, owner, amount"),
    "milestones": ("milestone", "id, title, due_on, owner, done_on, note, evidence, done_by"),
    "ledger": ("household_ledger", "id, service, kind, on_day, zh, amount, reference"),
    "helpers": ("responsibility", "id, role, organisation, name, rank, started_on, ended_on, note"),
    "visits": ("visit", "id, visited_on, names, found, done, photos, recorded_by"),
    "labels": ("household_label", "id, label, begins_on, ends_on, ground, end_ground"),
    "certificates": ("certificate", "id, serial, issued_on, reason, superseded_at"),
    "attachments": ("attachment", "id, sha256, media_type, size, recorded_at, recorded_by"),
    "look_back": ("lookback_result", "id, result, checked_on, effective_on, ground, evidence, recorded_by"),
}
_STATEMENTS: dict[str, TextClause] = {
    name: text(f"SELECT {columns} FROM {table} WHERE household_id = :household_id ORDER BY id")  # noqa: S608 (our own words)
    for name, (table, columns) in _OF_HOUSEHOLD.items()
} | {
    "cases": text("""
        SELECT id, procedure, status, ground, opened_on, decided_on, reasons, policies FROM case_file
        WHERE subject_id = :household_id ORDER BY id
    """),
    "doubts": text(f"""
        SELECT id, rule, ground, severity, evidence, status, verdict, upheld, raised_on, closed_on
        FROM doubt WHERE {_MINE} ORDER BY id
    """),  # noqa: S608 (our own words)
    "findings": text(f"""
        SELECT f.check_id, f.rule, f.version, f.evidence FROM data_check r
        JOIN data_check_finding f ON f.check_id = r.id AND {_MINE} ORDER BY f.check_id, f.rule
    """),  # noqa: S608 (our own words)
    "department_records": text("""
        SELECT f.record_id, f.version, f.feed, f.record_no, f.from_on, f.ended_on, f.details, f.superseded_at
        FROM person p JOIN feed_record f ON f.identity_index = p.identity_index
        WHERE p.id = :person_id ORDER BY f.record_id, f.version
    """),
}


async def held(session: AsyncSession, person_id: UUID, household_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Every such record by its kind; kinds with nothing are left out."""
    bound = {"person_id": person_id, "household_id": household_id}
    found = {}
    for name, statement in _STATEMENTS.items():
        used = {key: value for key, value in bound.items() if f":{key}" in statement.text}
        if rows := [dict(row._mapping) for row in await session.execute(statement, used)]:  # noqa: SLF001 (public mapping)
            found[name] = rows
    return found
