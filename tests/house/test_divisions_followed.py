"""Every table that names a division says what becomes of its rows when the division becomes another."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("registry", "funding", "projects", "evaluation")
# Rows that stay in the division where they were written, and why.
STAYS = {
    "account": "money stays on its account until an entry moves it",
    "archive": "an archive is of a division as it was",
    "archive_entry": "an archive is of a division as it was",
    "attachment": "a paper is kept where it was sent; the offices above see both places",
    "audit_entry": "what was done was done there",
    "balance": "money stays on its account until an entry moves it",
    "certificate": "a certificate says what was true; a household that lies elsewhere gets a new one",
    "certificate_serial": "serials of a division are its own",
    "change": "what happened counts where it happened; who moves is a change in both divisions",
    "citation": "a paper is asked for where it was named",
    "contribution": "the bank's risk fund is a county's",
    "data_check": "a run says what was true when it ran",
    "data_check_count": "a run says what was true when it ran",
    "data_check_finding": "a run says what was true when it ran",
    "data_file": "a file is its sender's until it is forgotten",
    "duplicate_decision": "what was decided about two persons is the office's that decided",
    "entry": "the ledger is never altered",
    "erasure": "the record of what was erased",
    "feed_file": "a file of records is the county's",
    "file_chunk": "a file is its sender's until it is forgotten",
    "file_mistake": "a file is its sender's until it is forgotten",
    "file_remark": "a file is its sender's until it is forgotten",
    "identity_past": "what somebody was called before, where that was corrected",
    "import": "a file names the villages of its day; it is sent again with those of today",
    "import_outcome": "an import is its sender's",
    "import_ready": "an import is its sender's",
    "import_seen": "an import is its sender's",
    "job": "work under way is its caller's",
    "local_code": "a code list is of the government that made it",
    "lookback_effect": "what a round did to the register is a change, and stays where it happened",
    "lot": "the ledger is never altered",
    "policy": "a policy is of the government that set it",
    "policy_proposal": "a policy is of the government that set it",
    "posting": "the ledger is never altered",
    "reconciliation_seen": "what a list has, while it is compared",
    "redivision": "it says what became of the divisions",
    "redivision_household": "it says what became of the divisions",
    "risk_fund": "the bank's risk fund is a county's",
    "rule_switch": "a county's decision about a rule, and counties do not change here",
    "screening": "a run says what was true when it ran",
    "viewing": "who saw whom, where they saw them",
    "visit": "a diary says who was where",
    "visit_person": "a diary says who was where",
    "year_close": "a closed year is frozen",
    "year_seal": "a closed year is frozen",
    "year_statistic": "a closed year is frozen",
}
# Written by the change itself, or by the event that tells of it: the old rows say where a household was.
WRITTEN_ANEW = {"household", "household_state", "membership", "person_gram"}
_NAMED = re.compile(r"""goes_(?:along|over)\(\s*"(\w+)"|rows_follow\(\s*"(\w+)\"""")
_PARTS = re.compile(r"""(?:parts=|_STEPS = |_SIGNED = )\{"(\w+)":|fromkeys\(\(([^)]*)\), "project_id""")
_MOVED = re.compile(r"UPDATE (\w+)(?: \w+)?\s+SET\b(?:(?!\bWHERE\b|\bFROM\b)[^;])*?\bdivision = ", re.IGNORECASE)


def texts(service: str) -> list[str]:
    folders = [ROOT / "services" / service, ROOT / "shared"]
    return [
        file.read_text()
        for folder in folders
        for kind in ("*.py", "*.sql")
        for file in folder.rglob(kind)
        if file.name != "schema.sql" and "baseline" not in file.parts
    ]


def followed(service: str) -> set[str]:
    found: set[str] = set()
    for one in texts(service):
        found |= {name for match in _NAMED.findall(one) for name in match if name}
        for part, several in _PARTS.findall(one):
            found |= {part, *re.findall(r"\w+", several)} - {""}
        found |= set(_MOVED.findall(one))
    return found


def tables(service: str) -> set[str]:
    """The tables of a service with a column ``division``."""
    schema = (ROOT / "services" / service / "database" / "schema.sql").read_text()
    made = re.findall(r"^CREATE TABLE public\.(\w+) \(([^;]*?)^\)[^;]*;", schema, re.MULTILINE | re.DOTALL)
    return {name for name, columns in made if re.search(r"^    division ", columns, re.MULTILINE)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_with_a_division_follows_or_says_why_it_stays(service: str):
    silent = tables(service) - followed(service) - STAYS.keys() - WRITTEN_ANEW
    assert not silent, f"say in a consequence that they go along, or here why they stay: {sorted(silent)}"


def test_what_is_said_to_stay_is_a_table_that_does_not_follow():
    everything = {name for service in SERVICES for name in tables(service)}
    assert STAYS.keys() <= everything
    followers = {name for service in SERVICES for name in followed(service) & tables(service)}
    assert not followers & STAYS.keys()
