"""The seven clear: what of a household is clear, what is missing, and who has to see to it."""

from datetime import date
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_plans import in_force, measure, plan
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, member
from tests.support.staffing import assign, charge, organisation, person
from tests.support.world import by_two, decide, move_clock, register, villages

SEVEN = ["population", "depth", "cause", "measures", "projects", "unit", "exit_year"]
FULL = {"ethnicity": "汉", "school": "非在校生", "health": ["健康"], "labour": "普通劳动力"}
DEPTH = {"income": "2500.00", "house_m2": "60", "unsafe_house": False, "land_mu": "3.5"}


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-01")


async def get(api: Api, path: str, *, division: str = "220622", subject: str | None = None, **asked: Any) -> Any:
    async with api.client("county_office", division=division, subject=subject) as client:
        answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def seven(api: Api, home: dict[str, Any]) -> dict[str, list[str]]:
    """What is missing of each of the seven."""
    answer = await get(api, f"/households/{home['id']}/seven-clear")
    assert [one["key"] for one in answer["clears"]] == SEVEN
    assert answer["complete"] == sum(one["complete"] for one in answer["clears"])
    return {one["key"]: [gap["item"] for gap in one["missing"]] for one in answer["clears"]}


async def clear(api: Api, village: str = VILLAGE) -> dict[str, Any]:
    """A household of which everything that is typed in is clear."""
    return await register(api, village=village, members=[member(**FULL)], main_cause="因灾", **DEPTH)


async def test_what_is_not_filled_in_is_named_in_words(registry: Api):
    bare = await register(registry, main_cause="其他", land_mu=None, members=[member(labour=None)])
    missing = await seven(registry, bare)
    assert missing["population"] == ["ethnicity", "school", "health", "labour"]
    assert missing["depth"] == ["house_m2", "land_mu"]
    assert missing["cause"] == ["cause"]
    answer = await get(registry, f"/households/{bare['id']}/seven-clear")
    assert answer["clears"][1]["missing"][0] == {
        "of": "household",
        "item": "house_m2",
        "zh": "住房面积",
        "en": "living space",
    }
    assert answer["policy"]["key"] == "clear.checklist"


async def test_one_member_about_whom_something_is_missing_leaves_the_population_unclear(registry: Api):
    two = [member(**FULL), member("之子", born=date(1990, 1, 1), **{**FULL, "school": None})]
    home = await register(registry, members=two, **DEPTH)
    assert (await seven(registry, home))["population"] == ["school"]


async def test_the_unit_is_clear_when_the_village_has_a_department_and_the_household_a_helper(registry: Api):
    home, other = await clear(registry), await clear(registry, OTHER_VILLAGE)
    assert (await seven(registry, home))["unit"] == ["helper", "department"]
    team, helper = await organisation(registry), await person(registry)
    await assign(
        registry,
        charge("department", team, "2016-01-01"),
        charge("helper", helper, "2016-01-01", household_id=home["id"]),
    )
    assert (await seven(registry, home))["unit"] == []
    assert (await seven(registry, other))["unit"] == ["helper", "department"]
    # Who helps finds the household on his own list, with what is still open.
    mine = (await get(registry, "/seven-clear/worklist", staff_id=helper["id"]))["items"]
    assert [row["household_id"] for row in mine] == [home["id"]]
    assert [one["key"] for one in mine[0]["open"]] == ["measures", "projects", "exit_year"]


async def test_a_helper_who_signs_in_sees_the_households_that_are_his(registry: Api):
    home = await clear(registry)
    helper = await person(registry, subject="helper-li")
    await assign(registry, charge("helper", helper, "2016-01-01", household_id=home["id"]))
    mine = await get(registry, "/seven-clear/worklist", subject="helper-li", mine=True)
    assert [row["household_id"] for row in mine["items"]] == [home["id"]]
    assert (await get(registry, "/seven-clear/worklist", subject="somebody", mine=True))["items"] == []


async def test_a_plan_in_force_makes_measures_and_exit_year_clear_and_a_project_where_a_measure_names_one(
    registry: Api,
):
    home, with_project = await clear(registry), await clear(registry)
    before = await seven(registry, home)
    assert (before["measures"], before["projects"], before["exit_year"]) == (["measure"], ["project"], ["exit_year"])
    proposed = plan(home, measure("village_works", "因灾"))
    await decide(registry, "/plans", proposed, role="village_cadre")
    assert (await seven(registry, home))["measures"] == ["measure"]
    await decide(registry, "/plans/approvals", {"id": proposed["id"]}, role="town_cadre")
    after = await seven(registry, home)
    assert (after["measures"], after["projects"], after["exit_year"]) == ([], ["project"], [])
    await in_force(registry, with_project, measure("production", "因灾", project_id=str(uuid7())))
    assert (await seven(registry, with_project))["projects"] == []


async def test_a_household_that_left_poverty_has_its_year(registry: Api):
    home = await clear(registry)
    assert (await seven(registry, home))["exit_year"] == ["exit_year"]
    owner = await registry.owner()
    try:
        await owner.execute(
            "INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on,"
            " households, persons, recorded_at, recorded_by)"
            " VALUES (uuidv7(), $1, $2, 2, 'exit', 'exited', 'exits', '2016-04-01', -1, -1, now(), 'x')",
            home["id"],
            VILLAGE,
        )
    finally:
        await owner.close()
    assert (await seven(registry, home))["exit_year"] == []


async def test_shares_lists_and_figures_agree_with_each_household(registry: Api):
    homes = []
    cursor: str | None = ""
    while cursor is not None:
        page = await get(registry, "/households", limit=50, **({"cursor": cursor} if cursor else {}))
        homes += page["items"]
        cursor = page["next"]
    counted = {village: dict.fromkeys(("households", *SEVEN, "all_seven"), 0) for village in (VILLAGE, OTHER_VILLAGE)}
    for home in homes:
        missing = await seven(registry, home)
        row = counted[home["division"]]
        row["households"] += 1
        row["all_seven"] += not any(missing.values())
        for key in SEVEN:
            row[key] += not missing[key]
    shares = (await get(registry, "/seven-clear", by="village"))["items"]
    assert {row.pop("division"): row for row in shares} == counted
    total = (await get(registry, "/seven-clear", by="county"))["items"][0]
    for figure, key in (("clear-unit", "unit"), ("clear-depth", "depth"), ("clear-households", "households")):
        assert (
            (await get(registry, f"/figures/{figure}"))["value"]
            == total[key]
            == sum(r[key] for r in counted.values())
        )
    listed = (await get(registry, "/seven-clear/worklist", limit=1000))["items"]
    assert len(listed) == total["households"] - total["all_seven"]


async def test_a_village_sees_its_own_households_only(registry: Api):
    elsewhere = await clear(registry, OTHER_VILLAGE)
    async with registry.client("village_cadre", division=VILLAGE) as client:
        assert (await client.get(f"/households/{elsewhere['id']}/seven-clear")).status_code == 404
        rows = (await client.get("/seven-clear/worklist?limit=1000")).json()["items"]
    assert {row["division"] for row in rows} == {VILLAGE}


async def test_the_seven_are_not_asked_of_a_household_that_was_cleared_out(registry: Api):
    gone = await clear(registry)
    removal = {"id": str(uuid7()), "kind": "removal", "household_id": gone["id"], "reason": "wrongly_included"}
    await by_two(registry, removal | {"effective_on": "2016-02-01"}, role="county_office")
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answer = await client.get(f"/households/{gone['id']}/seven-clear")
    assert (answer.status_code, answer.json()["title"]) == (409, "该户已剔除，不再核对七清")
