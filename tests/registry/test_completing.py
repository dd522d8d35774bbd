"""A household table completes households that are registered: what differs is corrected from a day on."""

from typing import Any

import pytest

from tests.registry.test_workbooks import book, marked, values
from tests.support.api import Api
from tests.support.imports import load_import
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import register, villages

HEADER = ["户编号", "户主姓名", "工资性收入", "耕地面积", "是否解决安全饮用水", "主要致贫原因", "年度"]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def line(number: str, **cells: Any) -> dict[str, Any]:
    return {"户编号": number, "户主姓名": "王某", "工资性收入": 5200.5, "是否解决安全饮用水": "是", **cells}


async def complete(api: Api, *lines: dict[str, Any], query: str = "mode=accept_good", **who: Any) -> dict[str, Any]:
    async with api.client("county_office", **who) as client:
        return await load_import(api, client, book(list(lines), header=HEADER), query)


async def read(api: Api, home: dict[str, Any]) -> dict[str, Any]:
    async with api.client("county_office") as client:
        return (await client.get(f"/households/{home['id']}")).json()


async def test_what_differs_is_corrected_and_the_same_again_changes_nothing(registry: Api):
    home = await register(registry)
    first = await complete(registry, line(home["number"], 主要致贫原因="因残"))
    again = await complete(registry, line(home["number"], 主要致贫原因="因残"))
    there = await read(registry, home)
    assert (first["status"], first["layout"], first["corrected"], first["errors"]) == (
        "done",
        "household-2021",
        1,
        [],
    )
    assert (again["corrected"], again["unchanged"]) == (0, 1)
    assert (first["unknown"], first["not_kept"]) == ([], ["户主姓名", "年度"])
    assert (there["wage_income"], there["safe_water_solved"], there["main_cause"]) == ("5200.50", True, "因残")
    assert (there["land_mu"], there["version"]) == ("3.50", 2)


async def test_a_preview_corrects_nothing_until_it_is_loaded(registry: Api):
    home = await register(registry)
    state = await complete(registry, line(home["number"]), query="preview=true")
    assert (state["corrected"], (await read(registry, home))["version"]) == (1, 1)


async def test_unknown_households_doubled_lines_and_wrong_words_are_errors_of_their_line(registry: Api):
    homes = [await register(registry) for _ in range(3)]
    lines = [line("H-nobody"), line(homes[0]["number"]), line(homes[0]["number"]), line(homes[1]["number"])]
    lines[-1]["主要致贫原因"] = "懒"
    async with registry.client("county_office") as client:
        content = book([*lines, line(homes[2]["number"], 耕地面积="很多")], header=HEADER)
        state = await load_import(registry, client, content, "mode=accept_good")
        outcomes = [row[-1] for row in values(await marked(client, state))]
    assert [(error["line"], error["field"], error["rule"]) for error in state["errors"]] == [
        (2, "户编号", "a registered household"),
        (3, "户编号", "a line a household"),
        (5, "主要致贫原因", "code list"),
        (6, "耕地面积", "decimal_parsing"),
    ]
    assert (state["corrected"], state["rejected"]) == (0, 4)
    assert outcomes[1].startswith("未导入：本户有误；户编号：")


async def test_all_or_nothing_corrects_nothing_where_one_line_is_wrong(registry: Api):
    home = await register(registry)
    state = await complete(registry, line(home["number"]), line("H-nobody"), query="mode=all_or_nothing")
    assert (state["corrected"], state["rejected"], (await read(registry, home))["version"]) == (0, 1, 1)
    good = await complete(registry, line(home["number"]), query="mode=all_or_nothing&effective_on=2014-11-20")
    assert (good["corrected"], (await read(registry, home))["version"]) == (1, 2)


async def test_a_household_of_another_township_is_not_to_be_completed(registry: Api):
    home = await register(registry, division=OTHER_VILLAGE)
    state = await complete(registry, line(home["number"]), division=VILLAGE[:6] + "100")
    assert [error["rule"] for error in state["errors"]] == ["a registered household"]


async def test_a_line_that_names_another_head_than_its_number_changes_nobody(registry: Api):
    home, other = await register(registry), await register(registry)
    number = other["members"][0]["identity_number"]
    for cells, column in (({"户主姓名": "别某"}, "户主姓名"), ({"户主证件号码": number}, "户主证件号码")):
        async with registry.client("county_office") as client:
            content = book([line(home["number"], **cells)], header=[*HEADER, "户主证件号码"])
            state = await load_import(registry, client, content, "mode=accept_good")
        assert (state["corrected"], state["rejected"]) == (0, 1)
        assert [(one["field"], one["rule"]) for one in state["errors"]] == [(column, "the head of the household")]
    assert (await read(registry, home))["version"] == 1
    fits = line(home["number"], 户主证件号码=home["members"][0]["identity_number"])
    async with registry.client("county_office") as client:
        state = await load_import(
            registry, client, book([fits], header=[*HEADER, "户主证件号码"]), "mode=accept_good"
        )
    assert state["corrected"] == 1
