"""What a list of the national system says is taken over as changes and corrections, one by one or many at once."""

import asyncio
from datetime import date

import pytest

from tests.registry.test_changes import year
from tests.registry.test_import_compare import of
from tests.registry.test_late_changes import correct
from tests.support.api import Api
from tests.support.imports import work
from tests.support.people import household, identity_number, member
from tests.support.reconciliations import (
    AS_OF,
    OTHER_TOWN,
    TODAY,
    TOWN,
    a_line,
    decide,
    differing,
    facts,
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
    [_home] = await living(registry, village, 1)
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
        assert (now["land_mu"], now["main_cause"]) == ("4.5", "因病")
        assert {one["relation"]: one.get("education") for one in now["members"]} == {
            "户主": "高中",
            "之子": None,
        }
    left = await differing(registry, id, state="open")
    assert {one["field"] for one in left} == {"main_cause"}
    async with registry.client("county_office") as client:
        before = (await client.get(f"/households/{homes[0]['id']}/as-of", params={"as_of": "2022-05-24"})).json()
        after = (await client.get(f"/households/{homes[0]['id']}/as-of", params={"as_of": AS_OF})).json()
    assert [one["facts"]["land_mu"] for one in (before, after)] == ["3.50", "4.5"]


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
    rows = (await listed(registry, village))[:2]
    id = await send(registry, rows, village)
    [one] = await differing(registry, id)
    both = await asyncio.gather(
        *(decide(registry, id, takes(one, reason="death"), subject=who) for who in ("first", "second"))
    )
    assert sorted(answer["status"] for [answer] in both) == ["accepted", "refused"]
    assert len(await members(registry, home)) == 2


async def test_a_closed_year_refuses_who_would_leave_in_it_and_keeps_its_figures_when_somebody_died_in_it(
    registry: Api,
):
    village = await place(registry)
    goes, mourns = await living(registry, village, 1, 2)
    rows = [row for row in of(await listed(registry, village), mourns) if row["与户主关系"] == "户主"]
    await move_clock(registry, "2022-06-02")  # what a year is closed with was known before
    async with registry.client("county_leader") as client:
        for number in range(2014, 2022):
            closed = await client.post("/year-closings", json={"division": "220622", "year": number})
            assert closed.status_code == 201, closed.text
    await move_clock(registry, "2022-06-03")
    before = await year(registry, 2021, division=village)
    id = await send(registry, rows, village)
    found = {one["kind"]: one for one in await differing(registry, id)}
    assert found.keys() == {"gone", "left"}
    removal, death = await decide(
        registry,
        id,
        takes(found["gone"], reason="wrongly_included", effective_on="2021-12-15"),
        takes(found["left"], reason="death", effective_on="2021-11-20"),
    )
    assert (removal["status"], death["status"]) == ("refused", "accepted"), (removal, death)
    assert (await facts(registry, goes))["status"] == "registered"
    refused = next(one for one in await differing(registry, id) if one["kind"] == "gone")
    assert "2021" in refused["refusal_zh"]
    after = await year(registry, 2021, division=village)
    assert [one["closing"] for one in (before, after)] == [{"households": 2, "persons": 3}] * 2
    assert sum(span["persons"] for span in after["corrections"]) == -1
    [again] = await decide(registry, id, takes(refused, reason="wrongly_included", effective_on="2022-05-20"))
    assert again["status"] == "waiting", again
