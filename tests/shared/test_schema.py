"""What is written down of each database is what the migrations make."""

import re
from pathlib import Path

import pytest

from shared.database.embedded import EmbeddedServer
from shared.database.migrations import in_order
from shared.service import Service
from tests.conftest import SERVICES
from tests.support import postgres
from tuopin import schema

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_the_schema_on_record_is_that_of_a_migrated_database(
    service: Service, server: EmbeddedServer, keys: Path, run_folder: Path
):
    await postgres.template(server, service, keys, run_folder)
    migrated = schema.HEAD + server.schema(f"{postgres.TEMPLATE}{service.name}")
    assert (ROOT / schema.path(service.name)).read_text() == migrated, "run: tuopin schema"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_function_and_view_has_one_current_text_under_its_name(service: Service):
    text = (ROOT / schema.path(service.name)).read_text()
    made = set(re.findall(r"^CREATE (?:FUNCTION|VIEW) public\.(\w+)", text, re.MULTILINE))
    folders = [service.folder / "database", *(ROOT / "shared").iterdir(), ROOT / "shared/database/foundation"]
    files = [
        file.stem for folder in folders for kind in ("functions", "views") for file in (folder / kind).glob("*.sql")
    ]
    assert len(files) == len(set(files))
    assert made <= set(files)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_view_shows_whoever_reads_it_what_its_tables_would(service: Service):
    text = (ROOT / schema.path(service.name)).read_text()
    assert not re.findall(r"^CREATE VIEW \S+ (?!WITH \(security_invoker).*", text, re.MULTILINE)


def test_texts_are_applied_after_those_that_they_read_or_call(tmp_path: Path):
    texts = {
        "a_head": "CREATE OR REPLACE VIEW a_head AS SELECT * FROM member WHERE held(a)",
        "b_counted": "CREATE OR REPLACE FUNCTION b_counted() AS $$ SELECT count(*) FROM x JOIN a_head h ON true $$",
        "held": "CREATE OR REPLACE FUNCTION held(a date) AS $$ SELECT a_head IS NULL $$",
        "member": "CREATE OR REPLACE VIEW member AS SELECT held AS b_counted FROM person",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.sql").write_text(text)
    applied = [file.stem for file in in_order(tmp_path.glob("*.sql"))]
    assert set(applied[:2]) == {"held", "member"}
    assert applied[2:] == ["a_head", "b_counted"]
