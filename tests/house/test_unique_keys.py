"""What is once is once where it is seen: a key over rows that others cannot see carries the division, or says why."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("registry", "funding", "projects", "evaluation")
# Keys that hold for every county together, and why somebody may learn that one is taken.
EVERYWHERE = {
    "household_number_key": "a household's number is the national system's, and counts once in the country",
    "person_number_key": "a person's number is the national system's",
    "person_by_identity": "somebody lives in one household, wherever it is",
    "staff_by_identity": "a member of staff is one person, wherever they work",
    "staff_by_subject": "an account is one person's",
    "certificate_code_key": "a random code on a paper",
    "certificate_serial_key": "a serial begins with its division",
    "natural_village_code": "a code of the national system",
    "doubt_open": "about a subject, which is an id, and a rule",
    "doubt_settled": "about a subject, which is an id, and a rule",
    "account_code_key": "the code of an account begins with its county, or names an id",
    "citation_kind_cited_by_sha256_key": "of what cites it, which is an id",
}


def columns_of(schema: str) -> dict[str, dict[str, str]]:
    """The type of each column, by table."""
    found: dict[str, dict[str, str]] = {}
    for name, body in re.findall(r"CREATE TABLE public\.(\w+) \((.*?)\n\);", schema, re.DOTALL):
        found[name] = dict(re.findall(r"^    (\w+|\"\w+\") (\w+)", body, re.MULTILINE))
    return found


def keys_of(schema: str) -> list[tuple[str, str, str]]:
    """Name, table and columns of each key and unique index."""
    kind = r"(?:PRIMARY KEY|UNIQUE)(?: NULLS NOT DISTINCT)?"
    keys = re.findall(rf"ALTER TABLE ONLY public\.(\w+)\s+ADD CONSTRAINT (\w+) {kind} \(([^)]*)\)", schema)
    indexes = re.findall(r"CREATE UNIQUE INDEX (\w+) ON public\.(\w+) USING btree \((.*?)\)(?: WHERE .*)?;", schema)
    return [(name, table, columns) for table, name, columns in keys] + indexes


@pytest.mark.parametrize("service", SERVICES)
def test_every_key_over_rows_that_others_cannot_see_carries_the_division(service: str):
    schema = (ROOT / "services" / service / "database" / "schema.sql").read_text()
    columns = columns_of(schema)
    hidden = set(re.findall(r"ALTER TABLE public\.(\w+) ENABLE ROW LEVEL SECURITY", schema))
    bare = []
    for name, table, key in keys_of(schema):
        types = columns.get(table, {})
        named = {types.get(part.strip().strip('"')) for part in re.split(r"[,()]", key)}
        # An id is nobody else's, and what else stands beside it is its own.
        if table in hidden and "division" in types and not ("division" in key or named & {"uuid", "bigint"}):
            bare.append(name)
    assert set(bare) <= EVERYWHERE.keys()


def test_every_key_that_holds_everywhere_is_there():
    schemas = [(ROOT / "services" / name / "database" / "schema.sql").read_text() for name in SERVICES]
    assert EVERYWHERE.keys() <= {name for schema in schemas for name, _, _ in keys_of(schema)}
