"""Imports: a file goes in as a whole or household by household, and the same file again changes nothing."""

import csv
import io
from typing import Any

import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.imports import load_import, release_import
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, identity_number
from tests.support.world import register, villages

HEADER = [
    "户编号",
    "行政村代码",
    "人编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "贫困户属性",
    "主要致贫原因",
    "识别日期",
    "是否危房户",
    "劳动技能",
]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def line(number: str, relation: str = "户主", **cells: str) -> dict[str, str]:
    return {
        "户编号": number,
        "行政村代码": VILLAGE,
        "姓名": "李某",
        "证件号码": identity_number(),
        "与户主关系": relation,
        "贫困户属性": "一般贫困户",
        "主要致贫原因": "因病",
        "识别日期": "2014-10-01",
        "是否危房户": "否",
        "劳动技能": "普通劳动力",
        **cells,
    }


def home(size: int = 2, **cells: str) -> list[dict[str, str]]:
    number = household()["number"]
    return [line(number, "户主" if n == 0 else "其他", **cells) for n in range(size)]


def file(*homes: list[dict[str, str]], header: list[str] = HEADER) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(one for lines in homes for one in lines)
    return out.getvalue()


async def load(
    api: Api, content: str | bytes, mode: str = "all_or_nothing", steps: int = 100, sender: str = "220622"
) -> dict[str, Any]:
    """Send a file, have it released, let the worker do its steps, answer the state and what is wrong."""
    body = content if isinstance(content, bytes) else content.encode()
    async with api.client("county_office" if len(sender) == 6 else "town_cadre", division=sender) as client:
        return await load_import(api, client, body, f"mode={mode}", steps)


async def listed(api: Api, number: str) -> bool:
    async with api.client("county_office") as client:
        page = (await client.get("/households", params={"limit": 1000})).json()
    return number in [row["number"] for row in page["items"]]


async def test_a_file_registers_its_households_and_the_same_again_changes_nothing(registry: Api):
    content = file(home(3), home(1), home(2))
    first, again = await load(registry, content), await load(registry, content)
    assert (first["status"], first["created"], first["persons"]) == ("done", 3, 6)
    assert (again["created"], again["unchanged"], again["rejected"]) == (0, 3, 0)


async def test_the_same_number_with_other_values_is_told_item_by_item(registry: Api):
    lines = home(1)
    await load(registry, file(lines))
    state = await load(registry, file([lines[0] | {"主要致贫原因": "因残"}]))
    assert (state["created"], state["rejected"]) == (0, 1)
    assert [(error["line"], error["field"]) for error in state["errors"]] == [(2, "主要致贫原因")]
    assert state["errors"][0]["zh"].startswith("主要致贫原因：文件为“因残”，登记为“因病”（2014年10月1日起")


async def test_all_or_nothing_loads_nothing_of_a_file_with_one_wrong_line(registry: Api):
    good, bad = home(2), home(1, 与户主关系="邻居")
    state = await load(registry, file(good, bad))
    assert (state["status"], state["created"], state["rejected"]) == ("done", 0, 1)
    assert {(error["line"], error["field"], error["rule"]) for error in state["errors"]} >= {
        (4, "与户主关系", "code list")
    }
    assert not await listed(registry, good[0]["户编号"])


async def test_a_column_that_the_file_lacks_is_called_as_the_form_calls_it(registry: Api):
    head, son, daughter = home(3)
    content = file([head, son | {"与户主关系": "之子"}, daughter | {"与户主关系": "之女"}])
    state = await load(registry, content)
    assert [(error["field"], error["zh"]) for error in state["errors"]][:1] in (
        [("性别", "与户主关系“之子”与性别不符")],
        [("性别", "与户主关系“之女”与性别不符")],
    )


async def test_several_errors_of_one_cell_are_all_listed_page_by_page(registry: Api):
    twice = identity_number()
    lines = home(2, 证件号码=twice, 与户主关系="邻居")  # not in the code list, no head, the number twice
    state = await load(registry, file(lines))
    async with registry.client("county_office") as client:
        paged, cursor = [], ""
        while cursor is not None:
            query = f"limit=1{cursor and '&cursor=' + cursor}"
            page = (await client.get(f"/imports/{state['id']}/errors?{query}")).json()
            paged += page["items"]
            cursor = page["next"]
        assert (await client.get(f"/imports/{uuid7()}/errors")).status_code == 404
    assert paged == state["errors"]
    assert len(paged) >= 4


async def test_accept_the_good_loads_the_rest_household_by_household(registry: Api):
    good, bad = home(2), home(2)
    bad[1]["贫困户属性"] = "低保贫困户"  # the lines of one household disagree
    state = await load(registry, file(bad, good), "accept_good")
    assert (state["created"], state["rejected"], state["persons"]) == (1, 1, 2)
    assert [(error["line"], error["field"]) for error in state["errors"]] == [(3, "贫困户属性")]
    assert await listed(registry, good[0]["户编号"])


