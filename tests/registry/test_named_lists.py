"""Lists call their households as people do: number, head and village, and words instead of codes."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change
from tests.registry.test_labels import label
from tests.registry.test_plans import in_force, measure
from tests.registry.test_visits import entry
from tests.support.api import Api
from tests.support.people import VILLAGE, member
from tests.support.staffing import assign, charge, person
from tests.support.wording import foreign
from tests.support.world import by_two, decide, move_clock, register, villages

COUNTY = "220622"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> dict[str, Any]:
    """A household of a known name, a change of it, a request about it and a round over its village."""
    await villages(registry)
    await move_clock(registry, "2016-03-01")
    home = await register(registry, members=[member(name="赵大山"), member("配偶")])
    death = change("member_left", home["id"], "2016-02-20", "death", person_id=home["members"][1]["id"])
    assert (await by_two(registry, death, role="town_cadre"))[0]["status"] == "accepted"
    gone = change("removal", home["id"], "2016-03-01", "wrongly_included", ground="有商品房")
    assert (await decide(registry, "/changes", gone, role="county_office"))[0]["status"] == "waiting"
    round_ = {"id": str(uuid7()), "division": VILLAGE, "name": "春季回头看", "ground": "县通知"}
    round_ |= {"starts_on": "2016-03-01", "ends_on": "2016-03-31"}
    async with registry.client("county_office") as client:
        assert (await client.post("/rounds", json=round_)).status_code == 201
    case = {"id": str(uuid7()), "procedure": "removal", "household_id": home["id"], "ground": "群众反映有车"}
    assert (await decide(registry, "/cases", case, role="village_cadre"))[0]["status"] == "accepted"
    return home | {"round": round_["id"], "case": case["id"]}


def lists(county: dict[str, Any]) -> dict[str, str]:
    """Each list with the name of the column that holds the household."""
    return {
        "/households": "id",
        "/changes": "household_id",
        "/changes/requests": "household_id",
        f"/rounds/{county['round']}/households": "household_id",
        "/register?as_of=2016-02-25": "household_id",
        "/cases": "subject_id",
        "/plans/missing": "id",
        "/seven-clear/worklist": "household_id",
        "/responsibilities/missing": "id",
    }


async def read(api: Api, path: str, role: str) -> list[dict[str, Any]]:
    async with api.client(role) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_list_says_number_head_and_village_of_each_household_and_who_read_it_is_on_record(
    registry: Api, county: dict[str, Any]
):
    expected = {"number": county["number"], "head": "赵大山", "village": "村201"}
    seen = "SELECT count(*) FROM viewing WHERE household_id::text = $1 AND action = 'listed'"
    for path, column in lists(county).items():
        before = await registry.worker.pool.fetchval(seen, county["id"])
        rows = [row for row in await read(registry, path, "county_office") if row[column] == county["id"]]
        assert rows, path
        assert [row["about"] for row in rows] == [expected] * len(rows), path
        assert await registry.worker.pool.fetchval(seen, county["id"]) == before + 1, path


async def test_who_may_not_read_names_reads_number_and_village_and_leaves_no_line(
    registry: Api, county: dict[str, Any]
):
    seen = "SELECT count(*) FROM viewing WHERE household_id::text = $1"
    before = await registry.worker.pool.fetchval(seen, county["id"])
    for path, role in (("/households", "project_office"), ("/register?as_of=2016-02-25", "evaluator")):
        (row,) = [row for row in await read(registry, path, role) if county["id"] in row.values()]
        assert row["about"] == {"number": county["number"], "head": None, "village": "村201"}
    async with registry.client("county_office", purposes=frozenset({"adjustment"})) as client:
        rows = (await client.get("/changes/requests")).json()["items"]
    assert {row["about"]["head"] for row in rows} == {None}
    assert await registry.worker.pool.fetchval(seen, county["id"]) == before


async def test_a_task_says_whose_household_it_is(registry: Api, county: dict[str, Any]):
    for role in ("county_office", "village_cadre"):
        tasks = [one for one in await read(registry, "/tasks", role) if one["subject"] is not None]
        mine = [one for one in tasks if one["subject"]["id"] == county["id"]]
        assert mine
        assert {one["about"]["head"] for one in mine} == {"赵大山"}


async def test_a_status_and_what_was_found_stand_in_words_beside_their_codes(registry: Api, county: dict[str, Any]):
    (row,) = [row for row in await read(registry, "/households", "county_office") if row["id"] == county["id"]]
    assert (row["status"], row["status_zh"], row["status_en"]) == ("registered", "在册", "on the register")
    (row,) = await read(registry, f"/rounds/{county['round']}/households", "county_office")
    assert (row["status_zh"], row["result"], row["result_zh"]) == ("在册", None, None)


async def test_the_rows_of_a_figure_are_labelled_in_words_of_both_languages(registry: Api, county: dict[str, Any]):
    rows = await read(registry, "/figures/reason-persons/rows?year=2016&reason=death", "county_office")
    assert [(row["label"], row["label_en"], row["adds"]) for row in rows] == [
        (f"{county['number']} 死亡", f"{county['number']} death", -1)
    ]
    assert foreign([row["label"] for row in rows], "zh") == []


async def test_a_place_in_the_label_of_a_figures_row_is_called_by_its_name(registry: Api, county: dict[str, Any]):
    await decide(
        registry,
        "/cases/withdrawals",
        {"id": county["case"], "reason": "反映不属实"},
        role="village_cadre",
    )
    (row,) = await read(registry, "/figures/cases-decided/rows?year=2016&status=withdrawn", "county_office")
    assert (row["label"], row["label_en"]) == ("错评剔除 村201", "clearing out 村201")


async def test_a_filter_that_a_list_does_not_know_is_refused_by_its_name(registry: Api, county: dict[str, Any]):
    async with registry.client("county_office") as client:
        for path in lists(county):
            answer = await client.get(f"{path}{'&' if '?' in path else '?'}huzhu=1")
            assert (answer.status_code, answer.json()["field"]) == (422, "huzhu"), path


async def test_labels_visits_and_overdue_milestones_say_whom_they_are_about(registry: Api):
    home, helper = (
        await register(registry, members=[member(name="钱长河")], main_cause="因病"),
        await person(registry),
    )
    await assign(registry, charge("helper", helper, "2016-01-01", household_id=home["id"]))
    assert (await decide(registry, "/labels", label(home), role="village_cadre"))[0]["status"] == "accepted"
    went = entry(helper, "2016-02-18", village=None, kind="household", household_id=home["id"])
    assert (await decide(registry, "/visits", went, role="village_cadre"))[0]["status"] == "accepted"
    await in_force(registry, home, measure("medical", "因病", "2016-03-01"))
    await move_clock(registry, "2016-03-02")
    expected = {"number": home["number"], "head": "钱长河", "village": "村201"}
    for path in ("/labels", "/visits", "/milestones/overdue"):
        rows = [row for row in await read(registry, path, "county_office") if row["household_id"] == home["id"]]
        assert [row["about"] for row in rows] == [expected], path
