"""What a noun holds about a person or their household, stated by the noun itself for whoever asks to know it.

A noun with a table that names a household or a person states its ``HOLDINGS``, and its room hands them on; a
disclosure (告知) collects them from all rooms. What is said of another member of the household is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import TextClause, text

# Where somebody is named, only what names nobody or this person.
MINE = "household_id = :household_id AND (person_id IS NULL OR person_id = :person_id)"


@dataclass(frozen=True, slots=True)
class Holding:
    """Records of one kind, by what they are called; ``statement`` takes ``:household_id``, ``:person_id`` or both."""

    name: str
    zh: str
    en: str
    statement: TextClause


def of_household(name: str, zh: str, en: str, table: str, columns: Sequence[str]) -> Holding:
    """The columns of a table whose rows are a household's as a whole."""
    listed = ", ".join(columns)
    condition = "household_id = :household_id"
    return Holding(name, zh, en, text(f"SELECT {listed} FROM {table} WHERE {condition} ORDER BY {columns[0]}"))  # noqa: S608 (our own words)


HOLDINGS: tuple[Holding, ...] = (
    of_household(
        "attachments",
        "附件",
        "attachments",
        "attachment",
        ("id", "sha256", "media_type", "size", "recorded_at", "recorded_by"),
    ),
)
