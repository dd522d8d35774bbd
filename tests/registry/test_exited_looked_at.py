"""Households that left poverty are looked at like those on the register: screened, doubted, cleared out, checked."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_plans import in_force, measure
from tests.support.api import Api
from tests.support.doubts import a_doubt, lead
from tests.support.feeds import deliver, doubts, screen, sheet
from tests.support.people import member
from tests.support.world import by_two, decide, leave_poverty, move_clock, register, villages

TODAY, PAPER = "2016-06-30", "cd" * 32


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, TODAY)


async def exited(api: Api, size: int = 2, **facts: Any) -> dict[str, Any]:
    home = await register(api, size, **facts)
    await leave_poverty(api, home["id"], "2016-03-01")
    return home


async def read(api: Api, home: dict[str, Any]) -> dict[str, Any]:
    async with api.client("auditor") as client:
        found: dict[str, Any] = (await client.get(f"/households/{home['id']}")).json()
    return found


async def bridge(api: Api) -> dict[str, tuple[int, int]]:
    async with api.client("auditor") as client:
        year = (await client.get("/years/2016", params={"division": "220622"})).json()
    return {row["reason"]: (row["households"], row["persons"]) for row in year["bridge"]}


async def test_departments_records_are_matched_with_people_who_left_poverty_and_not_with_those_cleared_out(
    registry: Api,
):
    home, gone = await exited(registry), await exited(registry)
    removal = {"id": str(uuid7()), "kind": "removal", "household_id": gone["id"], "effective_on": "2016-05-01"}
    await by_two(registry, removal | {"reason": "wrongly_included"}, role="county_office")
    lines = [
        {"号牌号码": f"吉F9000{n}", "姓名": "王某", "证件号码": one["members"][0]["identity_number"]}
        | {"车辆类型": "小型轿车", "版本号": "1"}
        for n, one in enumerate((home, gone))
    ]
    await deliver(registry, "vehicles", sheet(*lines))
    await screen(registry, "vehicles.car")
    found = {doubt["household_id"] for doubt in await doubts(registry, "vehicles.car")}
    assert home["id"] in found
    assert gone["id"] not in found


async def test_a_doubt_that_holds_clears_out_a_household_that_left_poverty_and_the_poor_stay_as_many(registry: Api):
    home = await exited(registry)
    before = await bridge(registry)
    id = await a_doubt(registry, home)
    await lead(registry, id, "close", TODAY, verdict="cleared_out")
    assert (await read(registry, home))["status"] == "removed"
    assert (await bridge(registry)).get("wrongly_included") in (None, before.get("wrongly_included"), (0, 0))


async def test_a_case_of_removal_is_opened_for_a_household_that_left_poverty(registry: Api):
    home = await exited(registry)
    case = {"id": str(uuid7()), "procedure": "removal", "household_id": home["id"], "ground": "群众反映不符合条件"}
    (answer,) = await decide(registry, "/cases", case, role="village_cadre", division=home["division"])
    assert answer["status"] == "accepted", answer


async def test_a_case_of_removal_goes_on_when_its_household_leaves_poverty_meanwhile(registry: Api):
    home = await register(registry, 2)
    case = {"id": str(uuid7()), "procedure": "removal", "household_id": home["id"], "ground": "群众反映不符合条件"}
    await decide(registry, "/cases", case, role="village_cadre", division=home["division"])
    await leave_poverty(registry, home["id"], "2016-06-01")
    async with registry.client("county_office") as client:
        there = (await client.get(f"/cases/{case['id']}")).json()
    assert there["status"] == "open"


@pytest.mark.parametrize("result", ["cleared", "corrected"])
async def test_a_look_back_clears_out_and_corrects_households_that_left_poverty(registry: Api, result: str):
    home = await exited(registry)
    opening = {"id": str(uuid7()), "division": "220622", "name": "回头看", "ground": "县扶贫办通知"}
    opening |= {"starts_on": "2016-06-01", "ends_on": "2016-07-30", "statuses": ["exited"]}
    async with registry.client("county_office") as client:
        answer = await client.post("/rounds", json=opening)
    assert answer.status_code == 201, answer.text
    found = {"id": str(uuid7()), "household_id": home["id"], "result": result, "checked_on": "2016-06-10"}
    found |= {"ground": "入户核查", "evidence": [PAPER]}
    if result == "corrected":
        found |= {"member": member("之孙女", male=False)}
    (said,) = await decide(
        registry, f"/rounds/{opening['id']}/results", found, role="county_office", subject="checker"
    )
    assert said["status"] == "accepted", said


async def test_what_was_promised_to_a_household_that_left_poverty_is_overdue_like_any_other(registry: Api):
    home = await register(registry)
    await in_force(registry, home, measure("medical", "因病", "2016-07-10"))
    await leave_poverty(registry, home["id"], "2016-06-25")
    await move_clock(registry, "2016-07-20")
    async with registry.client("county_office") as client:
        late = (await client.get("/milestones/overdue")).json()["items"]
    assert [one["days_late"] for one in late if one["household_id"] == home["id"]] == [10]
