"""Monthly reconciliation: the national system's list beside the register, what differs, and what becomes of it."""

import io
import itertools
from typing import Any

import openpyxl
import pytest

from tests.registry.test_changes import change
from tests.registry.test_divisions import done
from tests.registry.test_import_compare import of, written
from tests.registry.test_late_changes import correct, made
from tests.support.api import Api
from tests.support.imports import work
from tests.support.reconciliations import (
    AS_OF,
    OTHER_TOWN,
    TODAY,
    TOWN,
    a_line,
    decide,
    differing,
    facts,
    keeps,
    listed,
    living,
    place,
    send,
    state_of,
    takes,
)
from tests.support.world import leave_poverty, move_clock, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", TOWN, OTHER_TOWN)
    await move_clock(registry, TODAY)


async def test_a_list_that_says_what_the_register_says_leaves_nothing_to_decide(registry: Api):
    village = await place(registry)
    homes = await living(registry, village, 1, 3, 2)
    await leave_poverty(registry, homes[2]["id"], "2021-12-01")
    rows = await listed(registry, village)
    async with registry.client("county_office") as client:
        assert (await client.get("/tasks", params={"kind": "reconciliation"})).json()["items"] == []
    id = await send(registry, rows, village, covers="registered")
    state = await state_of(registry, id)
    told = {key: state[key] for key in ("state", "households", "persons", "same", "unread", "counts")}
    assert told == {"state": "done", "households": 2, "persons": 4, "same": 2, "unread": 0, "counts": []}
    assert await differing(registry, id) == []


async def test_each_kind_of_difference_is_told_in_words_with_what_either_side_says(registry: Api):
    village, other = await place(registry), await place(registry)
    gone, moved, changed, grown, shrunk, cleared, wrong = homes = await living(registry, village, 1, 1, 2, 1, 2, 1, 1)
    rows = await listed(registry, village)
    await made(registry, change("removal", cleared["id"], "2022-05-20", "wrongly_included"))
    list_of = {one["number"]: of(rows, one) for one in homes}
    list_of[gone["number"]] = []
    list_of[moved["number"]][0]["行政村代码"] = other
    for row in list_of[changed["number"]]:
        row |= {"主要致贫原因": "因残", "耕地面积": "4.5"}
    list_of[changed["number"]][1] |= {"文化程度": "高中"}
    list_of[grown["number"]].append(a_line(list_of[grown["number"]][0], 与户主关系="配偶", 姓名="赵某"))
    list_of[shrunk["number"]].pop()
    list_of[wrong["number"]][0]["与户主关系"] = "邻居"
    new = a_line(rows[0], 户编号="N20220001", 姓名="周某")
    id = await send(registry, [*itertools.chain(*list_of.values()), new], TOWN)
    state = await state_of(registry, id)
    assert (state["state"], state["households"], state["unread"], state["same"]) == ("open", 7, 1, 0)
    found = await differing(registry, id, division=village)
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        by_kind.setdefault(one["kind"], []).append(one)
        assert not any("A" <= letter <= "z" for letter in one["zh"] + one["item"] + (one["why_zh"] or ""))
    assert {kind: [one["number"] for one in some] for kind, some in by_kind.items()} == {
        "new": ["N20220001"],
        "gone": [gone["number"]],
        "removed": [cleared["number"]],
        "moved": [moved["number"]],
        "household": [changed["number"]] * 2,
        "member": [changed["number"]],
        "joined": [grown["number"]],
        "left": [shrunk["number"]],
    }
    said = {(one["item"]): (one["said"], one["known"], one["zh"]) for one in by_kind["household"]}
    assert said["主要致贫原因"] == ("因残", "因病", "主要致贫原因：名单为“因残”，登记为“因病”（2014年11月1日起）")
    assert said["耕地面积"][:2] == ("4.5", "3.50")
    [education] = by_kind["member"]
    assert (education["name"], education["item"], education["said"]) == ("王某", "文化程度", "高中")
    assert education["zh"] == "文化程度：名单为“高中”，登记中未填"
    assert by_kind["removed"][0]["zh"] == "名单中有此户，该户已于2022年5月20日剔除（错评剔除），现不在册"
    assert by_kind["moved"][0]["zh"] == f"行政村：名单为“村{other[-3:]}”，登记为“村{village[-3:]}”"
    assert by_kind["joined"][0]["reason_zh"] == "婚入"
    async with registry.client("county_office") as client:
        [mistake, *_] = (await client.get(f"/reconciliations/{id}/errors")).json()["items"]
    assert mistake["field"] == "与户主关系"


