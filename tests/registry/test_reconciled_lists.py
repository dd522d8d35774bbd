"""Lists of the national system as offices have them: each layout, several sheets, and what is no list at all."""

import io
from typing import Any

import openpyxl
import pytest

from tests.registry.test_import_compare import of, written
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.imports import work
from tests.support.reconciliations import (
    AS_OF,
    OTHER_TOWN,
    TODAY,
    TOWN,
    Rows,
    a_line,
    decide,
    differing,
    facts,
    keeps,
    listed,
    living,
    members,
    place,
    send,
    state_of,
    takes,
)
from tests.support.world import move_clock, villages

LAYOUT_2021 = (
    "县,乡,行政村,自然村,户编号,人编号,姓名,证件号码,人数,与户主关系,民族,文化程度,在校生状况,健康状况,劳动技能,"
    "务工时间(月),是否参加大病保险,致贫原因1,危房户,是否解决安全饮用水,人均纯收入,户联系电话,人联系电话,首次识别时间,"
    "人员识别时间,户类型"
)
LAYOUT_2018 = (
    "县,乡,行政村,自然村,户编号,人编号,姓名,性别,出生日期,证件号码,人数,与户主关系,民族,文化程度,健康状况,劳动技能,"
    "是否解决安全饮用水,贫困户属性,主要致贫原因,识别日期,户联系电话,银行卡号,耕地面积"
)


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", TOWN, OTHER_TOWN)
    await move_clock(registry, TODAY)


def national(rows: Rows, layout: str) -> Rows:
    """Lines of our own export as the national system writes them: names of villages, months, days without hyphens."""
    sizes = {row["户编号"]: str(len([one for one in rows if one["户编号"] == row["户编号"]])) for row in rows}
    lines = []
    for row in rows:
        said = {
            "县": f"村{row['行政村代码'][3:6]}",
            "乡": f"村{row['行政村代码'][6:9]}",
            "行政村": f"村{row['行政村代码'][9:]}",
            "人数": sizes[row["户编号"]],
            "致贫原因1": row["主要致贫原因"],
            "首次识别时间": row["识别日期"][:7].replace("-", ""),
            "识别日期": row["识别日期"].replace("-", ""),
            "户类型": "",
            "劳动技能": row["劳动技能"],
        }
        lines.append({name: (row | said).get(name, "") for name in layout.split(",")})
    return lines


async def post(api: Api, content: bytes, **query: str) -> Any:
    async with api.client("county_office") as client:
        answer = await client.post("/reconciliations", params={"as_of": AS_OF, **query}, content=content)
    await work(api)
    return answer


@pytest.mark.parametrize("layout", [LAYOUT_2021, LAYOUT_2018], ids=["2021", "2018"])
async def test_a_national_list_of_what_is_registered_differs_in_nothing_and_one_of_another_fact_in_one(
    registry: Api, layout: str
):
    village = await place(registry)
    homes = await living(registry, village, 1, 3, 2)
    lines = national(await listed(registry, village), layout)
    id = await send(registry, lines, village)
    state = await state_of(registry, id)
    assert (state["state"], state["same"], state["unread"], state["persons"]) == ("done", 3, 0, 6)
    of(lines, homes[1])[2]["文化程度"] = "大专"
    again = await send(registry, lines, village, as_of="2022-05-26")
    [one] = await differing(registry, again)
    assert (one["number"], one["item"], one["said"]) == (homes[1]["number"], "文化程度", "大专")
    [answer] = await decide(registry, again, takes(one))
    assert answer["status"] == "accepted"
    assert [person.get("education") for person in (await facts(registry, homes[1]))["members"]].count("大专") == 1


