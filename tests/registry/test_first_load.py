"""The first load of a county's register: asked for and released at county level, before any year of it is closed."""

import pytest

from tests.registry.test_completing import HEADER as COMPLETING
from tests.registry.test_import_release import TOWN, close, decide, elsewhere, read, ruled, sent, slug, there
from tests.registry.test_imports import file, home
from tests.support.api import Api
from tests.support.imports import work
from tests.support.world import move_clock, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-02")


async def test_a_county_that_registers_by_procedure_only_takes_its_first_load_and_no_other_import(registry: Api):
    village = await elsewhere(registry, "220635")
    await ruled(registry, "220635", None)
    stock, later = [home(1, 行政村代码=village) for _ in range(2)], home(1, 行政村代码=village)
    refused = await sent(registry, file(later), "mode=accept_good", at="220635")
    assert (refused["state"], refused["created"], refused["rejected"]) == ("done", 0, 1)
    [error] = refused["errors"]
    assert (error["field"], error["rule"], error["zh"]) == (
        "户编号",
        "changes.direct",
        "此原因须经识别或回头看程序办理，不能直接调整",
    )
    first = await sent(registry, file(*stock), "first_load=true", at="220635")
    assert (first["state"], first["first_load"], first["level"]) == ("waiting", True, "county")
    assert slug(await decide(registry, first["id"], by=" SENDER", at="220635")) == (403, "separate-people")
    assert (await decide(registry, first["id"], at="220635")).status_code == 202
    await work(registry)
    assert (await read(registry, first["id"], "220635"))["created"] == 2
    assert await there(registry, *stock) == 2
    async with registry.client("auditor", division="220635") as client:
        figure = (await client.get("/figures/decided-directly", params={"year": 2014})).json()
        changes = (await client.get("/changes")).json()["items"]
    assert int(figure["value"]) == 2
    assert {one["through"] for one in changes} == {"first_load"}


async def test_a_first_load_is_the_countys_and_no_household_table(registry: Api):
    async with registry.client("town_cadre", division=TOWN) as client:
        low = await client.post("/imports?first_load=true", content=file(home(1)).encode())
    async with registry.client("county_office") as client:
        table = ",".join(COMPLETING).encode()
        other = await client.post("/imports?first_load=true", content=table)
    assert (*slug(low), low.json()["field"]) == (403, "level-forbidden", "first_load")
    assert (*slug(other), other.json()["field"]) == (422, "not-a-first-load", "first_load")


async def test_a_first_load_goes_into_a_register_without_a_closed_year_only(registry: Api):
    village = await elsewhere(registry, "220636")
    homes = [home(1, 行政村代码=village, 识别日期="2015-03-01") for _ in range(3)]
    at = {"at": "220636"}
    released, waiting = [await sent(registry, file(one), "first_load=true", **at) for one in homes[:2]]
    preview = await sent(registry, file(homes[2]), "first_load=true&preview=true", **at)
    assert (await decide(registry, released["id"], at="220636")).status_code == 202  # and is not loaded yet
    await close(registry, "220636")
    assert slug(await decide(registry, waiting["id"], at="220636")) == (409, "year-closed-before")
    async with registry.client("county_office", division="220636", subject="sender") as client:
        asked = await client.post(f"/imports/{preview['id']}/loading")
        late = await client.post("/imports?first_load=true", content=file(homes[0]).encode())
    assert slug(asked) == (409, "year-closed-before")
    assert (*slug(late), late.json()["field"], late.json()["rule"]) == (
        409,
        "year-closed-before",
        "first_load",
        "no closed year",
    )
    assert late.json()["title"] == "2014年已封账，不能再首次建档；请作为普通导入报送"
    await work(registry)
    done = await read(registry, released["id"], "220636")
    assert (done["state"], done["problem"]["type"]) == ("failed", "urn:tuopin:problem:year-closed-before")
    assert await there(registry, *homes) == 0
