"""Households that left poverty live on: births, deaths, marriages, splits, moves, a wrong exit, clearing out."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, member
from tests.support.world import by_two, leave_poverty, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, VILLAGE, OTHER_VILLAGE)
    await move_clock(registry, "2016-06-30")


def change(kind: str, home: dict[str, Any], reason: str, day: str = "2016-05-01", **facts: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": kind,
        "household_id": home["id"],
        "effective_on": day,
        "reason": reason,
        **facts,
    }


async def exited(api: Api, size: int = 3, day: str = "2016-03-01") -> dict[str, Any]:
    home = await register(api, size)
    await leave_poverty(api, home["id"], day)
    return home


async def read(api: Api, id: str) -> dict[str, Any]:
    async with api.client("auditor") as client:
        return (await client.get(f"/households/{id}")).json()


async def counted(api: Api, division: str = "220622") -> tuple[int, int]:
    async with api.client("auditor") as client:
        closing = (await client.get("/years/2016", params={"division": division})).json()["closing"]
    return closing["households"], closing["persons"]


async def accepted(api: Api, *items: dict[str, Any], role: str = "county_office") -> None:
    answers = await by_two(api, *items, role=role)
    assert [one["status"] for one in answers] == ["accepted"] * len(items), answers


async def test_a_birth_and_a_death_in_an_exited_household_change_it_and_not_the_number_of_the_poor(registry: Api):
    home = await exited(registry)
    before = await counted(registry)
    child, dead = member("之孙女", male=False), home["members"][1]["id"]
    await accepted(
        registry,
        change("member_added", home, "birth", member=child),
        change("member_left", home, "death", person_id=dead),
        role="town_cadre",
    )
    now = await read(registry, home["id"])
    assert (now["status"], now["size"]) == ("exited", 3)
    assert child["id"] in {one["id"] for one in now["members"]}
    assert await counted(registry) == before


async def test_the_head_of_an_exited_household_dies_and_another_follows(registry: Api):
    home = await exited(registry)
    head, heir = (one["id"] for one in home["members"][:2])
    await accepted(registry, change("member_left", home, "death", person_id=head, successor_id=heir))
    now = await read(registry, home["id"])
    assert {one["id"]: one["relation"] for one in now["members"]}[heir] == "户主"


async def test_somebody_of_an_exited_household_marries_into_a_registered_one_and_is_counted_there(registry: Api):
    home, poor = await exited(registry), await register(registry, 1)
    before, bride = await counted(registry), home["members"][1]["id"]
    await accepted(
        registry,
        change("member_left", home, "married_out", person_id=bride),
        change("member_added", poor, "married_in", person_id=bride, relation="之子"),
    )
    households, persons = before
    assert await counted(registry) == (households, persons + 1)
    assert ((await read(registry, home["id"]))["size"], (await read(registry, poor["id"]))["size"]) == (2, 2)


async def test_an_exited_household_splits_into_two_that_have_left_poverty(registry: Api):
    home = await exited(registry)
    before = await counted(registry)
    new = {
        "id": str(uuid7()),
        "number": f"X{str(uuid7())[-11:]}",
        "members": [{"person_id": home["members"][1]["id"], "relation": "户主"}],
    }
    await accepted(registry, change("split", home, "split", split=new))
    assert (await read(registry, new["id"]))["status"] == "exited"
    assert await counted(registry) == before


async def test_an_exited_household_moves_and_no_village_counts_it_among_the_poor(registry: Api):
    home = await exited(registry)
    before = [await counted(registry, village) for village in (VILLAGE, OTHER_VILLAGE)]
    await accepted(registry, change("move", home, "village_changed", division=OTHER_VILLAGE))
    assert (await read(registry, home["id"]))["division"] == OTHER_VILLAGE
    assert [await counted(registry, village) for village in (VILLAGE, OTHER_VILLAGE)] == before


async def test_a_household_on_the_register_and_an_exited_one_do_not_merge_but_two_exited_ones_do(registry: Api):
    home, poor, other = await exited(registry, 1), await register(registry, 1), await exited(registry, 1)

    def into(id: str) -> dict[str, Any]:
        people = [{"person_id": home["members"][0]["id"], "relation": "其他"}]
        return change("merge", home, "merged", merge={"into_id": id, "members": people})

    [refused] = await by_two(registry, into(poor["id"]), role="county_office")
    assert refused["problem"]["type"] == "urn:tuopin:problem:statuses-differ"
    await accepted(registry, into(other["id"]))
    now = await read(registry, other["id"])
    assert (now["status"], now["size"]) == ("exited", 2)


async def test_a_wrong_exit_is_taken_back_by_two_people_with_its_own_reason_and_members_of_that_day(registry: Api):
    home = await exited(registry)
    await accepted(registry, change("member_left", home, "death", person_id=home["members"][2]["id"]))
    households, persons = await counted(registry)
    await accepted(registry, change("return", home, "wrongly_exited", "2016-06-01"))
    assert (await read(registry, home["id"]))["status"] == "registered"
    assert await counted(registry) == (households + 1, persons + 2)
    async with registry.client("auditor") as client:
        chapter = (await client.get(f"/households/{home['id']}/history")).json()[-1]
    assert (chapter["zh"], chapter["reason"]) == ("错退标回", "wrongly_exited")


async def test_an_exited_household_is_cleared_out_and_comes_back_as_one_that_has_left_poverty(registry: Api):
    home = await exited(registry)
    before = await counted(registry)
    await accepted(registry, change("removal", home, "wrongly_included"))
    assert (await read(registry, home["id"]))["status"] == "removed"
    await accepted(registry, change("restoration", home, "restored", "2016-05-02"))
    assert (await read(registry, home["id"]))["status"] == "exited"
    assert await counted(registry) == before


async def test_a_household_that_was_taken_off_does_not_change(registry: Api):
    home = await exited(registry)
    await accepted(registry, change("removal", home, "moved_out"))
    [refused] = await by_two(
        registry, change("member_added", home, "birth", member=member("之孙子")), role="county_office"
    )
    assert refused["problem"]["type"] == "urn:tuopin:problem:not-registered"
    assert (refused["problem"]["title"], refused["problem"]["state"]) == ("该户已剔除", "removed")


async def test_a_fact_of_an_exited_household_is_corrected(registry: Api):
    home = await exited(registry)
    body = {"effective_on": "2016-04-01", "ground": "入户核实", "main_cause": "因学"}
    async with registry.client("town_cadre") as client:
        answer = await client.patch(f"/households/{home['id']}", json=body, headers={"If-Match": '"2"'})
    assert answer.status_code == 200, answer.text
    assert (await read(registry, home["id"]))["main_cause"] == "因学"
