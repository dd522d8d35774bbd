"""Exports: what leaves the register is masked, or released by a second person; it is marked, recorded, complete."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.registry.main import SERVICE
from shared.database.embedded import EmbeddedServer
from shared.names.ids import uuid7
from tests.conftest import _running
from tests.support.api import Api
from tests.support.full import full_household
from tests.support.imports import load_import, work
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, member
from tests.support.world import enter, move_clock, register, villages

PLACES = ("220622", "220622100", "220622101", VILLAGE, OTHER_VILLAGE)


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, *PLACES)
    await move_clock(registry, "2022-06-01")
    await register(registry, 2)
    await enter(registry, *(full_household(village) for village in (VILLAGE, OTHER_VILLAGE)))


@pytest.fixture
async def elsewhere(server: EmbeddedServer, keys: Path, run_folder: Path) -> AsyncIterator[Api]:
    """A register of the same county that nobody has written in."""
    async for api in _running(SERVICE, server, keys, run_folder):
        await villages(api, *PLACES)
        await move_clock(api, "2022-06-01")
        yield api


async def ask(api: Api, subject: str = "asker", **wanted: Any) -> dict[str, Any]:
    body = {"id": str(uuid7()), "division": "220622", "layout": "own", "reason": "年度核对", **wanted}
    async with api.client("county_office", subject=subject) as client:
        answer = await client.post("/exports", json=body)
        assert answer.status_code == 202, answer.text
    await work(api)
    return answer.json()


async def decide(api: Api, id: str, decision: str = "released", subject: str = "leader") -> Any:
    async with api.client("county_leader", subject=subject) as client:
        answer = await client.post(f"/exports/{id}/decision", json={"decision": decision, "ground": "用途正当"})
    await work(api)
    return answer


async def fetch(api: Api, id: str, subject: str = "asker") -> Any:
    async with api.client("county_office", subject=subject) as client:
        return await client.get(f"/exports/{id}/file")


async def released(api: Api, **wanted: Any) -> bytes:
    asked = await ask(api, plain=True, **wanted)
    assert (await decide(api, asked["id"])).status_code == 200
    answer = await fetch(api, asked["id"])
    assert answer.status_code == 200, answer.text
    return answer.content


def rows_of(content: bytes) -> list[list[str]]:
    if content.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    return list(csv.reader(content.decode("utf-8-sig").splitlines()))


async def test_numbers_are_masked_and_everything_that_left_stands_on_record(registry: Api):
    asked = await ask(registry, kind="csv", reason="村级核对")
    answer = await fetch(registry, asked["id"])
    mark, header, *rows = rows_of(answer.content)
    assert asked["id"] in mark[0]
    assert "asker" in mark[0]
    assert "村级核对" in mark[0]
    numbers = [row[header.index("证件号码")] for row in rows]
    assert numbers
    assert all("*" in number for number in numbers)
    async with registry.client("auditor") as client:
        (there,) = [one for one in (await client.get("/exports")).json()["items"] if one["id"] == asked["id"]]
        log = (await client.get("/audit", params={"kind": "export", "id": asked["id"]})).json()["items"]
    assert (there["state"], there["persons"], there["reason"]) == ("ready", len(rows), "村级核对")
    assert {entry["action"] for entry in log} == {"export.asked", "export.made", "export.downloaded"}


async def test_an_export_is_a_look_at_everybody_in_it(registry: Api):
    body = await register(registry)
    asked = await ask(registry)
    assert (await fetch(registry, asked["id"])).status_code == 200
    async with registry.client("village_cadre", division=body["division"]) as client:
        looks = (await client.get(f"/households/{body['id']}/viewers")).json()["items"]
    assert ("asker", "exported", asked["reason"]) in [(one["actor"], one["action"], one["reason"]) for one in looks]


async def test_whole_numbers_wait_for_a_second_person_and_go_to_the_first_one_only(registry: Api):
    asked = await ask(registry, plain=True)
    assert asked["state"] == "waiting"
    assert (await fetch(registry, asked["id"])).status_code == 409
    own = await decide(registry, asked["id"], subject="asker")
    assert (own.status_code, own.json()["type"]) == (403, "urn:tuopin:problem:separate-people")
    assert (await decide(registry, asked["id"])).json()["decided_by"] == "leader"
    again = await decide(registry, asked["id"], "refused")
    assert (again.status_code, again.json()["type"]) == (409, "urn:tuopin:problem:nothing-to-decide")
    other = await fetch(registry, asked["id"], subject="colleague")
    assert (other.status_code, other.json()["type"]) == (403, "urn:tuopin:problem:for-the-requester")
    mark, header, *rows = rows_of((await fetch(registry, asked["id"])).content)
    assert "批准：leader" in mark[0]
    assert not any("*" in row[header.index("证件号码")] for row in rows)


async def test_what_was_refused_is_never_made(registry: Api):
    asked = await ask(registry, plain=True)
    assert (await decide(registry, asked["id"], "refused")).json()["state"] == "refused"
    assert (await fetch(registry, asked["id"])).status_code == 409
    masked = await ask(registry)
    assert (await decide(registry, masked["id"])).status_code == 409


@pytest.mark.parametrize("kind", ["workbook", "csv"])
@pytest.mark.parametrize("layout", ["own", "2021", "2018", "2015"])
async def test_an_export_loaded_into_an_empty_register_and_exported_again_is_the_same(
    registry: Api, elsewhere: Api, layout: str, kind: str
):
    content = await released(registry, layout=layout, kind=kind)
    async with elsewhere.client("county_office") as client:
        query = "" if layout == "own" else "mode=accept_good"
        state = await load_import(elsewhere, client, content, query)
    assert (state["status"], state["rejected"], state["errors"]) == ("done", 0, [])
    assert (state["layout"], state["unknown"]) == (layout, [])
    again = await released(elsewhere, layout=layout, kind=kind)
    assert rows_of(again)[1:] == rows_of(content)[1:]
    assert len(rows_of(content)) > 6


async def test_the_household_table_has_a_line_a_household_with_its_head(registry: Api):
    _, header, *rows = rows_of(await released(registry, layout="household-2021", kind="csv", division=OTHER_VILLAGE))
    (row,) = [dict(zip(header, row, strict=True)) for row in rows]
    assert (row["户主姓名"], row["人数"], row["年度"], row["行政村"]) == ("王某", "3", "2022", "村201")
    assert row["工资性收入"] == "1234.50"


async def test_the_watermark_is_on_every_page_and_in_the_properties(registry: Api):
    asked = await ask(registry, reason="上报 & 归档")
    book = openpyxl.load_workbook(io.BytesIO((await fetch(registry, asked["id"])).content))
    assert asked["id"] in book.properties.description
    assert book.properties.creator == "asker"
    # Noon in the county, as its people read it.
    assert all("asker 2022-06-01 12:00" in sheet.oddHeader.center.text for sheet in book.worksheets)


async def test_no_cell_of_an_export_is_a_formula(registry: Api):
    body = household(1, members=[member(name="=cmd|calc!A1")])
    await enter(registry, body)
    text = await fetch(registry, (await ask(registry, kind="csv"))["id"])
    assert "'=cmd|calc!A1" in {cell for row in rows_of(text.content) for cell in row}
    book = await fetch(registry, (await ask(registry))["id"])
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert "=cmd|calc!A1" in {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type != "f"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


async def test_asked_again_it_is_the_same_export_and_the_id_stands_for_no_other(registry: Api):
    body = {"id": str(uuid7()), "division": VILLAGE, "layout": "own", "reason": "核对"}
    async with registry.client("county_office") as client:
        first = await client.post("/exports", json=body)
        again = await client.post("/exports", json=body)
        other = await client.post("/exports", json=body | {"division": OTHER_VILLAGE})
        unknown = await client.post("/exports", json=body | {"id": str(uuid7()), "layout": "1999"})
    await work(registry)
    assert (first.status_code, again.status_code, other.status_code, unknown.status_code) == (202, 202, 409, 422)


async def test_a_town_exports_its_own_households_and_no_others(registry: Api):
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        body = {"id": str(uuid7()), "layout": "own", "kind": "csv", "reason": "核对", "division": VILLAGE[:9]}
        assert (await client.post("/exports", json=body)).status_code == 202
        await work(registry)
        _, header, *rows = rows_of((await client.get(f"/exports/{body['id']}/file")).content)
        outside = body | {"id": str(uuid7()), "division": "220622"}
        assert (await client.post("/exports", json=outside)).status_code == 403
    assert {row[header.index("行政村代码")] for row in rows} == {VILLAGE}


async def test_the_file_is_forgotten_in_time_and_the_record_stays(registry: Api):
    asked = await ask(registry)
    await move_clock(registry, "2022-07-01")
    await work(registry)
    assert (await fetch(registry, asked["id"])).status_code == 409
    async with registry.client("auditor") as client:
        assert (await client.get(f"/exports/{asked['id']}")).json()["state"] == "forgotten"
    assert await registry.worker.pool.fetchval("SELECT count(*) FROM file_chunk") == 0


async def test_a_workbook_sums_and_prints_as_one_would_expect(registry: Api):
    content = await released(registry)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    header = [cell.value for cell in sheet[2]]
    columns = {name: [row[header.index(name)] for row in sheet.iter_rows(min_row=3)] for name in header}
    said = [cell for cell in columns["人均纯收入"] if cell.value is not None]
    assert said
    assert all(isinstance(cell.value, int | float) and cell.number_format == "#,##0.00" for cell in said)
    assert all(cell.is_date for cell in columns["识别日期"])
    assert {cell.value.date().isoformat() for cell in columns["识别日期"]} <= {"2014-10-01", "2014-11-01"}
    for name in ("户编号", "证件号码", "行政村代码"):  # numbers that nobody sums stay text, with every digit
        assert all(isinstance(cell.value, str) for cell in columns[name] if cell.value is not None), name
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.freeze_panes == "A3"
    assert sheet.column_dimensions["A"].width >= 14
