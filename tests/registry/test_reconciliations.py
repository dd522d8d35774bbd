"""Monthly reconciliation: the national system's list beside the register, what differs, and what becomes of it."""

import asyncio
import csv
import io
import itertools
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.registry.test_changes import change
from tests.registry.test_exports import released
from tests.registry.test_import_compare import of, written
from tests.registry.test_late_changes import correct, made
from tests.support.api import Api
from tests.support.imports import work
from tests.support.people import household, identity_number, member
from tests.support.world import enter, leave_poverty, move_clock, release, villages

TODAY, AS_OF = "2022-06-01", "2022-05-25"
TOWN, OTHER_TOWN = "220622105", "220622106"
_village = itertools.count(201)
Rows = list[dict[str, str]]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", TOWN, OTHER_TOWN)
    await move_clock(registry, TODAY)


async def place(api: Api, town: str = TOWN) -> str:
    """A village of its own."""
    code = f"{town}{next(_village)}"
    await villages(api, code)
    return code


async def living(api: Api, village: str, *sizes: int, **facts: Any) -> list[dict[str, Any]]:
    homes = [household(size, village=village, **facts) for size in sizes]
    await enter(api, *homes)
    return homes


async def listed(api: Api, village: str) -> Rows:
    """What a list of the national system says that is up to date."""
    text = (await released(api, kind="csv", division=village)).decode("utf-8-sig").splitlines()
    header = next(number for number, one in enumerate(text) if "户编号" in one)
    return list(csv.DictReader(text[header:]))


def a_line(like: dict[str, str], **cells: str) -> dict[str, str]:
    """A line for somebody else, of the household of another line."""
    empty = {"人编号": "", "性别": "", "出生日期": "", "人联系电话": ""}
    return like | empty | {"证件号码": identity_number(), "姓名": "李某"} | cells


async def send(
    api: Api, rows: Rows | bytes, division: str, role: str = "county_office", caller: str = "220622", **query: str
) -> str:
    content = rows if isinstance(rows, bytes) else written(rows)
    async with api.client(role, division=caller) as client:
        params = {"division": division, "as_of": AS_OF, **query}
        answer = await client.post("/reconciliations", params=params, content=content)
    assert answer.status_code == 202, answer.text
    await work(api)
    id: str = answer.json()["id"]
    return id


