"""Workbooks of the register: looked at before they are loaded, and given back with every wrong cell marked."""

import io
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from shared.jobs.runner import run_one_step
from tests.registry import test_imports as imports
from tests.registry.test_imports import HEADER, home
from tests.support.api import Api, Client
from tests.support.imports import load_import, release_import, state_of, work
from tests.support.people import identity_number
from tests.support.world import move_clock, villages

RED = "FFC7CE"
# What may stand instead of a cause that is none: a short list is named whole.
CAUSES = (
    "“懒”不在代码表内，可填：交通条件落后、其他、因学、因残、因灾、因病、缺劳动力、缺土地、缺技术、缺水、缺资金、"
    "自身发展动力不足"
)


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def book(*homes: list[dict[str, Any]], header: list[str] = HEADER, above: list[str] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        lines = [[one.get(name, "") for name in header] for lines in homes for one in lines]
        for at, row in enumerate([*([title] for title in above or []), header, *lines]):
            for column, value in enumerate(row):
                formula = isinstance(value, str) and value.startswith("=")
                (sheet.write_formula if formula else sheet.write)(at, column, value)
    return out.getvalue()


async def marked(client: Client, state: dict[str, Any]) -> Any:
    answer = await client.get(f"/imports/{state['id']}/workbook")
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]


def values(sheet: Any) -> list[list[str]]:
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


async def test_a_workbook_registers_its_households_and_the_same_again_changes_nothing(registry: Api):
    content = book(home(3), home(1))
    async with registry.client("county_office") as client:
        first, again = await load_import(registry, client, content), await load_import(registry, client, content)
    assert (first["status"], first["kind"], first["created"], first["persons"]) == ("done", "workbook", 2, 4)
    assert (again["created"], again["unchanged"], again["rejected"]) == (0, 2, 0)


async def test_what_was_sent_comes_back_with_wrong_cells_coloured_and_the_reason_in_a_comment(registry: Api):
    good, bad = home(2), home(2, 主要致贫原因="懒")
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book(good, bad), "mode=accept_good")
        sheet = await marked(client, state)
    sent = [[one.get(name, "") for name in HEADER] for one in (*good, *bad)]
    assert [row[: len(HEADER)] for row in values(sheet)] == [HEADER, *sent]
    assert [row[-1] for row in values(sheet)] == [
        "导入结果",
        *("已登记",) * 2,
        f"未导入：本户有误；主要致贫原因：{CAUSES}",
        "未导入：本户有误",
    ]
    coloured = [cell for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb.endswith(RED)]
    assert [cell.coordinate for cell in coloured] == [sheet.cell(4, HEADER.index("主要致贫原因") + 1).coordinate]
    assert coloured[0].comment.text == CAUSES


async def test_the_marked_workbook_is_corrected_and_sent_again_without_doubling(registry: Api):
    good, bad = home(2), home(1, 与户主关系="邻居")
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book(good, bad), "mode=accept_good")
        sheet = await marked(client, state)
        sheet.cell(4, HEADER.index("与户主关系") + 1).value = "户主"
        out = io.BytesIO()
        sheet.parent.save(out)
        again = await load_import(registry, client, out.getvalue(), "mode=accept_good")
        outcomes = [row[-1] for row in values(await marked(client, again))]
    assert (again["created"], again["unchanged"], again["rejected"], again["unknown"]) == (1, 1, 0, [])
    assert outcomes == ["导入结果", *("已在册，内容相同",) * 2, "已登记"]


async def test_a_preview_checks_everything_and_loads_nothing_until_it_is_told_to(registry: Api):
    content = book(home(2), home(1, 与户主关系="邻居"))
    async with registry.client("county_office") as client:
        before = await _registered(registry)
        state = await load_import(registry, client, content, "mode=accept_good&preview=true")
        assert (state["created"], state["persons"], state["rejected"]) == (1, 2, 1)
        assert await _registered(registry) == before
        assert [row[-1] for row in values(await marked(client, state))][1] == "校验通过，待导入"
        loading = await client.post(f"/imports/{state['id']}/loading")
        assert (loading.status_code, loading.json()["state"]) == (202, "waiting")
        await work(registry)
        assert await _registered(registry) == before
        assert [row[-1] for row in values(await marked(client, state))][1] == "校验通过，待批准"
        await release_import(registry, state["id"])
        loaded = await state_of(client, state["id"])
        again = await client.post(f"/imports/{state['id']}/loading")
        assert [row[-1] for row in values(await marked(client, loaded))][1] == "已登记"
    assert (loaded["status"], loaded["created"], loaded["rejected"]) == ("done", 1, 1)
    assert loaded["errors"] == state["errors"]
    assert await _registered(registry) == before + 1
    assert (again.status_code, again.json()["type"]) == (409, "urn:tuopin:problem:not-to-be-loaded")