async def test_a_workbook_with_a_sheet_a_village_and_cells_merged_over_a_household_is_one_list(registry: Api):
    here, there = await place(registry), await place(registry)
    [grown], [left] = await living(registry, here, 3), await living(registry, there, 2)
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, village in (("甲村", here), ("乙村", there)):
        lines = national(await listed(registry, village), LAYOUT_2018)
        if village == there:
            lines.pop()
            lines[0]["人数"] = "1"
        sheet = workbook.create_sheet(name)
        sheet.append([f"{name}贫困户名单"])
        sheet.append(list(lines[0]))
        for line in lines:
            sheet.append(list(line.values()))
        at = list(lines[0]).index("户编号") + 1
        if len(lines) > 1:
            sheet.merge_cells(start_row=3, end_row=2 + len(lines), start_column=at, end_column=at)
        sheet.append(["合计", None, None, None, len(lines)])
    out = io.BytesIO()
    workbook.save(out)
    id = await send(registry, out.getvalue(), TOWN)
    mine = [one for one in await differing(registry, id) if one["number"] in (grown["number"], left["number"])]
    assert [(one["number"], one["kind"]) for one in mine] == [(left["number"], "left")]
    state = await state_of(registry, id)
    assert (state["households"], state["persons"], state["unread"], state["same"]) == (2, 4, 0, 1)
    assert state["remarks"] != []


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"", "file-empty"),
        ("姓名,电话\n张某,13800000000\n".encode(), "columns-missing"),
        (b"%PDF-1.4", "file-of-another-kind"),
    ],
    ids=["empty", "telephones", "pdf"],
)
async def test_what_is_no_list_is_refused_at_once(registry: Api, content: bytes, slug: str):
    answer = await post(registry, content, division=TOWN)
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (422, slug)


async def test_a_list_with_nothing_below_its_header_makes_nobody_missing(registry: Api):
    village = await place(registry)
    await living(registry, village, 1)
    for content in ("户编号,户主姓名\n".encode(), book([], header=["户编号", "户主姓名"])):
        answer = await post(registry, content, division=village)
        state = await state_of(registry, answer.json()["id"])
        assert (state["state"], state["counts"]) == ("failed", [])
        assert state["problem"]["title"].startswith("文件中没有一户，不能核对")


async def test_a_place_that_does_not_exist_is_refused(registry: Api):
    for division in ("220622999", f"{TOWN}999"):
        answer = await post(registry, "户编号,户主姓名\nN1,王某\n".encode(), division=division)
        assert (answer.status_code, answer.json()["field"]) == (404, "division")


async def test_a_village_of_which_the_list_has_nobody_is_pointed_out(registry: Api):
    on_it, off_it = await place(registry, OTHER_TOWN), await place(registry, OTHER_TOWN)
    stays, goes = await living(registry, on_it, 1, 1)
    [whole] = await living(registry, off_it, 1)
    id = await send(registry, of(await listed(registry, on_it), stays), OTHER_TOWN)
    why = {one["number"]: one["why_zh"] for one in await differing(registry, id, kind="gone")}
    assert why[goes["number"]] is None
    assert why[whole["number"]] == "名单中没有该村的任何一户，请先核对名单是否包括该村"


async def test_somebody_who_is_on_the_list_in_two_households_is_to_be_told(registry: Api):
    village = await place(registry)
    home, other = await living(registry, village, 2, 1)
    rows = await listed(registry, village)
    son = next(row for row in of(rows, home) if row["与户主关系"] == "之子")
    again = a_line(of(rows, other)[0], 与户主关系="其他") | {key: son[key] for key in ("姓名", "证件号码")}
    rows.insert(rows.index(of(rows, other)[0]) + 1, again)
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    assert (one["number"], one["kind"], one["proposal"]) == (other["number"], "joined", "tell")
    assert one["why_zh"] == f"此人现登记在另一户（{home['number']}）；名单中此人也在该户，重复"
    assert len(await members(registry, home)) == 2


