"""What the check of a file computed is kept for its load, and checked again where something changed in between."""

import pytest

from tests.registry.test_import_release import TOWN, decide, read, sent, there
from tests.registry.test_imports import file, home
from tests.registry.test_search import find
from tests.support.api import Api
from tests.support.imports import load_import, release_import, work
from tests.support.world import move_clock, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-02")


async def kept(api: Api, id: str) -> list[str]:
    """What the check has kept for the load."""
    return [
        row[0] for row in await api.worker.pool.fetch("SELECT content FROM import_ready WHERE import_id = $1", id)
    ]


@pytest.mark.parametrize("decision", ["released", "refused"])
async def test_what_the_check_keeps_for_the_load_is_sealed_and_goes_with_the_file(registry: Api, decision: str):
    lines = home(2, 姓名="欧阳若曦")
    state = await sent(registry, file(lines))
    sealed = await kept(registry, state["id"])
    assert len(sealed) == 1
    assert not any(said in sealed[0] for said in ("欧阳", lines[0]["证件号码"], lines[0]["户编号"]))
    await decide(registry, state["id"], decision)
    await work(registry)
    assert await kept(registry, state["id"]) == []
    assert await there(registry, lines) == (decision == "released")


async def test_what_the_check_kept_enters_the_register_as_its_lines_say(registry: Api):
    lines = home(3, 姓名="单小芳")
    state = await sent(registry, file(lines))
    assert await kept(registry, state["id"])
    await release_import(registry, state["id"])
    again = await sent(registry, file(lines), "preview=true")
    assert (again["created"], again["unchanged"], again["rejected"], again["errors"]) == (0, 1, 0, [])
    assert await find(registry, name="shanxiaofang") == ["单小芳"] * 3


async def test_a_household_that_came_in_between_check_and_load_is_compared_and_the_others_come_in(registry: Api):
    homes = [home(1), home(2), home(1)]
    state = await sent(registry, file(*homes), "mode=accept_good")
    changed = [homes[1][0] | {"主要致贫原因": "因学"}, homes[1][1] | {"主要致贫原因": "因学"}]
    async with registry.client("county_office", subject="other sender") as client:
        meanwhile = await load_import(registry, client, file(changed, homes[2]).encode(), "mode=accept_good")
    assert meanwhile["created"] == 2
    await release_import(registry, state["id"])
    loaded = await read(registry, state["id"])
    assert (loaded["created"], loaded["unchanged"], loaded["rejected"], loaded["persons"]) == (1, 1, 1, 1)
    assert [error["field"] for error in loaded["errors"]] == ["主要致贫原因"]
    assert await there(registry, *homes) == 3


async def test_a_person_who_came_in_between_check_and_load_keeps_the_household_out(registry: Api):
    first, second = home(2), home(1)
    state = await sent(registry, file(first, second), "mode=accept_good")
    moved = [home(1)[0] | {"证件号码": first[1]["证件号码"]}]
    async with registry.client("county_office", subject="other sender") as client:
        assert (await load_import(registry, client, file(moved).encode()))["created"] == 1
    await release_import(registry, state["id"])
    loaded = await read(registry, state["id"])
    assert (loaded["created"], loaded["rejected"]) == (1, 1)
    assert [(error["line"], error["field"]) for error in loaded["errors"]] == [(3, "证件号码")]
    assert (await there(registry, first), await there(registry, second)) == (0, 1)


async def test_a_village_that_ends_between_check_and_load_is_refused_in_the_load(registry: Api):
    ending = f"{TOWN}287"
    item = {"code": ending, "name": "将撤村", "valid_from": "2000-01-01"}
    async with registry.client("county_office") as client:
        assert (await client.post("/divisions", json={"items": [item]})).status_code == 200
    gone, stays = home(1, 行政村代码=ending), home(1)
    state = await sent(registry, file(gone, stays), "mode=accept_good")
    assert (state["created"], state["rejected"]) == (2, 0)
    owner = await registry.owner()
    await owner.execute("UPDATE division SET valid_to = '2016-05-01' WHERE code = $1", ending)
    await owner.close()
    await release_import(registry, state["id"])
    loaded = await read(registry, state["id"])
    assert (loaded["created"], loaded["rejected"]) == (1, 1)
    assert [error["field"] for error in loaded["errors"]] == ["行政村代码"]
    assert (await there(registry, gone), await there(registry, stays)) == (0, 1)