async def test_what_waits_at_once_comes_back_as_what_waits(registry: Api):
    content = book(home(1), home(1, 与户主关系="邻居"))
    async with registry.client("county_office") as client:
        started = (await client.post("/imports?mode=accept_good", content=content)).json()
        await work(registry)
        outcomes = [row[-1].partition("；")[0] for row in values(await marked(client, started))]
    assert outcomes == ["导入结果", "校验通过，待批准", "有误"]


async def _registered(api: Api) -> int:
    return await api.worker.pool.fetchval("SELECT count(*) FROM household")


async def test_a_preview_with_errors_is_not_loaded_all_or_nothing_and_one_without_is(registry: Api):
    async with registry.client("county_office") as client:
        bad = await load_import(registry, client, book(home(1), home(1, 与户主关系="邻居")), "preview=true")
        refused = await client.post(f"/imports/{bad['id']}/loading")
        good = await load_import(registry, client, imports.file(home(2)).encode(), "preview=true")
        assert (good["created"], good["persons"]) == (1, 2)
        assert (await client.post(f"/imports/{good['id']}/loading")).status_code == 202
        await release_import(registry, good["id"])
        loaded = await state_of(client, good["id"])
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tuopin:problem:import-has-errors")
    assert (loaded["status"], loaded["created"]) == ("done", 1)


async def test_formulas_and_numbers_that_lost_digits_are_errors_at_their_cell(registry: Api):
    formula, digits = home(1, 姓名='="李"&"某"'), home(1, 证件号码=220622196005040450)
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book(formula, digits), "mode=accept_good")
    found = {(error["line"], error["field"], error["rule"]) for error in state["errors"]}
    assert {(2, "姓名", "plain value"), (3, "证件号码", "text")} <= found
    assert state["created"] == 0


async def test_days_and_numbers_of_a_spreadsheet_are_read_as_they_are_meant(registry: Api):
    header = [*HEADER, "人均纯收入", "耕地面积", "出生日期", "性别"]
    cells = {"识别日期": 20141001, "人均纯收入": 2100.5, "耕地面积": 3, "出生日期": "1960年5月4日", "性别": "男"}
    one = home(1, 证件号码=220622600504001, **cells)
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book(one, header=header))
    assert (state["created"], state["errors"]) == (1, [])
    row = await registry.worker.pool.fetchrow(
        "SELECT h.identified_on, h.facts, p.document_kind FROM household h JOIN membership m ON m.household_id = h.id"
        " JOIN person p ON p.id = m.person_id WHERE h.number = $1",
        one[0]["户编号"],
    )
    assert (row["identified_on"].isoformat(), row["document_kind"]) == ("2014-10-01", "old15")
    assert '"income_fen": 210050' in row["facts"]


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook-protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 xls", "workbook-old-format"),
        (b"PK\x03\x04 broken", "workbook-broken"),
    ],
)
async def test_a_workbook_that_cannot_be_opened_is_refused_when_it_is_sent(registry: Api, content: bytes, slug: str):
    async with registry.client("county_office") as client:
        answer = await client.post("/imports", content=content)
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:tuopin:problem:{slug}")


async def test_a_workbook_without_the_needed_columns_fails_with_their_names(registry: Api):
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book([{"户编号": "1", "姓名": "李"}], header=["户编号", "姓名"]))
    assert state["status"] == "failed"
    assert state["problem"]["type"] == "urn:tuopin:problem:columns-missing"
    assert "证件号码" in state["problem"]["columns"]