async def test_a_person_twice_in_a_file_or_in_the_register_is_found(registry: Api):
    body, twice = await register(registry), identity_number()
    known = home(1, 证件号码=body["members"][0]["identity_number"])
    state = await load(registry, file(known, home(1, 证件号码=twice), home(1, 证件号码=twice)), "accept_good")
    assert (state["created"], [error["line"] for error in state["errors"]]) == (1, [2, 4])
    strict = await load(registry, file(home(1, 证件号码=(again := identity_number())), home(1, 证件号码=again)))
    assert (strict["created"], strict["rejected"]) == (0, 1)


async def test_a_person_number_or_identifier_that_is_taken_rejects_its_household_only(registry: Api):
    header, known = [*HEADER, "户标识", "人标识"], home(1, 人编号=str(uuid7().int)[:12], 人标识=str(uuid7()))
    await load(registry, file(known, header=header))
    twice = home(2, 人编号="P77")
    assert [error["line"] for error in (await load(registry, file(twice, header=header)))["errors"]] == [2, 3]
    for column in ("人编号", "人标识"):
        clash, good = home(1, **{column: known[0][column]}), home(1)
        state = await load(registry, file(clash, good, header=header), "accept_good")
        assert (state["status"], state["created"], state["rejected"]) == ("done", 1, 1)
        assert [(error["line"], error["field"]) for error in state["errors"]] == [(2, column)]


async def test_a_person_of_a_township_that_the_sender_cannot_see_rejects_its_household_only(registry: Api):
    elsewhere = await register(registry, division=OTHER_VILLAGE)
    clash, good = home(1, 证件号码=elsewhere["members"][0]["identity_number"]), home(1)
    state = await load(registry, file(clash, good), "accept_good", sender=VILLAGE[:9])
    assert (state["status"], state["created"], state["rejected"]) == ("done", 1, 1)
    assert [(error["line"], error["field"]) for error in state["errors"]] == [(2, "证件号码")]


async def test_an_invalid_number_is_kept_as_a_typed_document_where_birth_date_and_sex_are_given(registry: Api):
    header = [*HEADER, "性别", "出生日期"]
    lines = home(1, 证件号码="220622600504001", 性别="男", 出生日期="1960-05-04")
    state = await load(registry, file(lines, header=header))
    assert (state["created"], state["errors"]) == (1, [])


async def test_columns_are_found_in_any_order_and_in_gb18030(registry: Api):
    content = file(home(1), header=HEADER[::-1]).encode("gb18030")
    assert (await load(registry, content))["created"] == 1


async def test_a_large_file_is_loaded_in_steps_and_can_go_on_after_a_stop(registry: Api):
    content = file(*[home(3) for _ in range(7000)])
    begun = await load(registry, content, "accept_good", steps=1)
    assert begun["status"] == "running"
    assert 0 < begun["created"] < 7000
    while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
        continue
    async with registry.client("county_office") as client:
        done = (await client.get(f"/imports/{begun['id']}")).json()
    assert (done["status"], done["created"], done["persons"]) == ("done", 7000, 21000)


async def test_a_village_outside_the_callers_division_is_refused(registry: Api):
    content = file(home(1, 行政村代码=OTHER_VILLAGE))
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        started = await client.post("/imports", content=content.encode(), headers={"Content-Type": "text/csv"})
        while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
            continue
        errors = (await client.get(f"/imports/{started.json()['id']}/errors")).json()["items"]
    assert [error["field"] for error in errors] == ["行政村代码"]


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "file-empty"),
        ("户编号,姓名\n".encode(), "columns-missing"),
        (b"\xff\xfe\x00", "not-a-text-file"),
        ('户编号,"姓\n名"\n'.encode(), "columns-missing"),
        ('户编号,"姓名,证件号码\n1,李某,"2"\n'.encode(), "line-break-in-field"),
        ('户编号,姓名\n1,"李某\n'.encode(), "line-break-in-field"),
    ],
)
async def test_what_is_no_register_file_is_refused_with_the_reason(registry: Api, content: bytes, slug: str):
    async with registry.client("county_office") as client:
        answer = await client.post("/imports", content=content, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:tuopin:problem:{slug}")


async def test_the_file_is_encrypted_while_it_waits_and_forgotten_at_the_end(registry: Api):
    lines, of = home(1), "FROM file_chunk WHERE file_id = $1"
    async with registry.client("county_office") as client:
        content = file(lines).encode()
        started = await client.post("/imports", content=content, headers={"Content-Type": "text/csv"})
    chunks = await registry.worker.pool.fetch(f"SELECT content {of}", started.json()["id"])
    assert chunks
    assert not any(lines[0]["证件号码"] in row["content"] for row in chunks)
    while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
        continue
    await release_import(registry, started.json()["id"])
    assert await registry.worker.pool.fetchval(f"SELECT count(*) {of}", started.json()["id"]) == 0


async def test_after_a_load_the_planner_knows_how_many_households_there_are(registry: Api):
    await load(registry, file(*[home(1) for _ in range(30)]))
    rows = await registry.worker.pool.fetch(
        "SELECT reltuples, (SELECT count(*) FROM household) AS counted FROM pg_class WHERE relname = 'household'"
    )
    assert rows[0]["reltuples"] == rows[0]["counted"] >= 30