async def test_a_household_table_does_not_stand_in_the_way_of_an_older_list_of_persons(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    table = [{"户编号": home["number"], "户主姓名": "王某", "人数": "1", "主要致贫原因": "因病"}]
    await send(registry, table, village, as_of="2022-05-31")
    rows = await listed(registry, village)
    id = await send(registry, rows, village)
    assert (await state_of(registry, id))["state"] == "done"
    older = await post(registry, written(table), division=village)
    assert older.json()["type"].endswith("newer-list-there")


async def test_another_phone_next_month_is_not_what_was_decided_about_the_last_one(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = await listed(registry, village)
    phones = ("13912345678", "13787654321")
    first, second = ([row | {"户联系电话": phone} for row in rows] for phone in phones)
    id = await send(registry, first, village)
    [one] = await differing(registry, id)
    assert (one["zh"], one["said"], one["known"]) == ("户联系电话与登记不同", "", "")
    await decide(registry, id, keeps(one))
    id = await send(registry, second, village, as_of="2022-05-26")
    [one] = await differing(registry, id)
    assert (one["proposal"], one["why_zh"]) == ("accept", None)
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "accepted"
    assert (await facts(registry, home))["phone"] == "137****4321"
    async with registry.client("auditor") as client:
        told = [
            (await client.get(path)).text
            for path in (f"/households/{home['id']}/history", f"/reconciliations/{id}/differences", "/audit")
        ]
    assert not any(phone in said for said in told for phone in phones)


async def test_a_line_that_names_another_head_or_nobody_of_the_household_is_not_proposed(registry: Api):
    village = await place(registry)
    right, wrong = await living(registry, village, 1, 1)
    base = {"主要致贫原因": "因残"}
    heads = {right["number"]: right["members"][0], wrong["number"]: right["members"][0]}
    table = [
        base | {"户编号": number, "户主姓名": "王\u3000某", "户主证件号码": head["identity_number"]}
        for number, head in heads.items()
    ]
    found = await differing(registry, await send(registry, table, village))
    proposals = {right["number"]: "accept", wrong["number"]: "ask"}
    assert {one["number"]: one["proposal"] for one in found} == proposals
    lines = [row | base for row in await listed(registry, village)]
    of(lines, wrong)[0].update({key: a_line(lines[0])[key] for key in ("姓名", "证件号码", "性别", "出生日期")})
    found = await differing(registry, await send(registry, lines, village), field="main_cause")
    assert {one["number"]: one["proposal"] for one in found} == proposals
    assert [one["why_zh"] for one in found if one["number"] == wrong["number"]] == [
        "名单中的户主或成员与该户编号登记的不符，可能是另一户，请先核对户编号"
    ]


async def test_characters_that_nobody_can_type_stop_no_list(registry: Api):
    village = await place(registry)
    home, other = await living(registry, village, 1, 1)
    row = {"户编号": home["number"], "户主姓名": "王\x1f某", "主要致贫原因": "因残"}
    table = [row, row | {"户编号": other["number"], "户主姓名": "王某", "开户银行名称": "信用\x07社"}]
    state = await state_of(registry, await send(registry, table, village))
    assert state["state"] == "open"


async def test_a_newcomer_whom_the_list_calls_the_head_joins_first(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = await listed(registry, village)
    new = a_line(rows[0], 姓名="赵某")
    id = await send(registry, [rows[0] | {"与户主关系": "其他"}, new], village)
    [one] = await differing(registry, id, kind="joined")
    [answer] = await decide(registry, id, takes(one))
    assert answer["problem"]["title"].startswith("名单中的户主尚不是该户成员：请先在该户按其与现户主的关系增加人口")
    assert len(await members(registry, home)) == 1


async def test_of_a_list_that_could_not_be_compared_nothing_is_kept_either(registry: Api):
    village = await place(registry)
    answer = await post(registry, book([{"甲": "1"}], header=["甲", "乙"]), division=village)
    id = answer.json()["id"]
    assert (await state_of(registry, id))["state"] == "failed"
    await move_clock(registry, "2022-10-15")
    await work(registry)
    owner = await registry.owner()
    try:
        kept = "SELECT unnest(ARRAY[id, sent]) FROM data_file WHERE id = $1"
        left = f"SELECT count(*) FROM file_chunk WHERE file_id IN ({kept})"
        assert await owner.fetchval(left, id) == 0
    finally:
        await owner.close()
