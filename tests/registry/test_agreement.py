"""What a household says of itself agrees, whichever way it comes in: a form, a correction, a file, a change."""

from typing import Any

import httpx
import pytest

from shared.names.ids import uuid7
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.imports import load_import
from tests.support.people import member
from tests.support.world import decide, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2021-06-01")


async def correct(api: Api, home: dict[str, Any], version: int, day: str, **facts: Any) -> httpx.Response:
    about = {"effective_on": day, "ground": "入户核实"}
    async with api.client("county_office") as client:
        return await client.patch(
            f"/households/{home['id']}", json=about | facts, headers={"If-Match": f'"{version}"'}
        )


async def read(api: Api, home: dict[str, Any]) -> dict[str, Any]:
    async with api.client("county_office") as client:
        found: dict[str, Any] = (await client.get(f"/households/{home['id']}")).json()
    return found


def wrong(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["rule"]) for error in answer.json()["errors"]]


PARTS = {"asset_dividend": "40.00", "other_property_income": "60.00"}


@pytest.mark.parametrize(
    ("registered", "said", "field", "rule"),
    [
        ({"land_mu": "7.20"}, {"irrigated_mu": "7.21"}, "irrigated_mu", "rule 107"),
        ({"land_mu": "7.20", "irrigated_mu": "5.00"}, {"land_mu": "4.99"}, "land_mu", "rule 107"),
        ({"land_mu": "7.20", "irrigated_mu": "5.00"}, {"land_mu": None}, "land_mu", "rule 107"),
        (PARTS | {"property_income": "100.00"}, {"property_income": "99.99"}, "property_income", "sum of its parts"),
        (PARTS | {"property_income": "100.00"}, {"asset_dividend": "41.00"}, "asset_dividend", "sum of its parts"),
        (PARTS, {"property_income": "120.00"}, "property_income", "sum of its parts"),
        ({"other_causes": ["因残"]}, {"main_cause": "因残"}, "main_cause", "rule 52"),
        ({"main_cause": "因学"}, {"other_causes": ["因学"]}, "other_causes", "rule 52"),
        ({}, {"other_causes": ["缺水", "缺水"]}, "other_causes", "rule 52"),
    ],
)
async def test_a_correction_that_would_contradict_what_stands_is_refused_as_a_form_would_be(
    registry: Api, registered: dict[str, Any], said: dict[str, Any], field: str, rule: str
):
    home = await register(registry, **registered)
    answer = await correct(registry, home, 1, "2020-03-01", **said)
    assert wrong(answer) == [(field, rule)]
    assert (await read(registry, home))["version"] == 1


async def test_facts_that_belong_together_are_corrected_together(registry: Api):
    home = await register(registry, property_income="100.00", **PARTS)
    whole = {"property_income": "130.00", "asset_dividend": "50.00", "other_property_income": "80.00"}
    assert (await correct(registry, home, 1, "2020-03-01", **whole)).status_code == 200
    there = await read(registry, home)
    assert {key: there[key] for key in whole} == whole


async def test_of_two_facts_that_contradict_each_other_in_older_data_either_is_repaired(registry: Api):
    """The file that the county loaded first had irrigated land of 90 mu in 6: what is typed may not say so."""
    home = await register(registry, land_mu="6.00")
    for table in ("household", "household_state"):
        key = "id" if table == "household" else "household_id"
        owner = await registry.owner()
        await owner.execute(
            f'UPDATE {table} SET facts = facts || \'{{"irrigated_mu": "90.00"}}\' WHERE {key} = $1', home["id"]
        )
        await owner.close()
    worse = await correct(registry, home, 1, "2020-03-01", irrigated_mu="60.00")
    elsewhere = await correct(registry, home, 1, "2020-03-01", wage_income="300.00")
    assert (wrong(worse), elsewhere.status_code) == ([("irrigated_mu", "rule 107")], 200)
    assert (await correct(registry, home, 2, "2020-03-01", irrigated_mu="4.00")).status_code == 200


async def test_a_correction_that_reaches_into_later_facts_says_from_which_day_they_do_not_agree(registry: Api):
    """Land of 9 mu, irrigated 8 from June 2020 on; that it was 5 mu already in January is known too late."""
    home = await register(registry, land_mu="9.00")
    assert (await correct(registry, home, 1, "2020-06-10", irrigated_mu="8.00")).status_code == 200
    late = await correct(registry, home, 2, "2020-01-15", land_mu="5.00")
    assert wrong(late) == [("land_mu", "rule 107")]
    assert "自2020年6月10日起" in late.json()["errors"][0]["message"]
    assert (await correct(registry, home, 2, "2020-01-15", land_mu="8.00")).status_code == 200


async def test_a_table_that_completes_households_brings_nothing_that_a_form_may_not_say(registry: Api):
    homes = [await register(registry, land_mu="6.50") for _ in range(2)]
    lines = [
        {"户编号": homes[0]["number"], "户主姓名": "王某", "有效灌溉面积": 9999},
        {"户编号": homes[1]["number"], "户主姓名": "王某", "有效灌溉面积": 3},
    ]
    async with registry.client("county_office") as client:
        content = book(lines, header=["户编号", "户主姓名", "有效灌溉面积"])
        state = await load_import(registry, client, content, "mode=accept_good")
    assert (state["corrected"], state["rejected"]) == (1, 1)
    assert [(error["line"], error["field"], error["rule"]) for error in state["errors"]] == [
        (2, "有效灌溉面积", "rule 107")
    ]
    assert "irrigated_mu" not in await read(registry, homes[0])


async def test_a_household_that_splits_off_has_words_of_the_lists(registry: Api):
    home = await register(registry, 3)
    who = home["members"][1]["id"]
    split = {"number": f"S{uuid7().hex[:10]}", "members": [{"person_id": who, "relation": "户主"}]}
    change = {"kind": "split", "reason": "split", "household_id": home["id"], "effective_on": "2020-05-01"}
    items = [
        change | {"id": str(uuid7()), "split": split | {"id": str(uuid7())} | said}
        for said in ({"main_cause": "因懒"}, {"attribute": "富裕户"}, {"main_cause": "因学"})
    ]
    answers = [(await decide(registry, "/changes", item, role="county_office"))[0] for item in items]
    assert [answer["status"] for answer in answers] == ["refused", "refused", "accepted"], answers
    assert [answer["problem"]["field"] for answer in answers[:2]] == [
        "items[0].split.main_cause",
        "items[0].split.attribute",
    ]


async def test_somebody_who_comes_back_has_a_relation_that_fits(registry: Api):
    home = await register(registry, members=[member(), member("之女", male=False)])
    daughter = home["members"][1]["id"]
    about = {"household_id": home["id"], "person_id": daughter}
    left = about | {"id": str(uuid7()), "kind": "member_left", "reason": "married_out", "effective_on": "2018-02-01"}
    back = about | {"kind": "member_added", "reason": "returned", "effective_on": "2020-02-01"}
    answers = [
        (await decide(registry, "/changes", item, role="county_office"))[0]
        for item in (
            left,
            back | {"id": str(uuid7()), "relation": "之子"},
            back | {"id": str(uuid7()), "relation": "之友"},
            back | {"id": str(uuid7()), "relation": "之女"},
        )
    ]
    assert [answer["status"] for answer in answers] == ["accepted", "refused", "refused", "accepted"], answers