async def test_what_the_register_learnt_after_the_day_of_the_list_is_to_be_told(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 2)
    rows = await listed(registry, village)
    await correct(registry, home, 1, "2022-05-28", main_cause="因学")
    await made(registry, change("member_left", home["id"], "2022-05-29", "death", person_id=home["members"][1]["id"]))
    id = await send(registry, rows, village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    assert {kind: one["proposal_zh"] for kind, one in found.items()} == {
        "household": "建议以登记为准",
        "joined": "建议以登记为准",
    }
    assert found["joined"]["why_zh"] == "此人2022年5月29日起已不在册（死亡）"
    assert found["household"]["why_zh"] == "登记在名单日期之后更新"


async def test_what_stands_is_reported_to_the_national_system_and_remembered_next_month(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)]
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    assert [answer["status"] for answer in await decide(registry, id, keeps(one))] == ["accepted"]
    assert [answer["status"] for answer in await decide(registry, id, keeps(one))] == ["unchanged"]
    async with registry.client("county_office") as client:
        [told] = (await client.get(f"/reconciliations/{id}/report")).json()["items"]
        answer = await client.get(f"/reconciliations/{id}/report/workbook")
    assert (told["number"], told["ground"]) == (home["number"], "以村里核实的为准")
    title, header, *lines = (
        openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    )
    assert "需在国家系统更正" in str(title[0])
    [line] = [dict(zip(header, cells, strict=False)) for cells in lines]
    assert {key: line[key] for key in ("户编号", "项目", "国家系统名单", "本县登记", "行政村")} == {
        "户编号": home["number"],
        "项目": "主要致贫原因",
        "国家系统名单": "因残",
        "本县登记": "因病",
        "行政村": f"村{village[-3:]}",
    }
    later = await send(registry, rows, village, as_of="2022-05-31")
    [one] = await differing(registry, later)
    assert (one["proposal"], one["why_zh"]) == ("tell", "2022年5月核对时已定以登记为准：以村里核实的为准")
    assert (await state_of(registry, id))["state"] == "superseded"
    async with registry.client("county_office") as client:
        answer = await client.post(f"/reconciliations/{id}/decisions", json={"items": [takes(one)]})
    assert answer.json()["type"].endswith("reconciliation-not-open")


async def test_the_county_sends_one_list_and_each_town_decides_its_villages(registry: Api):
    here, there = await place(registry), await place(registry, OTHER_TOWN)
    await living(registry, here, 1)
    await living(registry, there, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in [*await listed(registry, here), *await listed(registry, there)]]
    id = await send(registry, rows, "220622")
    mine = await differing(registry, id, "town_cadre", TOWN, field="main_cause")
    assert {one["division"] for one in mine} == {here}
    village = await differing(registry, id, "village_cadre", here, field="main_cause")
    assert [one["id"] for one in village] == [one["id"] for one in mine]
    async with registry.client("village_cadre", division=here) as client:
        answer = await client.post(f"/reconciliations/{id}/decisions", json={"items": [takes(mine[0])]})
        assert answer.status_code == 403
    [other] = await differing(registry, id, "town_cadre", OTHER_TOWN, field="main_cause")
    answers = await decide(registry, id, takes(mine[0]), takes(other), role="town_cadre", caller=TOWN)
    assert [one["status"] for one in answers] == ["accepted", "refused"]
    assert answers[1]["problem"]["type"].endswith("no-such-difference")
    async with registry.client("town_cadre", division=OTHER_TOWN) as client:
        tasks = (await client.get("/tasks", params={"kind": "reconciliation", "mine": True})).json()["items"]
    assert [(one["division"], one["zh"]) for one in tasks if one["id"] == id] == [
        (OTHER_TOWN, "月度核对：1户与国家系统名单不同，待处理")
    ]
    async with registry.client("town_cadre", division="220622107") as client:
        assert (await client.get(f"/reconciliations/{id}/differences")).json()["items"] == []


