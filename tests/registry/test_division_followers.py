"""What is open in a village goes on in the village that it became, and can be finished there."""

from typing import Any

import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.registry.test_changes import change
from tests.registry.test_duties import duty
from tests.registry.test_plans import in_force, measure
from tests.registry.test_rounds import finding, opened
from tests.registry.test_visits import absence
from tests.support.api import Api
from tests.support.doubts import STEPS, a_doubt, take
from tests.support.people import household
from tests.support.staffing import in_charge, organisation, person
from tests.support.world import by_two, decide, move_clock, register, release, villages

TOWN, OTHER = "220622120", "220622121"
DAY, OPEN = "2015-06-10", "2015-01-15"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", TOWN, OTHER)
    await move_clock(registry, DAY)


async def recoded(api: Api, old: str, new: str) -> None:
    """A village goes on alone under a new code."""
    into = {"code": new, "name": "新村"}
    body = {"id": str(uuid7()), "ground": "省民政厅批复", "codes": [old], "into": into, "day": DAY}
    async with api.client("county_office") as client:
        answer = await client.post("/divisions/mergers", json=body)
    assert answer.status_code == 200, answer.text
    while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        continue


async def listed(api: Api, path: str, at: str, role: str = "village_cadre", **params: Any) -> list[str]:
    async with api.client(role, division=at) as client:
        answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_duties_absences_and_the_people_of_a_village_go_on_under_its_new_code(registry: Api):
    old, new = TOWN + "201", OTHER + "211"
    await villages(registry, old)
    office = await organisation(registry, division=old, level="village", kind="village_committee")
    worker = await person(registry, office)
    leader = await in_charge(registry, "team_leader", OPEN, village=old)
    open_duty, done_duty = [duty(office, "2015-06-30", division=old) for _ in range(2)]
    await decide(registry, "/duties", open_duty, done_duty, role="county_office")
    finished = {"id": done_duty["id"], "done_on": DAY, "outcome": "已办结"}
    await decide(registry, "/duties/completions", finished, role="county_office")
    away = absence(leader, "2015-06-11", "2015-06-12", old)
    (asked,) = await decide(registry, "/absences", away, role="village_cadre", division=old)
    assert asked["status"] == "accepted", asked
    await recoded(registry, old, new)
    assert await listed(registry, "/duties", new) == [open_duty["id"]]
    assert await listed(registry, "/duties", old) == [done_duty["id"]]
    assert await listed(registry, "/absences", new) == [away["id"]]
    assert office["id"] in await listed(registry, "/organisations", new, "town_cadre")
    assert worker["id"] in await listed(registry, "/staff", new, "town_cadre")
    verdict = {"id": away["id"], "approved": True}
    (answer,) = await decide(registry, "/absences/decisions", verdict, role="town_cadre", division=OTHER)
    assert answer["status"] == "accepted", answer


async def test_a_doubt_that_lies_with_a_village_is_checked_in_the_village_that_it_became(registry: Api):
    old, new = TOWN + "202", OTHER + "212"
    await villages(registry, old)
    home = await register(registry, village=old, identified_on=OPEN)
    doubt = await a_doubt(registry, home)
    for step in ("assign_town", "assign_village"):
        assert await take(registry, step, doubt) == "accepted"
    await recoded(registry, old, new)
    for step, at in (("check", new), ("judge", new), ("review", OTHER)):
        role, subject, path, body = STEPS[step]
        facts = body | ({"checked_on": DAY} if step == "check" else {})
        (answer,) = await decide(registry, path, {"id": doubt, **facts}, role=role, subject=subject, division=at)
        assert answer["status"] == "accepted", (step, answer)


async def test_a_household_that_moves_takes_its_doubt_plan_and_look_back_along(registry: Api):
    old, new = TOWN + "203", OTHER + "213"
    await villages(registry, old, new)
    home = await register(registry, village=old, identified_on=OPEN)
    round = await opened(registry)
    doubt = await a_doubt(registry, home)
    agreed = await in_force(registry, home, measure("medical", "因病", "2015-09-01"))
    result = finding(home, "kept")
    path = f"/rounds/{round['id']}"
    assert (await decide(registry, f"{path}/results", result, role="village_cadre", division=old))[0][
        "status"
    ] == "accepted"
    move = change("move", home["id"], DAY, "village_changed", division=new)
    (moved,) = await by_two(registry, move, role="county_office")
    assert moved["status"] == "accepted", moved
    assert doubt in await listed(registry, "/doubts", new)
    assert doubt not in await listed(registry, "/doubts", old)
    async with registry.client("village_cadre", division=new) as client:
        plan = (await client.get(f"/households/{home['id']}/plan")).json()
    assert [one["id"] for one in plan] == [agreed["id"]]
    point = {
        "id": agreed["measures"][0]["milestones"][0]["id"],
        "done_on": DAY,
        "note": "已签约",
        "evidence": ["cd" * 32],
    }
    (reached,) = await decide(registry, "/milestones/completions", point, role="village_cadre", division=new)
    assert reached["status"] == "accepted", reached
    signature = {"id": result["id"], "agreed": True}
    signing = f"{path}/signatures"
    (answer,) = await decide(registry, signing, signature, role="village_cadre", subject="signer", division=new)
    assert answer["status"] == "accepted", answer
    # Who has signed in the old village does not sign again for the new town.
    (again,) = await decide(registry, signing, signature, role="town_cadre", subject="Signer", division=OTHER)
    assert again["status"] == "unchanged"


async def test_a_household_that_waits_to_enter_a_village_enters_the_one_that_it_became(registry: Api):
    old, new = TOWN + "204", TOWN + "214"
    await villages(registry, old)
    home = household(1, village=old, identified_on=OPEN)
    async with registry.client("county_office") as client:
        asked = (await client.post("/households", json=home)).json()["request_id"]
    await recoded(registry, old, new)
    assert asked in await listed(registry, "/changes/requests", new, "town_cadre")
    (answer,) = await release(registry, asked)
    assert answer["status"] == "accepted", answer
    async with registry.client("village_cadre", division=new) as client:
        assert (await client.get(f"/households/{home['id']}")).json()["division"] == new


async def test_an_export_that_waits_for_its_release_waits_in_the_town_that_its_own_became(registry: Api):
    old, new = TOWN + "205", OTHER + "215"
    await villages(registry, old)
    body = {"id": str(uuid7()), "division": old, "layout": "own", "reason": "核对", "plain": True}
    async with registry.client("county_office", subject="asker") as client:
        assert (await client.post("/exports", json=body)).status_code == 202
    await recoded(registry, old, new)
    assert body["id"] in await listed(registry, "/exports", "220622", "county_leader")
    place = await registry.worker.pool.fetchval("SELECT division FROM export WHERE id = $1::uuid", body["id"])
    assert place == new
