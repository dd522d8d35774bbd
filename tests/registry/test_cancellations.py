"""A change that was recorded by mistake is cancelled by two people, and what stood before it stands again."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change, year
from tests.registry.test_import_release import elsewhere
from tests.registry.test_late_changes import falls, heads, joins, leaves, listed, made, on, record, sizes, story, who
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import decide, leave_poverty, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-07-10")


def cancel(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """That a change was recorded by mistake."""
    day = item["effective_on"]
    ground = {"cancels": item["id"], "ground": "核实后发现登记有误"}
    return change("cancellation", item["household_id"], day, "recorded_wrongly", **ground, **more)


async def relations(api: Api, home: dict[str, Any], day: str = "2016-07-01") -> dict[str, str]:
    return {one["id"]: one["relation"] for one in (await on(api, home, day))["members"]}


def what(kind: str, home: dict[str, Any]) -> dict[str, Any]:
    """A change of some kind on 1 June."""
    others = [{"person_id": one["id"], "relation": "其他"} for one in home["members"][2:]]
    made: dict[str, dict[str, Any]] = {
        "a death": leaves(home, 1, "06-01"),
        "a marriage out": leaves(home, 2, "06-01", "married_out"),
        "a birth": joins(home, "06-01"),
        "a new head": heads(home, 1, "06-01", relations=others),
        "a death of the head": leaves(home, 0, "06-01", successor_id=who(home, 1), relations=others),
        "a move": change("move", home["id"], "2016-06-01", "village_changed", division=OTHER_VILLAGE),
        "a removal": change("removal", home["id"], "2016-06-01", "moved_out"),
    }
    return made[kind]


KINDS = ["a death", "a marriage out", "a birth", "a new head", "a death of the head", "a move", "a removal"]


@pytest.mark.parametrize("exited", [False, True])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_that_is_cancelled_leaves_the_register_as_if_it_had_never_been(
    registry: Api, kind: str, *, exited: bool
):
    home = await register(registry, 4)
    if exited:
        await leave_poverty(registry, home["id"], "2016-03-01")
    before, years = await on(registry, home, "2016-05-31"), await year(registry, 2016, division=VILLAGE)
    wrong = what(kind, home)
    await made(registry, wrong)
    await made(registry, cancel(wrong))
    for day in ("2016-06-01", "2016-07-09"):
        now = await on(registry, home, day)
        for field in ("status", "size"):
            assert now[field] == before[field], (day, field)
        assert {one["id"]: one["relation"] for one in now["members"]} == {
            one["id"]: one["relation"] for one in before["members"]
        }
    async with registry.client("county_office") as client:
        assert (await client.get(f"/households/{home['id']}")).json()["division"] == VILLAGE
    assert await year(registry, 2016, division=VILLAGE) == years
    told = {one["change_id"]: one for one in await story(registry, home)}
    assert told[wrong["id"]]["cancelled"]["ground"] == "核实后发现登记有误"


async def test_a_cancellation_waits_for_another_person_and_is_recorded_once(registry: Api):
    home = await register(registry, 3)
    wrong = leaves(home, 1, "06-01")
    await made(registry, wrong)
    item = cancel(wrong)
    [asked] = await decide(registry, "/changes", item, role="county_office", subject="asker")
    assert asked["status"] == "waiting"
    assert await sizes(registry, home, "06-01") == [2]
    let = {"id": item["id"], "approve": True, "reason": "核对无误"}
    [own] = await decide(registry, "/changes/releases", let, role="county_office", subject="asker")
    assert own["problem"]["type"].endswith("separate-people")
    [done] = await decide(registry, "/changes/releases", let, role="county_leader", subject="releaser")
    assert (done["status"], await sizes(registry, home, "06-01")) == ("accepted", [3])
    [again] = await record(registry, item)
    [twice] = await record(registry, cancel(wrong))
    [of_itself] = await record(registry, cancel(item))
    assert again["status"] == "unchanged"
    assert twice["problem"]["type"].endswith("already-cancelled")
    assert of_itself["problem"]["type"].endswith("not-cancellable")


async def test_only_the_county_lets_a_change_be_cancelled(registry: Api):
    home = await register(registry, 3)
    wrong = leaves(home, 1, "06-01")
    await made(registry, wrong)
    [answer] = await decide(registry, "/changes", cancel(wrong), role="town_cadre", division=VILLAGE[:9])
    assert answer["status"] == "refused"
    assert await sizes(registry, home, "06-01") == [2]


async def test_what_was_built_on_a_wrong_change_is_listed_and_decided_with_it(registry: Api):
    home = await register(registry, 3)
    born = joins(home, "05-01")
    child = {**home, "members": [*home["members"], born["member"]]}
    died = leaves(child, 3, "06-01")
    await made(registry, born, died)
    [error] = await listed(registry, cancel(born))
    assert (error["change_id"], error["decisions"]) == (died["id"], ["falls"])
    await made(registry, cancel(born, later=falls(error)))
    assert await sizes(registry, home, "04-30", "05-01", "06-01") == [3, 3, 3]


async def test_a_split_is_cancelled_while_nothing_was_built_on_it(registry: Api):
    home = await register(registry, 4)
    new = str(uuid7())
    parts = [{"person_id": who(home, 2), "relation": "户主"}, {"person_id": who(home, 3), "relation": "其他"}]
    given = {"id": new, "number": "L0000101", "members": parts}
    split = change("split", home["id"], "2016-06-01", "split", split=given)
    built = joins({"id": new}, "06-20")
    await made(registry, split, built)
    [error] = await listed(registry, cancel(split))
    assert error["change_id"] == built["id"]
    await made(registry, cancel(split, later=falls(error)))
    assert await sizes(registry, home, "05-31", "06-01", "07-01") == [4, 4, 4]
    async with registry.client("county_office") as client:
        ended = (await client.get(f"/households/{new}")).json()
    assert (ended["status"], ended["members"]) == ("removed", [])


async def test_the_number_of_a_split_that_is_cancelled_is_free_for_the_right_one(registry: Api):
    home = await register(registry, 4)

    def split(day: str, *members: int) -> dict[str, Any]:
        parts = [
            {"person_id": who(home, n), "relation": "其他" if place else "户主"} for place, n in enumerate(members)
        ]
        given = {"id": str(uuid7()), "number": "L0000107", "members": parts}
        return change("split", home["id"], f"2016-{day}", "split", split=given)

    wrong, right = split("06-01", 2, 3), split("06-02", 3)
    await made(registry, wrong)
    [taken] = await record(registry, right)
    assert taken["problem"]["type"].endswith("household-number-taken")
    await made(registry, cancel(wrong))
    await made(registry, right)
    async with registry.client("county_office") as client:
        numbers = [(await client.get(f"/households/{one['split']['id']}")).json()["number"] for one in (wrong, right)]
    assert numbers[1] == "L0000107"
    assert numbers[0].startswith("L0000107-作废-")
    assert await sizes(registry, home, "06-01", "06-02") == [4, 3]


async def test_a_split_that_is_back_has_its_number_again_where_nobody_took_it(registry: Api):
    """A death told late makes the split of June fall, for the dead would have led it; the death was a mistake."""
    home = await register(registry, 4)
    new = str(uuid7())
    parts = [{"person_id": who(home, 3), "relation": "户主"}]
    split = change(
        "split", home["id"], "2016-06-01", "split", split={"id": new, "number": "L0000108", "members": parts}
    )
    await made(registry, split)
    death = leaves(home, 3, "05-01")
    [error] = await listed(registry, death)
    await made(registry, death | {"later": falls(error)})
    await made(registry, cancel(death))
    async with registry.client("county_office") as client:
        back = (await client.get(f"/households/{new}")).json()
    assert (back["number"], back["status"], len(back["members"])) == ("L0000108", "registered", 1)


async def test_who_releases_a_cancellation_reads_what_it_takes_back_and_what_falls_with_it(registry: Api):
    home = await register(registry, 3)
    born = joins(home, "05-01")
    died = leaves({**home, "members": [*home["members"], born["member"]]}, 3, "06-01")
    await made(registry, born, died)
    [error] = await listed(registry, cancel(born))
    item = cancel(born, later=falls(error))
    [asked] = await decide(registry, "/changes", item, role="county_office", subject="asker")
    assert asked["status"] == "waiting", asked
    async with registry.client("county_leader") as client:
        shown = (await client.get(f"/changes/requests/{item['id']}")).json()
    taken, [falling] = shown["cancels"], shown["later"]
    assert (taken["change_id"], taken["kind_zh"], taken["zh"]) == (born["id"], "人口增加", "新生儿")
    assert (taken["effective_on"], taken["decision"]) == ("2016-05-01", None)
    assert (falling["change_id"], falling["zh"], falling["decision"]) == (died["id"], "死亡", "falls")


async def test_a_merge_is_cancelled_and_both_households_are_as_before(registry: Api):
    old, into = await register(registry, 2), await register(registry, 1)
    people = [{"person_id": one["id"], "relation": "其他"} for one in old["members"]]
    merge = change("merge", old["id"], "2016-06-02", "merged", merge={"into_id": into["id"], "members": people})
    await made(registry, merge)
    await made(registry, cancel(merge))
    assert await sizes(registry, old, "06-02", "07-01") == [2, 2]
    assert await sizes(registry, into, "06-02", "07-01") == [1, 1]
    assert (await on(registry, old, "2016-07-01"))["status"] == "registered"


async def test_a_cancellation_names_a_change_of_its_household_on_its_own_day(registry: Api):
    home, other = await register(registry, 3), await register(registry, 3)
    wrong = leaves(home, 1, "06-01")
    await made(registry, wrong)
    answers = [
        (await record(registry, one))[0]["problem"]["type"].rpartition(":")[2]
        for one in (
            cancel(wrong | {"household_id": other["id"]}),
            cancel(wrong | {"id": str(uuid7())}),
            cancel(wrong | {"effective_on": "2016-06-02"}),
        )
    ]
    assert answers == ["no-such-change", "no-such-change", "cancel-day-differs"]


async def test_a_closed_year_keeps_its_figures_when_one_of_its_changes_is_cancelled(registry: Api):
    county = "220697"
    village = await elsewhere(registry, county)
    home = await register(registry, 3, village=village)
    wrong = leaves(home, 1, "06-01") | {"effective_on": "2015-06-01"}
    [answer] = await decide(registry, "/changes", wrong, role="county_office", division=county)
    assert answer["status"] == "accepted", answer
    await move_clock(registry, "2016-07-11")
    async with registry.client("county_leader", division=county) as client:
        for number in (2014, 2015):
            closed = await client.post("/year-closings", json={"division": county, "year": number})
            assert closed.status_code == 201, closed.text
    async with registry.client("auditor", division=county) as client:
        frozen = (await client.get("/years/2015", params={"division": county})).json()
    await move_clock(registry, "2016-07-12")
    item = cancel(wrong)
    [asked] = await decide(registry, "/changes", item, role="county_office", division=county)
    let = {"id": item["id"], "approve": True, "reason": "核对无误"}
    [done] = await decide(registry, "/changes/releases", let, role="county_leader", division=county)
    assert (asked["status"], done["status"]) == ("waiting", "accepted"), done
    async with registry.client("auditor", division=county) as client:
        after = (await client.get("/years/2015", params={"division": county})).json()
        following = (await client.get("/years/2016", params={"division": county})).json()
    for field in ("opening", "bridge", "closing", "frozen"):
        assert after[field] == frozen[field], field
    assert frozen["closing"]["persons"] == 2
    late = [span for span in following["bridge"] if span["late"]]
    assert sum(span["persons"] for span in late) == 1
    assert following["closing"]["persons"] == 3


async def test_a_closed_year_keeps_its_figures_when_a_death_in_a_household_that_had_left_poverty_is_told_late(
    registry: Api,
):
    county = "220696"
    village = await elsewhere(registry, county)
    home = await register(registry, 4, village=village)
    await leave_poverty(registry, home["id"], "2015-05-04")
    await move_clock(registry, "2016-07-13")
    async with registry.client("county_leader", division=county) as client:
        for number in (2014, 2015):
            closed = await client.post("/year-closings", json={"division": county, "year": number})
            assert closed.status_code == 201, closed.text
    await move_clock(registry, "2016-07-14")
    # One died before the exit (four and not three left poverty, as was believed), one after it.
    for n, day in ((2, "2015-04-01"), (3, "2015-09-01")):
        death = leaves(home, n, "01-01") | {"effective_on": day}
        [answer] = await decide(registry, "/changes", death, role="county_office", division=county)
        assert answer["status"] == "accepted", answer
    async with registry.client("auditor", division=county) as client:
        old = (await client.get("/years/2015", params={"division": county})).json()
        open_one = (await client.get("/years/2016", params={"division": county})).json()
        then = (await client.get(f"/households/{home['id']}/as-of", params={"as_of": "2015-12-31"})).json()
    spans = {span["kind"]: (span["households"], span["persons"]) for span in old["bridge"]}
    assert spans == {"exit": (-1, -4)}
    assert old["closing"] == {"households": 0, "persons": 0}
    late = {span["kind"]: (span["households"], span["persons"]) for span in open_one["bridge"] if span["late"]}
    assert late == {"member_left": (0, -1), "exit": (0, 1)}
    assert open_one["closing"] == {"households": 0, "persons": 0}
    assert (then["status"], then["size"]) == ("exited", 2)