async def test_a_title_above_the_header_is_no_data_and_lines_keep_their_numbers(registry: Api):
    bad = home(1, 与户主关系="邻居")
    async with registry.client("county_office") as client:
        state = await load_import(
            registry, client, book(home(1), bad, above=["靖宇县", "2016年5月"]), "mode=accept_good"
        )
    assert (state["created"], {error["line"] for error in state["errors"]}) == (1, {5})


async def test_columns_that_nothing_is_known_of_are_reported(registry: Api):
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book(home(1, 备注="x"), header=[*HEADER, "备注"]))
    assert (state["created"], state["unknown"]) == (1, ["备注"])


async def test_the_marked_file_goes_to_its_sender_only_and_is_forgotten_in_time(registry: Api):
    async with registry.client("county_office", subject="sender") as client:
        state = await load_import(registry, client, book(home(1)))
        await marked(client, state)
    async with registry.client("county_office", subject="colleague") as other:
        refused = await other.get(f"/imports/{state['id']}/workbook")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:tuopin:problem:for-the-sender")
    await move_clock(registry, "2016-03-01")
    await work(registry)
    async with registry.client("county_office", subject="sender") as client:
        assert (await client.get(f"/imports/{state['id']}/workbook")).status_code == 404
    assert await registry.worker.pool.fetchval("SELECT count(*) FROM file_chunk") == 0


async def test_a_csv_file_with_errors_comes_back_as_csv_that_starts_no_formula(registry: Api):
    bad = home(1, 姓名="=HYPERLINK(1)", 与户主关系="邻居")
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, imports.file(bad).encode("gb18030"), "mode=accept_good")
        answer = await client.get(f"/imports/{state['id']}/workbook")
    lines = answer.content.decode("gb18030").splitlines()
    assert answer.headers["Content-Type"] == "text/csv; charset=gb18030"
    assert "'=HYPERLINK(1)" in lines[1]
    assert "未导入：本户有误" in lines[1]


async def test_a_stop_between_any_two_steps_loads_nothing_twice_and_nothing_half(registry: Api):
    content = book(*[home(2) for _ in range(30)])
    before = await _registered(registry)
    async with registry.client("county_office") as client:
        started = (await client.post("/imports", content=content)).json()
        seen = set()
        while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
            seen.add(await _registered(registry) - before)
        await release_import(registry, started["id"], 0)
        while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
            seen.add(await _registered(registry) - before)
        state = await state_of(client, started["id"])
    assert seen == {0, 30}
    assert (state["status"], state["created"], state["persons"]) == ("done", 30, 60)


async def test_the_same_upload_with_the_same_key_is_one_import_and_another_file_is_refused(registry: Api):
    content, key = book(home(1)), {"Idempotency-Key": "upload-of-today"}
    async with registry.client("county_office") as client:
        first = await client.post("/imports", content=content, headers=key)
        again = await client.post("/imports", content=content, headers=key)
        other = await client.post("/imports", content=book(home(1)), headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "urn:tuopin:problem:idempotency-key-reused")
    await work(registry)


async def test_one_person_in_two_households_of_a_file_is_found_and_so_are_two_heads(registry: Api):
    twice = identity_number()
    one, other, heads = home(1, 证件号码=twice), home(1, 证件号码=twice), home(2, 与户主关系="户主")
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, book(one, other, heads), "mode=accept_good&preview=true")
    rules = {(error["line"], error["field"], error["rule"]) for error in state["errors"]}
    assert rules == {(3, "证件号码", "once in the register"), (4, "与户主关系", "one head")}


async def test_a_large_file_is_received_piece_by_piece_and_never_held_as_a_whole(registry: Api):
    line = imports.file(home(1)).splitlines()[1]
    header, piece = imports.file().encode(), f"{line}\n".encode() * 2_000

    async def body() -> AsyncIterator[bytes]:
        yield header
        for _ in range(100):
            yield piece

    async with registry.client("county_office") as client:
        tracemalloc.start()
        started = await client.post("/imports", content=body())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    size = len(header) + 100 * len(piece)
    kept = "SELECT bytes FROM data_file WHERE id = $1"
    assert await registry.worker.pool.fetchval(kept, started.json()["id"]) == size
    assert size > 20_000_000
    assert peak < 8_000_000
    await registry.worker.pool.execute("UPDATE job SET status = 'failed' WHERE id = $1", started.json()["id"])
