"""What becomes of helpers when their household leaves the register, moves, or leaves poverty; and the figures."""

from typing import Any

import pytest

from tests.registry.test_changes import change, figure
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.staffing import assign, charge, in_charge, organisation, person
from tests.support.world import by_two, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-01")


async def helped(api: Api, since: str = "2015-01-01") -> dict[str, Any]:
    home, helper = await register(api, 2), await person(api)
    (answer,) = await assign(api, charge("helper", helper, since, household_id=home["id"]))
    assert answer["status"] == "accepted", answer
    return home


async def history(api: Api, home: dict[str, Any]) -> list[tuple[Any, ...]]:
    async with api.client("auditor") as client:
        rows = (await client.get(f"/households/{home['id']}/helpers")).json()
    return [(row["division"], row["started_on"], row["ended_on"]) for row in rows]


async def test_a_household_cleared_out_leaves_its_helper_on_that_day_and_the_history_stays(registry: Api):
    home, other = await helped(registry), await helped(registry)
    removal = change("removal", home["id"], "2016-04-01", "wrongly_included")
    (answer,) = await by_two(registry, removal, role="county_office")
    assert answer["status"] == "accepted", answer
    assert await history(registry, home) == [(VILLAGE, "2015-01-01", "2016-04-01")]
    assert await history(registry, other) == [(VILLAGE, "2015-01-01", None)]
    told = await registry.worker.pool.fetchval(
        "SELECT type FROM outbox WHERE topic = 'registry.helper' AND key = $1 ORDER BY id DESC LIMIT 1", home["id"]
    )
    assert told == "registry.helper.ended.v1"
    async with registry.client("village_cadre", division=VILLAGE) as client:
        (row,) = (await client.get(f"/households/{home['id']}/helpers")).json()
    assert row["ended_note"] == "随户变动结束：错评剔除"


async def test_a_removal_known_late_ends_a_helper_after_his_first_day(registry: Api):
    home = await helped(registry, "2016-04-20")
    removal = change("removal", home["id"], "2016-04-01", "wrongly_included")
    await by_two(registry, removal, role="county_office")
    assert await history(registry, home) == [(VILLAGE, "2016-04-20", "2016-04-21")]


async def test_a_household_that_moves_to_another_village_needs_a_helper_there(registry: Api):
    home, helper = await helped(registry), await person(registry)
    move = change("move", home["id"], "2016-04-10", "village_changed", division=OTHER_VILLAGE)
    (answer,) = await by_two(registry, move, role="county_office")
    assert answer["status"] == "accepted", answer
    async with registry.client("town_cadre", division=OTHER_VILLAGE[:9]) as client:
        missing = (await client.get("/responsibilities/missing")).json()["items"]
    assert home["id"] in {row["id"] for row in missing}
    await assign(registry, charge("helper", helper, "2016-04-10", household_id=home["id"]))
    assert await history(registry, home) == [
        (VILLAGE, "2015-01-01", "2016-04-10"),
        (OTHER_VILLAGE, "2016-04-10", None),
    ]


async def test_the_figures_of_responsibility_are_counted_from_rows(registry: Api):
    day = "2016-04-15"
    before = {
        name: await figure(registry, name, **params)
        for name, params in {
            "helpers": {"on": day},
            "households-unhelped": {},
            "villages-covered": {"on": day},
        }.items()
    }
    department, home = await organisation(registry, kind="bank"), await helped(registry, day)
    leader = await person(registry, department, post="city_leader")
    await assign(
        registry,
        charge("department", department, day),
        charge("leader", leader, day),
    )
    await in_charge(registry, "first_secretary", day)
    await in_charge(registry, "team_leader", day)
    await register(registry)
    assert home
    assert await figure(registry, "helpers", on=day) - before["helpers"] == 1
    assert await figure(registry, "households-unhelped") - before["households-unhelped"] == 1
    assert await figure(registry, "villages-covered", on=day) - before["villages-covered"] == 1
    assert await figure(registry, "helping-organisations", kind="bank", on=day) == 1
    assert await figure(registry, "helping-organisations", kind="bank", on="2016-04-14") == 0
    assert await figure(registry, "helping-leaders", post="city_leader", on=day) == 1
    assert await figure(registry, "posts-held", role="team_leader", on=day) == 1
    assert await figure(registry, "helpers-over-limit") == await figure(registry, "helpers-poor") == 0