async def state_of(api: Api, id: str, role: str = "county_office", division: str = "220622") -> dict[str, Any]:
    async with api.client(role, division=division) as client:
        answer = await client.get(f"/reconciliations/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def differing(api: Api, id: str, role: str = "county_office", caller: str = "220622", **query: str) -> Any:
    async with api.client(role, division=caller) as client:
        answer = await client.get(f"/reconciliations/{id}/differences", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def decide(
    api: Api,
    id: str,
    *items: dict[str, Any],
    role: str = "county_office",
    caller: str = "220622",
    subject: str = "clerk",
) -> list[dict[str, Any]]:
    async with api.client(role, division=caller, subject=subject) as client:
        answer = await client.post(f"/reconciliations/{id}/decisions", json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def takes(one: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": one["id"], "decision": "accept", "ground": "已向农户核实", **more}


def keeps(one: dict[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "decision": "keep", "ground": "以村里核实的为准"}


async def members(api: Api, home: dict[str, Any]) -> list[tuple[str, str]]:
    async with api.client("county_office") as client:
        answer = (await client.get(f"/households/{home['id']}")).json()
    return sorted((one["relation"], one["name"]) for one in answer["members"])


async def facts(api: Api, home: dict[str, Any]) -> dict[str, Any]:
    async with api.client("county_office") as client:
        return (await client.get(f"/households/{home['id']}")).json()


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
    list_of[changed["number"]][0] |= {"主要致贫原因": "因残", "耕地面积": "4.5"}
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
    assert said["耕地面积"][:2] == ("4.5", "3.5")
    [education] = by_kind["member"]
    assert (education["name"], education["item"], education["said"]) == ("王某", "文化程度", "高中")
    assert education["zh"] == "文化程度：名单为“高中”，登记中未填"
    assert by_kind["removed"][0]["zh"] == "名单中有此户，该户已于2022年5月20日剔除（错评剔除），现不在册"
    assert by_kind["moved"][0]["zh"] == f"行政村：名单为“村{other[-3:]}”，登记为“村{village[-3:]}”"
    assert by_kind["joined"][0]["reason_zh"] == "婚入"
    async with registry.client("county_office") as client:
        [mistake, *_] = (await client.get(f"/reconciliations/{id}/errors")).json()["items"]
    assert mistake["field"] == "与户主关系"


async def test_a_birth_is_taken_over_from_the_list_on_the_day_of_the_birth(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 2)
    rows = await listed(registry, village)
    born = date(2022, 3, 8)
    rows.append(a_line(rows[0], 与户主关系="之孙女", 姓名="王小", 证件号码=identity_number(born, male=False)))
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    assert (one["kind"], one["proposal"], one["reason_zh"]) == ("joined", "accept", "新生儿")
    async with registry.client("county_office") as client:
        answer = await client.post(
            f"/reconciliations/{id}/bulk-decisions",
            json={"decision": "accept", "ground": "出生医学证明", "proposal": "accept", "kind": "joined"},
        )
    assert answer.status_code == 202, answer.text
    await work(registry)
    assert ("之孙女", "王小") in await members(registry, home)
    async with registry.client("county_office") as client:
        told = (await client.get(f"/households/{home['id']}/history")).json()
    assert [one["effective_on"] for one in told if one["kind"] == "member_added"] == ["2022-03-08"]
    [one] = await differing(registry, id)
    assert (one["state"], one["state_zh"], one["decided_by"]) == ("accepted", "已按名单办理", "county_office")
    again = await send(registry, rows, village, as_of="2022-05-26")
    assert (await state_of(registry, again))["same"] == 1


async def test_who_is_missing_leaves_for_a_reason_that_somebody_gives(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 3)
    rows = await listed(registry, village)
    missing = home["members"][2]
    rows = [row for row in rows if row["证件号码"] != missing["identity_number"]]
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    [answer] = await decide(registry, id, takes(one))
    assert answer["problem"]["type"].endswith("reason-needed")
    [one] = await differing(registry, id)
    assert (one["state"], one["refusal_zh"][:9]) == ("refused", "名单没有说明原因，")
    [answer] = await decide(registry, id, takes(one, reason="death", effective_on="2022-04-02"))
    assert answer["status"] == "accepted", answer
    assert len(await members(registry, home)) == 2
    [one] = await differing(registry, id)
    assert (one["state"], one["refusal_zh"]) == ("accepted", None)


async def test_another_head_brings_the_relations_of_the_list(registry: Api):
    village = await place(registry)
    home = household(1, village=village)
    home["members"] += [
        member("配偶", male=False, name="李某"),
        member("之子", born=date(1990, 1, 1), name="王大"),
    ]
    await enter(registry, home)
    rows = await listed(registry, village)
    relations = {"王某": "之父", "李某": "之母", "王大": "户主"}
    id = await send(registry, [row | {"与户主关系": relations[row["姓名"]]} for row in rows], village)
    [one] = await differing(registry, id)
    assert (one["kind"], one["zh"]) == ("head", "户主：名单为“王大”，登记为“王某”")
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "accepted", answer
    assert await members(registry, home) == sorted((relation, name) for name, relation in relations.items())


async def test_a_head_who_is_missing_is_followed_by_the_head_of_the_list(registry: Api):
    village = await place(registry)
    home = household(1, village=village)
    home["members"] += [
        member("配偶", male=False, name="李某"),
        member("之子", born=date(1990, 1, 1), name="王大"),
    ]
    await enter(registry, home)
    rows = [row for row in await listed(registry, village) if row["姓名"] != "王某"]
    relations = {"李某": "之母", "王大": "户主"}
    id = await send(registry, [row | {"与户主关系": relations[row["姓名"]]} for row in rows], village)
    [one] = await differing(registry, id)
    assert (one["kind"], one["name"]) == ("left", "王某")
    [answer] = await decide(registry, id, takes(one, reason="death", effective_on="2022-05-01"))
    assert answer["status"] == "accepted", answer
    assert await members(registry, home) == sorted((relation, name) for name, relation in relations.items())


async def test_a_household_that_only_the_list_has_is_asked_for_and_released_by_another_person(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = await listed(registry, village)
    new = a_line(rows[0], 户编号="N20220002", 姓名="周某")
    id = await send(registry, [*rows, new], village)
    [one] = await differing(registry, id)
    assert (one["kind"], one["household_id"]) == ("new", None)
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "waiting", answer
    [one] = await differing(registry, id)
    assert one["state_zh"] == "已申请，待批准"
    async with registry.client("county_office") as client:
        waiting = (await client.get("/changes/requests", params={"division": village, "status": "waiting"})).json()
    [answer] = await release(registry, waiting["items"][0]["id"])
    assert answer["status"] == "accepted", answer
    [one] = await differing(registry, id)
    assert one["state"] == "accepted"
    again = await send(registry, [*rows, new], village, as_of="2022-05-26")
    assert (await state_of(registry, again))["same"] == 2


async def test_a_household_that_the_list_has_not_leaves_by_two_people_or_the_refusal_is_told(registry: Api):
    village = await place(registry)
    stays, goes, kept = await living(registry, village, 1, 1, 1)
    rows = of(await listed(registry, village), stays)
    id = await send(registry, rows, village)
    found = {one["number"]: one for one in await differing(registry, id, kind="gone")}
    items = [takes(found[one["number"]], reason="wrongly_included") for one in (goes, kept)]
    assert [one["status"] for one in await decide(registry, id, *items)] == ["waiting"] * 2
    async with registry.client("county_office") as client:
        waiting = (await client.get("/changes/requests", params={"division": village, "status": "waiting"})).json()
    by_number = {one["number"]: one["id"] for one in waiting["items"]}
    await release(registry, by_number[goes["number"]])
    async with registry.client("county_leader", subject="another") as client:
        refusal = {"id": by_number[kept["number"]], "approve": False, "reason": "该户仍然贫困"}
        await client.post("/changes/releases", json={"items": [refusal]})
    stand = {one["number"]: (one["state"], one["refusal_zh"]) for one in await differing(registry, id, kind="gone")}
    assert stand == {
        goes["number"]: ("accepted", None),
        kept["number"]: ("refused", "申请未获批准：该户仍然贫困"),
    }
    assert (await facts(registry, goes))["status"] == "removed"


async def test_facts_are_taken_over_item_by_item_or_all_at_once(registry: Api):
    village = await place(registry)
    homes = await living(registry, village, 2, 2, 2)
    rows = await listed(registry, village)
    for row in rows:
        row |= {"耕地面积": "4.5", "主要致贫原因": "因残"}
        if row["与户主关系"] == "户主":
            row["文化程度"] = "高中"
    id = await send(registry, rows, village)
    assert len(await differing(registry, id)) == 9
    async with registry.client("county_office") as client:
        for field in ("land_mu", "education"):
            body = {"decision": "accept", "ground": "入户核实", "field": field}
            answer = await client.post(f"/reconciliations/{id}/bulk-decisions", json=body)
            assert answer.status_code == 202, answer.text
    await work(registry)
    for home in homes:
        now = await facts(registry, home)
        assert (now["facts"]["land_mu"], now["main_cause"]) == ("4.50", "因病")
        assert {one["relation"]: one["facts"].get("education") for one in now["members"]} == {
            "户主": "高中",
            "之子": None,
        }
    left = await differing(registry, id, state="open")
    assert {one["field"] for one in left} == {"main_cause"}
    async with registry.client("county_office") as client:
        before = (await client.get(f"/households/{homes[0]['id']}/as-of", params={"as_of": "2022-05-24"})).json()
        after = (await client.get(f"/households/{homes[0]['id']}/as-of", params={"as_of": AS_OF})).json()
    assert [one["facts"]["land_mu"] for one in (before, after)] == ["3.50", "4.50"]


async def test_what_the_register_has_changed_meanwhile_is_told_and_left_alone(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)]
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    await correct(registry, home, 1, "2022-05-28", main_cause="因学")
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "unchanged"
    [one] = await differing(registry, id)
    assert (one["state_zh"], (await facts(registry, home))["main_cause"]) == ("登记已变，无需处理", "因学")


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
    assert (await facts(registry, home))["facts"]["land_mu"] == "4.50"


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
    assert [one.json()["type"].rsplit("/", 1)[-1] for one in (same, before, future, away)] == [
        "same-list-there",
        "newer-list-there",
        "list-of-the-future",
        "division-forbidden",
    ]


async def test_somebody_who_lives_in_another_household_moves_over_with_the_list(registry: Api):
    village = await place(registry)
    old, new = await living(registry, village, 2, 1)
    rows = await listed(registry, village)
    moving = next(row for row in of(rows, old) if row["与户主关系"] == "之子")
    rows.remove(moving)
    at = rows.index(of(rows, new)[0]) + 1
    rows.insert(at, a_line(of(rows, new)[0], 与户主关系="之女婿") | {k: moving[k] for k in ("姓名", "证件号码")})
    id = await send(registry, rows, village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    assert found["joined"]["why_zh"] == f"此人现登记在另一户（{old['number']}）"
    [answer] = await decide(registry, id, takes(found["joined"]))
    assert answer["status"] == "accepted", answer
    assert [len(await members(registry, one)) for one in (old, new)] == [1, 2]
    [answer] = await decide(registry, id, takes(found["left"], reason="married_out"))
    assert answer["status"] == "unchanged"


async def test_two_people_who_decide_at_once_do_it_once(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 3)
    rows = [row for row in await listed(registry, village)][:2]
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    both = await asyncio.gather(
        *(decide(registry, id, takes(one, reason="death"), subject=who) for who in ("first", "second"))
    )
    assert sorted(answer["status"] for [answer] in both) == ["accepted", "refused"]
    assert len(await members(registry, home)) == 2


async def test_differences_go_over_to_the_village_that_theirs_was_merged_into(registry: Api):
    old, into = await place(registry), await place(registry)
    [home] = await living(registry, old, 1)
    rows = await listed(registry, old)
    new = a_line(rows[0], 户编号="N20220005", 姓名="周某")
    id = await send(registry, [rows[0] | {"主要致贫原因": "因残"}, new], TOWN)
    async with registry.client("county_office") as client:
        merger = {"kind": "merger", "day": TODAY, "ground": "并村", "villages": [old], "into": into}
        answer = await client.post("/divisions/redivisions", json=merger)
        assert answer.status_code in (200, 202), answer.text
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
    await move_clock(registry, TODAY)