async def test_a_household_table_is_compared_and_asks_for_the_list_of_persons_where_that_is_needed(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 2)
    row = {
        "户编号": home["number"],
        "户主姓名": "张某",
        "人数": "3",
        "主要致贫原因": "因残",
        "耕地面积": "4.5",
        "识别标准": "国家标准",
        "首次识别时间": "2014-11",
    }
    id = await send(registry, [row, row | {"户编号": "N20220003"}], village)
    found = {one["item"]: one for one in await differing(registry, id)}
    assert found.keys() == {"户主", "人数", "主要致贫原因", "耕地面积", "识别标准", "名单有此户，登记没有"}
    assert found["人数"]["zh"] == "人数：名单为“3”，登记为“2”"
    answers = await decide(
        registry, id, *(takes(found[name]) for name in ("人数", "耕地面积", "识别标准", "名单有此户，登记没有"))
    )
    assert [one["status"] for one in answers] == ["refused", "accepted", "accepted", "refused"]
    assert answers[0]["problem"]["type"].endswith("not-by-this-list")
    assert (await facts(registry, home))["land_mu"] == "4.5"


async def test_what_a_layout_assumes_and_a_month_without_its_day_do_not_differ(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1, attribute="低保贫困户", identified_on="2014-11-15")
    [row] = await listed(registry, village)
    national = {
        "县": "村622",
        "乡": f"村{TOWN[-3:]}",
        "行政村": f"村{village[-3:]}",
        "户编号": home["number"],
        "姓名": "王某",
        "证件号码": row["证件号码"],
        "与户主关系": "户主",
        "致贫原因1": "因病",
        "首次识别时间": "2014-11",
        "户类型": "一般农户",
    }
    id = await send(registry, [national], village)
    assert [(one["kind"], one["item"]) for one in await differing(registry, id) if one["item"] != "户类型"] == []
    later = await send(registry, [national | {"首次识别时间": "2015-11"}], village, as_of="2022-05-26")
    assert "识别日期" in {one["item"] for one in await differing(registry, later)}


async def test_an_older_list_and_the_same_list_again_are_refused(registry: Api):
    village = await place(registry)
    await living(registry, village, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)]
    await send(registry, rows, village)
    async with registry.client("county_office") as client:
        same = await client.post(
            "/reconciliations", params={"division": village, "as_of": AS_OF}, content=written(rows)
        )
        older = {"division": village, "as_of": "2022-04-25"}
        before = await client.post("/reconciliations", params=older, content=written(rows[:1]))
        future = await client.post(
            "/reconciliations", params={"division": village, "as_of": "2022-07-01"}, content=written(rows)
        )
        away = await client.post("/reconciliations", params={"division": "220623"}, content=written(rows))
    assert [one.json()["type"].rsplit(":", 1)[-1] for one in (same, before, future, away)] == [
        "same-list-there",
        "newer-list-there",
        "list-of-the-future",
        "division-forbidden",
    ]


async def test_differences_go_over_to_the_village_that_theirs_was_merged_into(registry: Api):
    old, into = await place(registry), await place(registry)
    [home] = await living(registry, old, 1)
    rows = await listed(registry, old)
    new = a_line(rows[0], 户编号="N20220005", 姓名="周某")
    id = await send(registry, [rows[0] | {"主要致贫原因": "因残"}, new], TOWN)
    await done(registry, "mergers", codes=[old], into={"code": into}, day=TODAY)
    await work(registry)
    mine = [
        one for one in await differing(registry, id, division=into) if one["number"] in (home["number"], "N20220005")
    ]
    assert {one["kind"] for one in mine} == {"household", "new"}
    answers = await decide(registry, id, *(takes(one) for one in sorted(mine, key=lambda one: one["kind"])))
    assert [one["status"] for one in answers] == ["accepted", "waiting"], answers


async def test_differences_are_forgotten_when_their_days_are_over_and_only_the_counts_stay(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)]
    id = await send(registry, rows, village)
    owner = await registry.owner()
    try:
        plain = await owner.fetch("SELECT content FROM reconciliation_household WHERE reconciliation_id = $1", id)
        assert len(plain) == 1
        assert home["members"][0]["identity_number"] not in str(plain)
        assert await owner.fetchval("SELECT count(*) FROM file_chunk WHERE file_id = $1", id) == 0
    finally:
        await owner.close()
    await move_clock(registry, "2022-10-15")
    await work(registry)
    state = await state_of(registry, id)
    assert state["state"] == "forgotten"
    assert [(one["kind"], one["state"], one["differences"]) for one in state["counts"]] == [("household", "open", 1)]
    assert await differing(registry, id) == []
