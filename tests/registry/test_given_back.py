"""What ended with a change that was none comes back when it is cancelled, as far as nobody built on it; what does not
is said in words.
"""

from typing import Any

import pytest

from tests.registry.test_cancellations import cancel
from tests.registry.test_changes import change
from tests.registry.test_helpers_leave import history
from tests.registry.test_late_changes import falls, joins, leaves, listed, made, story
from tests.registry.test_natural_villages import natural_village, send
from tests.support.api import Api
from tests.support.cases import detail, opened
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.staffing import assign, charge, person
from tests.support.world import decide, leave_poverty, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-07-10")


async def helped(api: Api, size: int = 2, **facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A household with a helper since 2015."""
    home, helper = await register(api, size), await person(api, **facts)
    (answer,) = await assign(api, charge("helper", helper, "2015-01-01", household_id=home["id"]))
    assert answer["status"] == "accepted", answer
    return home, helper


async def taken_back(api: Api, wrong: dict[str, Any]) -> list[str]:
    """Cancel a change by two people; answers what stays ended, in Chinese."""
    item = cancel(wrong)
    let = {"id": item["id"], "approve": True, "reason": "核对无误"}
    (asked,) = await decide(api, "/changes", item, role="county_office", subject="asker")
    (done,) = await decide(api, "/changes/releases", let, role="county_leader", subject="releaser")
    assert (asked["status"], done["status"]) == ("waiting", "accepted"), (asked, done)
    (again,) = await decide(api, "/changes", item, role="county_office", subject="asker")
    assert (again["status"], again["stays_ended"]) == ("unchanged", done["stays_ended"])
    told = {one["change_id"]: one["after"] for one in await story(api, wrong["household_id"])}
    assert told[item["id"]].get("stays_ended", []) == done["stays_ended"]
    return [one["zh"] for one in done["stays_ended"]]


def removal(home: dict[str, Any], day: str = "2016-06-01") -> dict[str, Any]:
    return change("removal", home["id"], day, "moved_out")


def move(home: dict[str, Any], day: str = "2016-06-01") -> dict[str, Any]:
    return change("move", home["id"], day, "village_changed", division=OTHER_VILLAGE)


async def test_a_helper_whom_a_wrong_removal_ended_helps_on_as_if_it_had_never_been(registry: Api):
    home, _ = await helped(registry)
    wrong = removal(home)
    await made(registry, wrong)
    assert await history(registry, home) == [(VILLAGE, "2015-01-01", "2016-06-01")]
    assert await taken_back(registry, wrong) == []
    assert await history(registry, home) == [(VILLAGE, "2015-01-01", None)]
    last = await registry.worker.pool.fetchval(
        "SELECT type FROM outbox WHERE topic = 'registry.helper' AND key = $1 ORDER BY id DESC LIMIT 1", home["id"]
    )
    assert last == "registry.helper.assigned.v1"


async def test_a_household_that_never_moved_has_its_old_helper_and_not_the_one_of_the_other_village(registry: Api):
    home, _ = await helped(registry)
    wrong = move(home)
    await made(registry, wrong)
    (answer,) = await assign(
        registry, charge("helper", await person(registry), "2016-06-05", household_id=home["id"])
    )
    assert answer["status"] == "accepted", answer
    assert await taken_back(registry, wrong) == []
    assert await history(registry, home) == [
        (VILLAGE, "2015-01-01", None),
        (OTHER_VILLAGE, "2016-06-05", "2016-06-06"),
    ]


async def test_a_helper_who_works_there_no_more_does_not_come_back_and_is_named(registry: Api):
    home, helper = await helped(registry, name="孙离岗")
    wrong = removal(home)
    await made(registry, wrong)
    async with registry.client("county_office") as client:
        left = await client.patch(
            f"/staff/{helper['id']}", json={"left_on": "2016-07-01"}, headers={"If-Match": '"1"'}
        )
    assert left.status_code == 200, left.text
    (said,) = await taken_back(registry, wrong)
    assert said.startswith("帮扶责任人孙离岗（")
    assert said.endswith("的结对帮扶未恢复：本人已离岗或单位已撤销，请另行安排")
    assert await history(registry, home) == [(VILLAGE, "2015-01-01", "2016-06-01")]


async def test_a_helper_who_took_other_households_meanwhile_does_not_get_more_than_the_limit(registry: Api):
    home, helper = await helped(registry, name="钱满额")
    wrong = removal(home)
    await made(registry, wrong)
    for _ in range(4):  # as many as somebody of the rank 一般 of a county's department may have
        other = await register(registry, 1)
        (answer,) = await assign(registry, charge("helper", helper, "2016-06-10", household_id=other["id"]))
        assert answer["status"] == "accepted", answer
    (said,) = await taken_back(registry, wrong)
    assert said.endswith("本人结对户数已满，请另行安排")


async def test_a_household_lives_on_in_its_natural_village_where_a_move_is_taken_back(registry: Api):
    place, there = natural_village(name="南沟屯"), natural_village(OTHER_VILLAGE, name="北山屯")
    await send(registry, "", place, there)
    home, placed = await register(registry, 2), await register(registry, 2)
    for one in (home, placed):
        item = {"id": one["id"], "natural_village_id": place["id"], "valid_from": "2015-02-01"}
        await send(registry, "/households", item)
    wrong, other = move(home), move(placed)
    await made(registry, wrong, other)
    await send(
        registry, "/households", {"id": placed["id"], "natural_village_id": there["id"], "valid_from": "2016-06-02"}
    )
    assert await taken_back(registry, wrong) == []
    assert await taken_back(registry, other) == []
    owner = await registry.owner()
    try:
        rows = await owner.fetch(
            """SELECT natural_village_id::text, valid_from::text, valid_to FROM household_place
            WHERE household_id = ANY($1::uuid[])""",
            [home["id"], placed["id"]],
        )
    finally:
        await owner.close()
    assert [tuple(row) for row in rows] == [(place["id"], "2015-02-01", None)] * 2


async def test_a_case_that_a_wrong_removal_ended_goes_on_where_it_stood(registry: Api):
    home = await register(registry, 3)
    await leave_poverty(registry, home["id"], "2016-03-01")
    case = await opened(registry, "return", at=VILLAGE, household_id=home["id"])
    before = await detail(registry, case, VILLAGE)
    wrong = removal(home)
    await made(registry, wrong)
    ended = await detail(registry, case, VILLAGE)
    assert (ended["status"], ended["step"]) == ("lapsed", None)
    assert await taken_back(registry, wrong) == []
    now = await detail(registry, case, VILLAGE)
    assert (now["status"], now["step"]) == ("open", before["step"])
    assert now["reasons"][-1]["zh"].startswith("原变动登记有误，已撤销，本事项恢复办理")


async def test_a_case_does_not_go_on_where_another_was_opened_since_and_that_is_said(registry: Api):
    home = await register(registry, 3)
    await leave_poverty(registry, home["id"], "2016-03-01")
    await opened(registry, "return", at=VILLAGE, household_id=home["id"])
    wrong = removal(home)
    await made(registry, wrong)
    await opened(registry, "inclusion", at=VILLAGE, household_id=home["id"])
    assert await taken_back(registry, wrong) == ["“返贫标注”事项未恢复办理：其后已另行办理"]


async def test_what_a_removal_ended_comes_back_when_the_removal_falls_with_an_earlier_change(registry: Api):
    """A birth of May is told in July; the removal of June names a household that had died out, and falls."""
    home, _ = await helped(registry, 1)
    gone = [{"person_id": home["members"][0]["id"], "reason": "death"}]
    await made(registry, change("removal", home["id"], "2016-06-06", "household_extinct", departures=gone))
    birth = joins(home, "05-06")
    errors = await listed(registry, birth)
    await made(registry, birth | {"later": falls(*errors)})
    assert await history(registry, home) == [(VILLAGE, "2015-01-01", None)]


async def test_a_change_that_ended_nothing_gives_nothing_back(registry: Api):
    home, _ = await helped(registry, 3)
    wrong = leaves(home, 1, "06-01")
    await made(registry, wrong)
    assert await taken_back(registry, wrong) == []
    assert await history(registry, home) == [(VILLAGE, "2015-01-01", None)]
