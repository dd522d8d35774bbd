"""Crooked lists and decisions of a reconciliation: nothing is invented, nothing is half done, every refusal helps."""

import itertools
from datetime import date
from typing import Any

import pytest

from tests.registry.test_changes import change
from tests.registry.test_import_compare import of
from tests.registry.test_late_changes import correct, made
from tests.support.api import Api
from tests.support.imports import work
from tests.support.people import household, identity_number
from tests.support.reconciliations import (
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
from tests.support.world import enter, move_clock, release, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", TOWN, OTHER_TOWN)
    await move_clock(registry, TODAY)


async def mistakes(api: Api, id: str) -> list[tuple[int, str]]:
    async with api.client("county_office") as client:
        found = (await client.get(f"/reconciliations/{id}/errors")).json()["items"]
    return [(one["line"], one["zh"]) for one in found]


async def requests_of(api: Api, village: str) -> list[str]:
    async with api.client("county_office") as client:
        answer = await client.get("/changes/requests", params={"division": village, "status": "waiting"})
    return [one["id"] for one in answer.json()["items"]]


def over(rows: Rows, old: dict[str, Any], new: dict[str, Any], relation: str = "之女婿") -> Rows:
    """A list on which the son of one household lives in another."""
    moving = next(row for row in of(rows, old) if row["与户主关系"] == "之子")
    line = a_line(of(rows, new)[0], 与户主关系=relation) | {key: moving[key] for key in ("姓名", "证件号码")}
    left = [row for row in rows if row is not moving]
    at = left.index(of(left, new)[-1]) + 1
    return [*left[:at], line, *left[at:]]


async def test_a_household_number_that_a_spreadsheet_dressed_up_is_the_same_household(registry: Api):
    village = await place(registry)
    homes = await living(registry, village, 2, 1, 1)
    rows = await listed(registry, village)
    wide = {48 + digit: 0xFF10 + digit for digit in range(10)}
    dressed = {
        homes[0]["number"]: homes[0]["number"].translate(wide),
        homes[1]["number"]: f"'{homes[1]['number']}",
        homes[2]["number"]: f'="{homes[2]["number"]}"',
    }
    rows = [row | {"户编号": dressed[row["户编号"]]} for row in rows]
    id = await send(registry, rows, village)
    state = await state_of(registry, id)
    assert (state["state"], state["same"], state["counts"]) == ("done", 3, [])
    rows[0]["户编号"] = homes[0]["number"]  # the lines of a household may be dressed differently
    rows = [row | {"主要致贫原因": "因残"} if row["户编号"].endswith(homes[0]["number"]) else row for row in rows]
    rows[1] |= {"主要致贫原因": "因残"}
    again = await send(registry, rows, village, as_of="2022-05-26")
    assert [(one["number"], one["field"]) for one in await differing(registry, again)] == [
        (homes[0]["number"], "main_cause")
    ]


async def test_a_line_without_a_number_or_two_lines_of_one_household_are_told_and_compared_with_nothing(
    registry: Api,
):
    village = await place(registry)
    first, twice, good = await living(registry, village, 1, 1, 1)
    row = {"户编号": good["number"], "户主姓名": "王某", "主要致贫原因": "因残", "行政村代码": village}
    lines = [
        row,
        row | {"户编号": twice["number"], "耕地面积": "4.5"},
        row | {"户编号": twice["number"], "耕地面积": "9.5"},
        row | {"户编号": first["number"]},
        row | {"户编号": "", "户主姓名": "李某"},
    ]
    id = await send(registry, lines, village)
    assert [one["number"] for one in await differing(registry, id)] == [good["number"]]
    told = dict(await mistakes(registry, id))
    assert (told[3], told[6]) == ("此户在文件中有几行", "须填户编号")


async def test_a_household_table_with_a_line_of_another_county_is_compared_without_it(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    row = {"户编号": home["number"], "户主姓名": "王某", "主要致贫原因": "因残", "行政村代码": village}
    id = await send(registry, [row, row | {"户编号": "N20220777", "行政村代码": "220623100201"}], village)
    state = await state_of(registry, id)
    assert (state["state"], state["unread"]) == ("open", 1)
    assert [one["number"] for one in await differing(registry, id)] == [home["number"]]
    assert await mistakes(registry, id) == [(3, "不是辖区内的行政村")]


async def test_what_a_leader_refused_can_be_asked_for_again_and_waits_again(registry: Api):
    village = await place(registry)
    _, stays = await living(registry, village, 1, 1)
    id = await send(registry, of(await listed(registry, village), stays), village)
    [one] = await differing(registry, id)
    for _ in range(2):
        [answer] = await decide(registry, id, takes(one, reason="wrongly_included"))
        assert answer["status"] == "waiting"
        [request] = await requests_of(registry, village)
        refusal = {"id": request, "approve": False, "reason": "该户仍然贫困"}
        async with registry.client("county_leader", subject="another") as client:
            await client.post("/changes/releases", json={"items": [refusal]})
        [one] = await differing(registry, id)
        assert one["state"] == "refused"
    await decide(registry, id, takes(one, reason="wrongly_included"))
    [request] = await requests_of(registry, village)
    await release(registry, request)
    [one] = await differing(registry, id)
    assert one["state"] == "accepted"


async def test_who_cannot_join_the_other_household_stays_where_they_live(registry: Api):
    village = await place(registry)
    old, new = household(2, village=village), household(1, village=village, identified_on="2022-05-30")
    await enter(registry, old, new)
    id = await send(registry, over(await listed(registry, village), old, new), village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    [answer] = await decide(registry, id, takes(found["joined"]))
    assert answer["status"] == "refused"
    assert [len(await members(registry, one)) for one in (old, new)] == [2, 1]
    async with registry.client("county_office") as client:
        history = (await client.get(f"/households/{old['id']}/history")).json()
    async with registry.client("auditor") as client:
        audit = (await client.get("/audit", params={"kind": "household", "id": old["id"]})).json()
    assert "member_left" not in {one["kind"] for one in history}
    assert "household.member_left" not in {one["action"] for one in audit["items"]}
    [answer] = await decide(registry, id, takes(found["joined"], effective_on="2022-05-31"))
    assert answer["status"] == "accepted"
    assert [len(await members(registry, one)) for one in (old, new)] == [1, 2]


async def test_who_moved_over_and_is_missed_where_they_lived_is_one_thing_when_both_are_decided_at_once(
    registry: Api,
):
    village = await place(registry)
    old, new = await living(registry, village, 2, 1)
    id = await send(registry, over(await listed(registry, village), old, new), village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    both = takes(found["joined"]), takes(found["left"], reason="registered_elsewhere")
    assert [one["status"] for one in await decide(registry, id, *both)] == ["accepted", "accepted"]
    assert [len(await members(registry, one)) for one in (old, new)] == [1, 2]
    async with registry.client("county_office") as client:
        history = (await client.get(f"/households/{old['id']}/history")).json()
    assert [one["reason"] for one in history if one["kind"] == "member_left"] == ["registered_elsewhere"]


async def test_a_reason_that_does_not_fit_is_refused_with_those_that_do(registry: Api):
    village = await place(registry)
    removed, stays = await living(registry, village, 1, 1)
    rows = await listed(registry, village)
    await made(registry, change("removal", removed["id"], "2022-05-20", "wrongly_included"))
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    said = []
    for reason in (None, "death", "unheard-of"):
        [answer] = await decide(registry, id, takes(one, reason=reason))
        said.append((answer["problem"]["title"], answer["problem"]["reasons"]))
    assert said == [
        ("名单没有说明原因，请核实后选择原因：误剔恢复", ["restored"]),
        ("此原因不适用于该项差异，请改选：误剔恢复", ["restored"]),
        ("此原因不适用于该项差异，请改选：误剔恢复", ["restored"]),
    ]
    [answer] = await decide(registry, id, takes(one, reason="restored"))
    assert answer["status"] == "waiting"
    [request] = await requests_of(registry, village)
    await release(registry, request)
    assert (await facts(registry, removed))["status"] == "registered"
    assert (await facts(registry, stays))["status"] == "registered"


async def test_a_household_that_is_missing_because_all_of_it_died_goes_by_that_reason(registry: Api):
    village = await place(registry)
    dead, stays = await living(registry, village, 2, 1)
    id = await send(registry, of(await listed(registry, village), stays), village)
    [one] = await differing(registry, id)
    [answer] = await decide(registry, id, takes(one, reason="household_extinct"))
    assert answer["problem"]["title"].startswith("整户自然减少须说明成员去向：全户去向相同的，原因请选死亡、")
    [answer] = await decide(registry, id, takes(one, reason="death", effective_on="2022-05-03"))
    assert answer["status"] == "waiting", answer
    [request] = await requests_of(registry, village)
    [answer] = await release(registry, request)
    assert answer["status"] == "accepted", answer
    async with registry.client("county_office") as client:
        history = (await client.get(f"/households/{dead['id']}/history")).json()
    assert [(one["kind"], one["reason"], one["effective_on"]) for one in history if one["kind"] == "removal"] == [
        ("removal", "household_extinct", "2022-05-03")
    ]


async def test_a_fact_that_the_register_knows_from_a_later_day_is_taken_over_from_that_day_on(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)]
    await correct(registry, home, 1, "2022-05-28", main_cause="因学")
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    [answer] = await decide(registry, id, takes(one, effective_on="2022-05-20"))
    assert answer["problem"]["title"].startswith("登记自2022-05-28起已是另一内容，按名单办理须自该日或以后生效")
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "accepted"
    assert (await facts(registry, home))["main_cause"] == "因残"
    async with registry.client("county_office") as client:
        before = (await client.get(f"/households/{home['id']}/as-of", params={"as_of": "2022-05-27"})).json()
    assert before["main_cause"] == "因病"


async def test_a_difference_decided_in_two_ways_at_once_is_decided_in_none(registry: Api):
    village = await place(registry)
    await living(registry, village, 1)
    id = await send(registry, [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)], village)
    [one] = await differing(registry, id)
    async with registry.client("county_office") as client:
        answer = await client.post(f"/reconciliations/{id}/decisions", json={"items": [takes(one), keeps(one)]})
    assert (answer.status_code, answer.json()["field"]) == (422, "items[1].id")
    assert [one["state"] for one in await differing(registry, id)] == ["open"]


async def test_a_household_taken_off_and_corrected_since_is_told_by_why_it_went(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 1)
    rows = await listed(registry, village)
    await made(registry, change("removal", home["id"], "2022-05-20", "wrongly_included"))
    await correct(registry, home, 2, "2022-05-01", main_cause="因残")
    [one] = await differing(registry, await send(registry, rows, village))
    assert one["zh"] == "名单中有此户，该户已于2022年5月20日剔除（错评剔除），现不在册"


async def test_a_town_is_told_who_moves_a_household_to_another_town(registry: Api):
    here, there = await place(registry), await place(registry, OTHER_TOWN)
    [home] = await living(registry, here, 1)
    rows = [row | {"行政村代码": there} for row in await listed(registry, here)]
    id = await send(registry, rows, "220622")
    [one] = await differing(registry, id, kind="moved", division=here)
    [answer] = await decide(registry, id, takes(one), role="town_cadre", caller=TOWN)
    assert answer["problem"]["title"] == "名单所在村不在您的辖区内，请由上级办理该户迁移"
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "accepted"
    assert (await facts(registry, home))["division"] == there


async def test_what_is_wrong_with_a_newcomer_or_a_fact_is_said_where_the_refusal_is_kept(registry: Api):
    village = await place(registry)
    await living(registry, village, 1)
    rows = [row | {"有效灌溉面积": "9999"} for row in await listed(registry, village)]
    rows.append(a_line(rows[0], 与户主关系="之孙子", 姓名="王宝", 证件号码="", 性别="男", 出生日期="2022-04-02"))
    id = await send(registry, rows, village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    answers = await decide(registry, id, *(takes(one) for one in found.values()))
    assert {one["status"] for one in answers} == {"refused"}
    said = {one["kind"]: one["refusal_zh"] for one in await differing(registry, id)}
    assert said["joined"] == "该成员信息有1处不符合要求：证件号码不是有效的18位公民身份号码"
    assert said["household"].partition("：")[2] != ""


async def test_a_household_that_moved_out_of_sight_stays_to_be_decided_by_who_sees_it(registry: Api):
    village, other = await place(registry), await place(registry, OTHER_TOWN)
    [home] = await living(registry, village, 1)
    rows = [row | {"主要致贫原因": "因残"} for row in await listed(registry, village)]
    id = await send(registry, rows, village)
    await made(registry, change("move", home["id"], "2022-05-26", "village_changed", division=other))
    [one] = await differing(registry, id)
    [answer] = await decide(registry, id, takes(one), role="town_cadre", caller=TOWN)
    assert answer["problem"]["title"] == "该户已迁出您的辖区，请由现居村所在乡镇或县级办理"
    [one] = await differing(registry, id)
    assert one["state"] == "refused"
    [answer] = await decide(registry, id, takes(one))
    assert answer["status"] == "accepted"


async def test_differences_come_household_by_household(registry: Api):
    village = await place(registry)
    homes = await living(registry, village, *[2] * 6)
    rows = await listed(registry, village)
    for row in rows:
        row |= {"主要致贫原因": "因残", "耕地面积": "4.5", "文化程度": "高中"}
    id = await send(registry, rows, village)
    numbers = [one["number"] for one in await differing(registry, id)]
    assert len(numbers) == 6 * 4
    assert sum(one != other for one, other in itertools.pairwise(numbers)) == len(homes) - 1


async def test_who_died_does_not_come_back_with_a_list(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 2)
    rows = await listed(registry, village)
    dead = home["members"][1]["id"]
    await made(registry, change("member_left", home["id"], "2022-05-20", "death", person_id=dead))
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    [answer] = await decide(registry, id, takes(one))
    assert answer["problem"]["title"].startswith("此人已登记于2022-05-20死亡，不能再增加为成员")
    back = change("member_added", home["id"], "2022-05-21", "returned", person_id=dead, relation="之子")
    async with registry.client("county_office") as client:
        [answer] = (await client.post("/changes", json={"items": [back]})).json()["items"]
    assert answer["problem"]["type"].endswith("recorded-as-dead")
    assert len(await members(registry, home)) == 1


async def test_a_household_that_the_list_has_split_is_sent_to_the_split(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 3)
    rows = await listed(registry, village)
    rows[-1] |= {"户编号": "N20220010", "与户主关系": "户主"}
    id = await send(registry, rows, village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    assert found["new"]["why_zh"] == f"王某：此人现登记在另一户（{home['number']}）"
    [answer] = await decide(registry, id, takes(found["new"]))
    assert "属分户的，请在原户办理分户" in answer["problem"]["title"]


async def test_the_last_of_a_household_or_its_head_moves_over_by_a_merge_or_with_another_head(registry: Api):
    village = await place(registry)
    alone, into, headed, target = await living(registry, village, 1, 1, 2, 1)
    rows = await listed(registry, village)
    for old, new in ((alone, into), (headed, target)):
        moving = next(row for row in of(rows, old) if row["与户主关系"] == "户主")
        line = a_line(of(rows, new)[0], 与户主关系="其他") | {key: moving[key] for key in ("姓名", "证件号码")}
        rows[rows.index(of(rows, new)[0])] = of(rows, new)[0]
        rows.insert(rows.index(of(rows, new)[-1]) + 1, line)
        rows.remove(moving)
    next(row for row in of(rows, headed))["与户主关系"] = "户主"
    id = await send(registry, rows, village)
    found = {(one["number"], one["kind"]): one for one in await differing(registry, id)}
    answers = await decide(
        registry, id, takes(found[into["number"], "joined"]), takes(found[target["number"], "joined"])
    )
    assert [one["problem"]["title"][:16] for one in answers] == [
        "此人是原登记户的最后一名成员，请",
        "此人是原登记户的户主：请先在原户",
    ]
    both = (
        takes(found[target["number"], "joined"]),
        takes(found[headed["number"], "left"], reason="registered_elsewhere"),
    )
    assert [one["status"] for one in await decide(registry, id, *both)] == ["accepted", "accepted"]
    assert [relation for relation, _ in await members(registry, headed)] == ["户主"]


async def test_another_identity_number_of_a_namesake_is_no_newcomer_without_a_reason(registry: Api):
    village = await place(registry)
    [home] = await living(registry, village, 2)
    rows = await listed(registry, village)
    rows[-1] |= {"证件号码": identity_number(date(1990, 1, 1)), "出生日期": "", "性别": ""}
    id = await send(registry, rows, village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    for kind in ("joined", "left"):
        assert found[kind]["reason"] is None
        assert found[kind]["why_zh"].endswith("可能是同一人，请先核对并更正证件号码")
    [answer] = await decide(registry, id, takes(found["joined"]))
    assert answer["problem"]["type"].endswith("reason-needed")
    assert len(await members(registry, home)) == 2


async def test_many_decisions_say_in_the_end_how_many_became_what(registry: Api):
    village = await place(registry)
    await living(registry, village, *[1] * 4)
    rows = [row | {"耕地面积": "4.5"} for row in await listed(registry, village)]
    rows[0]["有效灌溉面积"] = "9999"
    id = await send(registry, rows, village)
    async with registry.client("county_office") as client:
        body = {"decision": "accept", "ground": "入户核实"}
        answer = await client.post(f"/reconciliations/{id}/bulk-decisions", json=body)
        await work(registry)
        job = (await client.get(answer.json()["job"].removeprefix("/api/registry/v1"))).json()
    assert (job["status"], job["result"]) == ("done", {"reconciliation": id, "accepted": 4, "refused": 1})
