"""The list of words names what exists: every folder, table and route in it."""

import re

from shared.security import access
from tests.house.tree import ROOT
from tuopin.services import all_services

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/glossary.md").read_text().splitlines()
    if line.startswith("| ") and "`" in line
]


def test_every_word_has_a_name_in_both_languages():
    assert ROWS
    assert [row[0] for row in ROWS if not (row[0] and re.search(r"[\u4e00-\u9fff]", row[1]))] == []


def test_every_folder_of_the_list_exists():
    missing = []
    for _, _, service, folder, _, _ in ROWS:
        for name in re.findall(r"[\w/]+", folder):
            here = ROOT / name if name.startswith("shared/") else ROOT / "services" / service / name
            missing += [] if here.is_dir() else [name]
    assert missing == []


def test_every_table_of_the_list_exists():
    schemas = "".join((one.folder / "database/schema.sql").read_text() for one in all_services())
    tables = set(re.findall(r"CREATE TABLE public\.(\w+)", schemas))
    named = {name for row in ROWS for name in re.findall(r"\b[a-z_]+\b", row[4])}
    assert named - tables == set()


def test_every_route_of_the_list_exists():
    paths = {
        endpoint.split(" ")[1]
        for one in all_services()
        for file in one.access_files
        for endpoint in access.load(file)
    }
    named = {route for row in ROWS for route in re.findall(r"/[a-z/-]+", row[5])}
    assert {route for route in named if not any(f"{path}/".startswith(f"{route}/") for path in paths)} == set()
