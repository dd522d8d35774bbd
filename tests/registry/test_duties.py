"""The responsibility list: four classes, thirty-four kinds, owners, days, what is overdue."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.staffing import organisation, person
from tests.support.world import decide, move_clock, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-20")


def slugs(answers: list[dict[str, Any]]) -> list[str | None]:
    return [answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None for answer in answers]


def duty(office: dict[str, Any], due: str, kind: str = "D04", **facts: Any) -> dict[str, Any]:
    about = {"division": VILLAGE, "kind": kind, "content": "食用菌大棚建成投产", "organisation_id": office["id"]}
    return {"id": str(uuid7()), "due_on": due} | about | facts


async def record(api: Api, *items: dict[str, Any]) -> list[str | None]:
    return slugs(await decide(api, "/duties", *items, role="county_office"))


async def states(api: Api, office: dict[str, Any], **params: Any) -> dict[str, str]:
    async with api.client("auditor") as client:
        found = await client.get("/duties", params={"organisation_id": office["id"], **params})
    return {row["id"]: row["state"] for row in found.json()["items"]}


async def test_the_list_has_four_classes_and_thirty_four_kinds_and_says_that_they_are_invented(registry: Api):
    async with registry.client("auditor") as client:
        kinds = (await client.get("/duty-kinds")).json()
    assert len(kinds) == len({kind["code"] for kind in kinds}) == 34
    assert len(Counter(kind["class"] for kind in kinds)) == 4
    assert all(kind["invented"] and kind["version"] == "2016" for kind in kinds)


async def test_an_item_is_open_overdue_done_or_done_late(registry: Api):
    office = await organisation(registry)
    items = [duty(office, due) for due in ("2016-06-30", "2016-05-19", "2016-05-20", "2016-04-30")]
    assert await record(registry, *items) == [None] * 4
    done = [
        {"id": items[2]["id"], "done_on": "2016-05-20", "outcome": "按期完成"},
        {"id": items[3]["id"], "done_on": "2016-05-01", "outcome": "晚一天完成", "evidence": ["cd" * 32]},
    ]
    answers = await decide(registry, "/duties/completions", *done, role="village_cadre")
    assert slugs(answers) == [None, None]
    expected = dict(zip([item["id"] for item in items], ("open", "overdue", "done", "done_late"), strict=True))
    assert await states(registry, office) == expected
    assert await states(registry, office, state="overdue") == {items[1]["id"]: "overdue"}


async def test_offices_that_are_late_are_listed_with_how_many_items_and_since_when(registry: Api):
    late, punctual = await organisation(registry), await organisation(registry)
    days = ("2016-03-01", "2016-02-01", "2016-12-31")
    await record(registry, *[duty(late, day) for day in days], duty(punctual, "2016-12-31"))
    async with registry.client("county_leader") as client:
        rows = (await client.get("/duties/overdue", params={"division": VILLAGE[:9]})).json()["items"]
    found = {row["organisation_id"]: (row["overdue"], row["oldest"]) for row in rows}
    assert found[late["id"]] == (2, "2016-02-01")
    assert punctual["id"] not in found


async def test_items_that_cannot_be_are_refused_one_by_one(registry: Api):
    office, elsewhere = await organisation(registry), await person(registry)
    good = duty(office, "2016-06-30")
    assert await record(
        registry,
        good,
        duty(office, "2016-06-30", kind="Z99"),
        duty({"id": str(uuid7())}, "2016-06-30"),
        duty(office, "2016-06-30", staff_id=elsewhere["id"]),
        duty(office, "2016-06-30", staff_id=str(uuid7())),
        duty(office, "2016-06-30", division="220623100201"),
    ) == [None, "duty-kind-unknown", "no-such-organisation", "owner-elsewhere", "no-such-staff", "division-forbidden"]
    again = await decide(registry, "/duties", good, role="county_office")
    assert [again[0]["status"], *await record(registry, good | {"kind": "D05"})] == ["unchanged", "duty-differs"]


async def test_what_is_done_is_done_once_and_not_in_the_future(registry: Api):
    office = await organisation(registry)
    item = duty(office, "2016-06-30")
    await record(registry, item)

    async def done(day: str, id: str = item["id"]) -> str | None:
        completion = {"id": id, "done_on": day, "outcome": "完成"}
        answer = (await decide(registry, "/duties/completions", completion, role="county_office"))[0]
        return slugs([answer])[0] or answer["status"]

    days = ("2016-05-21", "2016-05-20", "2016-05-20", "2016-05-19")
    assert [await done(day) for day in days] == ["done-in-future", "accepted", "unchanged", "duty-done"]
    assert await done("2016-05-20", str(uuid7())) == "no-such-duty"


async def test_a_day_is_moved_by_one_of_two_and_the_reason_stays_on_record(registry: Api):
    office = await organisation(registry)
    owner, item = await person(registry, office), duty(office, "2016-05-01")
    await record(registry, item)

    async def move(day: str) -> int:
        async with registry.client("county_office") as client:
            patch = {"due_on": day, "staff_id": owner["id"], "reason": "汛期道路中断"}
            answer = await client.patch(f"/duties/{item['id']}", json=patch, headers={"If-Match": '"1"'})
        return answer.status_code

    assert sorted(await asyncio.gather(move("2016-07-01"), move("2016-08-01"))) == [200, 412]
    async with registry.client("auditor") as client:
        now = (await client.get(f"/duties/{item['id']}")).json()
        entries = (await client.get("/audit", params={"limit": 1000})).json()["items"]
    assert (now["state"], now["name"], now["version"]) == ("open", "赵帮扶", 2)
    changed = [entry for entry in entries if entry["object_id"] == item["id"] and entry["action"] == "duty.changed"]
    assert [(entry["before"]["due_on"], entry["reason"]) for entry in changed] == [("2016-05-01", "汛期道路中断")]
