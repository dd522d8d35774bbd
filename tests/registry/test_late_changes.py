"""Changes recorded late and out of order: later facts stand where they can, and are decided where they cannot."""

import asyncio
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change, year
from tests.registry.test_natural_changes import told
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, identity_number, member
from tests.support.world import by_two, leave_poverty, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-07-10")


async def record(api: Api, *items: dict[str, Any]) -> list[dict[str, Any]]:
    return await by_two(api, *items, role="county_office")


async def made(api: Api, *items: dict[str, Any]) -> None:
    for item in items:
        [answer] = await record(api, item)
        assert answer["status"] == "accepted", answer


async def listed(api: Api, item: dict[str, Any]) -> list[dict[str, Any]]:
    """The later changes that a refusal lists."""
    [answer] = await record(api, item)
    assert answer["problem"]["type"].endswith("later-changes"), answer
    assert answer["problem"]["count"] == len(answer["problem"]["errors"])
    return answer["problem"]["errors"]


async def correct(api: Api, home: dict[str, Any], version: int, day: str, *path: str, **facts: Any) -> None:
    async with api.client("county_office") as client:
        answer = await client.patch(
            "/".join(["/households", home["id"], *path]),
            json={"effective_on": day, "ground": "入户核对", **facts},
            headers={"If-Match": f'"{version}"'},
        )
    assert answer.status_code == 200, answer.text


async def on(api: Api, home: dict[str, Any] | str, day: str, known: str | None = None) -> dict[str, Any]:
    point = {"as_of": day} | ({"known_at": f"{known}T12:00:00+08:00"} if known else {})
    id = home if isinstance(home, str) else home["id"]
    async with api.client("county_office") as client:
        answer = await client.get(f"/households/{id}/as-of", params=point)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sizes(api: Api, home: dict[str, Any] | str, *days: str) -> list[int]:
    return [(await on(api, home, f"2016-{day}"))["size"] for day in days]


async def story(api: Api, home: dict[str, Any] | str) -> list[dict[str, Any]]:
    async with api.client("county_office") as client:
        return (await client.get(f"/households/{home if isinstance(home, str) else home['id']}/history")).json()


def who(home: dict[str, Any], n: int) -> str:
    return home["members"][n]["id"]


def leaves(home: dict[str, Any], n: int, day: str, reason: str = "death", **more: Any) -> dict[str, Any]:
    return change("member_left", home["id"], f"2016-{day}", reason, person_id=who(home, n), **more)


def joins(home: dict[str, Any], day: str, relation: str = "之孙子", **more: Any) -> dict[str, Any]:
    born = member(relation, labour=None, **more)
    return change("member_added", home["id"], f"2016-{day}", "birth", member=born)


def heads(home: dict[str, Any], n: int, day: str, **more: Any) -> dict[str, Any]:
    return change("head_changed", home["id"], f"2016-{day}", "head_changed", successor_id=who(home, n), **more)


def wife() -> dict[str, Any]:
    return member("配偶", identity_number=identity_number(male=False))


def falls(*errors: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"change_id": one["change_id"], "decision": "falls"} for one in errors]


def stands(*errors: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"change_id": one["change_id"], "decision": "stands"} for one in errors]


async def test_a_death_of_may_that_is_told_in_july_leaves_the_land_corrected_in_june(registry: Api):
    home = await register(registry, 4)
    await correct(registry, home, 1, "2016-06-25", land_mu="6.25")
    await made(registry, joins(home, "06-28"), leaves(home, 2, "05-01"))
    assert await sizes(registry, home, "04-30", "05-01", "06-25", "06-28") == [4, 3, 3, 4]
    assert [(await on(registry, home, day))["facts"]["land_mu"] for day in ("2016-06-24", "2016-06-25")] == [
        "3.50",
        "6.25",
    ]
    assert who(home, 2) not in {one["id"] for one in (await on(registry, home, "2016-07-01"))["members"]}
    kind, event = (await told(registry, home["id"]))[-1]
    assert (kind, event["size"], event["effective_on"]) == ("registry.household.changed.v1", 4, "2016-05-01")


async def test_what_was_believed_before_the_late_change_stays_answerable(registry: Api):
    home = await register(registry, 3)
    await made(registry, joins(home, "06-20"))
    await move_clock(registry, "2016-07-12")
    await made(registry, leaves(home, 1, "05-05"))
    before = [(await on(registry, home, f"2016-{day}", "2016-07-11"))["size"] for day in ("05-04", "05-05", "06-20")]
    assert (before, await sizes(registry, home, "05-04", "05-05", "06-20")) == ([3, 3, 4], [3, 2, 3])


async def test_a_late_death_makes_a_later_removal_and_a_later_move_count_one_person_less(registry: Api):
    moved, gone = await register(registry, 4), await register(registry, 3)
    before = {code: await year(registry, 2016, division=code) for code in (VILLAGE, OTHER_VILLAGE)}
    await made(
        registry,
        change("move", moved["id"], "2016-06-03", "village_changed", division=OTHER_VILLAGE),
        change("removal", gone["id"], "2016-06-04", "moved_out"),
        leaves(moved, 1, "05-02"),
        leaves(gone, 2, "05-03"),
    )
    after = {code: await year(registry, 2016, division=code) for code in before}

    def added(code: str, kind: str) -> tuple[int, int, int]:
        spans = [{(s["kind"], s["reason"]): s for s in one[code]["bridge"]} for one in (before, after)]
        reason = {"member_left": "death", "move": "village_changed", "removal": "moved_out"}[kind]
        old, new = (one.get((kind, reason), {}) for one in spans)
        return tuple(new.get(what, 0) - old.get(what, 0) for what in ("changes", "households", "persons"))

    assert added(VILLAGE, "member_left") == (2, 0, -2)
    assert added(VILLAGE, "move") == (1, -1, -3)
    assert added(OTHER_VILLAGE, "move") == (1, 1, 3)
    assert added(VILLAGE, "removal") == (1, -1, -2)
    for code, one in after.items():
        for what in ("households", "persons"):
            assert one["opening"][what] + sum(span[what] for span in one["bridge"]) == one["closing"][what], code


async def test_what_the_dead_cannot_have_done_is_listed_in_words_and_falls_in_the_same_step(registry: Api):
    home = await register(registry, 4)
    married = leaves(home, 2, "06-10", "married_out")
    await made(registry, married, joins(home, "06-11"))
    death = leaves(home, 2, "05-01")
    [error] = await listed(registry, death)
    assert (error["change_id"], error["decisions"], error["people"]) == (married["id"], ["falls"], [who(home, 2)])
    sentence = "2016年6月10日人口减少（婚出）：涉及的成员那时已不在户内"
    assert error["message"] == f"{sentence}（{home['members'][2]['name']}）"
    assert error["recorded_by"]
    [other] = await record(registry, death | {"later": falls({"change_id": str(uuid7())})})
    [kept] = await record(registry, death | {"later": stands(error)})
    assert {one["problem"]["type"].rpartition(":")[2] for one in (other, kept)} == {"later-changes"}
    await made(registry, death | {"later": falls(error)})
    assert await sizes(registry, home, "05-01", "06-10", "06-11") == [3, 3, 4]
    [again] = await record(registry, death | {"later": falls(error)})
    assert again["status"] == "unchanged"
    chapters = {one["change_id"]: one for one in await story(registry, home)}
    assert chapters[married["id"]]["cancelled"]["because"] == death["id"]
    assert chapters[death["id"]]["cancelled"] is None
    assert chapters[death["id"]]["out_of_order"] is True


async def test_decisions_about_nothing_are_refused(registry: Api):
    home = await register(registry, 2)
    await made(registry, joins(home, "06-11"))
    for day in ("05-01", "06-20"):
        [answer] = await record(registry, leaves(home, 1, day) | {"later": falls({"change_id": str(uuid7())})})
        assert answer["problem"]["type"].endswith("nothing-later"), answer


async def test_whoever_was_dead_never_became_the_head(registry: Api):
    home = await register(registry, 3)
    await made(registry, heads(home, 1, "06-01"))
    death = leaves(home, 1, "05-01")
    [error] = await listed(registry, death)
    assert (error["rule"], error["decisions"]) == ("head", ["falls"])
    await made(registry, death | {"later": falls(error)})
    now = await on(registry, home, "2016-07-01")
    assert [one["relation"] for one in now["members"]] == ["户主", "之子"]
    assert now["members"][0]["id"] == who(home, 0)


async def test_a_split_stands_without_the_dead_and_falls_where_the_dead_would_have_led_it(registry: Api):
    home = await register(registry, 5)
    parts = [{"person_id": who(home, n), "relation": "户主" if n == 3 else "其他"} for n in (3, 4, 2)]
    new = str(uuid7())
    split = change(
        "split", home["id"], "2016-06-01", "split", split={"id": new, "number": "L0000001", "members": parts}
    )
    await made(registry, split)
    [soft] = await listed(registry, leaves(home, 4, "05-01"))
    assert soft["decisions"] == ["stands", "falls"]
    await made(registry, leaves(home, 4, "05-01") | {"later": stands(soft)})
    assert (await sizes(registry, home, "05-01", "06-01"), await sizes(registry, new, "06-01")) == ([4, 2], [2])
    [hard] = await listed(registry, leaves(home, 3, "05-02"))
    assert (hard["change_id"], hard["decisions"]) == (split["id"], ["falls"])
    await made(registry, leaves(home, 3, "05-02") | {"later": falls(hard)})
    assert await sizes(registry, home, "05-02", "06-01") == [3, 3]
    async with registry.client("county_office") as client:
        ended = (await client.get(f"/households/{new}")).json()
    assert (ended["status"], ended["members"]) == ("removed", [])


async def test_a_merge_takes_the_dead_not_along_and_the_other_household_counts_one_less(registry: Api):
    old, into = await register(registry, 2), await register(registry, 1)
    people = [{"person_id": who(old, n), "relation": "其他"} for n in (0, 1)]
    merge = change("merge", old["id"], "2016-06-02", "merged", merge={"into_id": into["id"], "members": people})
    await made(registry, merge)
    assert await sizes(registry, into, "06-02") == [3]
    [error] = await listed(registry, leaves(old, 1, "05-02"))
    await made(registry, leaves(old, 1, "05-02") | {"later": stands(error)})
    assert (await sizes(registry, old, "05-02", "06-02"), await sizes(registry, into, "06-02")) == ([1, 0], [2])


async def test_the_dead_never_joined_another_household(registry: Api):
    home, other = await register(registry, 3), await register(registry, 1)
    away = leaves(home, 2, "06-01", "married_out")
    there = change("member_added", other["id"], "2016-06-02", "married_in", person_id=who(home, 2), relation="配偶")
    await made(registry, away, there)
    errors = await listed(registry, leaves(home, 2, "05-01"))
    assert {one["change_id"] for one in errors} == {away["id"], there["id"]}
    await made(registry, leaves(home, 2, "05-01") | {"later": falls(*errors)})
    assert (await sizes(registry, home, "06-02"), await sizes(registry, other, "06-02")) == ([2], [1])


async def test_a_child_born_under_a_later_head_is_told_to_the_earlier_one_or_asked(registry: Api):
    """The son leads from June; a grandchild born in May is 之孙子 of the old head, and a child of one of two sons."""
    home = await register(registry, members=[member(), member("之子")])
    await made(registry, heads(home, 1, "06-01"))
    birth = joins(home, "05-15")
    [error] = await listed(registry, birth)
    [asked] = error["relations"]
    assert (error["rule"], asked["person_id"]) == ("relations", birth["member"]["id"])
    assert "之子" in asked["options"]
    said = [{"person_id": birth["member"]["id"], "relation": "之子"}]
    [silent] = await record(registry, birth | {"later": stands(error)})
    assert silent["problem"]["type"].endswith("later-changes")
    later = [stands(error)[0] | {"relations": said}]
    await made(registry, birth | {"later": later})

    async def relation(day: str) -> str:
        members = (await on(registry, home, day))["members"]
        return next(one["relation"] for one in members if one["id"] == birth["member"]["id"])

    assert [await relation("2016-05-20"), await relation("2016-06-01")] == ["之孙子", "之子"]


async def test_what_the_family_said_of_a_relation_stands_when_another_late_change_is_told(registry: Api):
    """A birth and a death, both told after the son had become the head: the grandchild is his son."""
    home = await register(registry, members=[member(), member("之子"), member("之子")])
    others = [{"person_id": who(home, 2), "relation": "其他"}]
    await made(registry, heads(home, 1, "06-01", relations=others))
    birth = joins(home, "05-15")
    [error] = await listed(registry, birth)
    said = [{"person_id": birth["member"]["id"], "relation": "之子"}]
    await made(registry, birth | {"later": [stands(error)[0] | {"relations": said}]})
    await made(registry, leaves(home, 2, "05-20"))
    await made(registry, change("move", home["id"], "2016-05-25", "village_changed", division=OTHER_VILLAGE))
    for day, relation in (("2016-05-31", "之孙子"), ("2016-06-01", "之子"), ("2016-07-01", "之子")):
        members = {one["id"]: one["relation"] for one in (await on(registry, home, day))["members"]}
        assert members[birth["member"]["id"]] == relation, day
        assert len(members) == 3


async def test_everything_that_was_asked_is_answered_at_once_though_one_answer_settles_another(registry: Api):
    """The son led from 1 June, the mother from 10 June: what the grandchild is to him says what it is to her."""
    home = await register(registry, members=[member(), wife(), member("之子"), member("之子")])
    others = [{"person_id": who(home, 3), "relation": "其他"}]
    sons = [{"person_id": who(home, n), "relation": "之子"} for n in (2, 3)]
    husband = [{"person_id": who(home, 0), "relation": "配偶"}]
    await made(registry, heads(home, 2, "06-01", relations=others))
    await made(registry, heads(home, 1, "06-10", relations=[*sons, *husband]))
    birth = joins(home, "05-15")
    errors = await listed(registry, birth)
    assert [one["effective_on"] for one in errors] == ["2016-06-01", "2016-06-10"]
    said = [
        stands(error)[0] | {"relations": [{"person_id": birth["member"]["id"], "relation": relation}]}
        for error, relation in zip(errors, ("之子", "之孙子"), strict=True)
    ]
    await made(registry, birth | {"later": said})
    for day, relation in (("2016-05-15", "之孙子"), ("2016-06-01", "之子"), ("2016-06-10", "之孙子")):
        members = {one["id"]: one["relation"] for one in (await on(registry, home, day))["members"]}
        assert members[birth["member"]["id"]] == relation, day


async def test_facts_of_the_dead_that_were_corrected_after_the_death_fall(registry: Api):
    home = await register(registry, 2)
    await correct(registry, home, 1, "2016-06-05", "members", who(home, 1), labour="丧失劳动力")
    [error] = await listed(registry, leaves(home, 1, "05-04"))
    assert (error["kind"], error["decisions"]) == ("correction", ["falls"])
    await made(registry, leaves(home, 1, "05-04") | {"later": falls(error)})
    assert await sizes(registry, home, "05-03", "05-04") == [2, 1]


async def test_a_household_that_died_out_is_not_extinct_where_a_birth_is_told_late(registry: Api):
    home = await register(registry, 1)
    gone = [{"person_id": who(home, 0), "reason": "death"}]
    extinct = change("removal", home["id"], "2016-06-06", "household_extinct", departures=gone)
    await made(registry, extinct)
    [error] = await listed(registry, joins(home, "05-06"))
    assert (error["rule"], error["decisions"]) == ("behind", ["falls"])
    await made(registry, joins(home, "05-06") | {"later": falls(error)})
    assert (await on(registry, home, "2016-06-06"))["status"] == "registered"
    assert await sizes(registry, home, "05-06", "06-06") == [2, 2]


async def test_nothing_takes_effect_before_the_household_was_registered(registry: Api):
    home = await register(registry, 2)
    [answer] = await record(
        registry, change("member_left", home["id"], "2014-10-31", "death", person_id=who(home, 1))
    )
    assert (answer["problem"]["type"].rpartition(":")[2], answer["problem"]["since"]) == (
        "before-registered",
        "2014-11-01",
    )


async def test_of_two_offices_that_record_late_changes_at_once_both_are_counted_or_told(registry: Api):
    home = await register(registry, 4)
    await made(registry, joins(home, "06-20"))
    answers = await asyncio.gather(*(record(registry, leaves(home, n, f"05-0{n}")) for n in (1, 2)))
    assert [one["status"] for [one] in answers] == ["accepted"] * 2
    same = await asyncio.gather(*(record(registry, leaves(home, 3, "05-03")) for _ in range(2)))
    assert sorted(one["status"] for [one] in same) == ["accepted", "refused"]
    assert await sizes(registry, home, "04-30", "05-01", "05-02", "05-03", "06-20") == [4, 3, 2, 1, 2]


async def test_who_left_poverty_is_told_late_as_everybody(registry: Api):
    home = await register(registry, 3)
    await leave_poverty(registry, home["id"], "2016-06-07")
    before = await year(registry, 2016, division=VILLAGE)
    await made(registry, leaves(home, 1, "06-08"), joins(home, "06-09"), leaves(home, 2, "05-08"))
    after = await year(registry, 2016, division=VILLAGE)
    assert after["closing"] == before["closing"]
    exits = [{s["kind"]: s for s in one["bridge"]}["exit"]["persons"] for one in (before, after)]
    assert exits[1] - exits[0] == 1
    assert (await on(registry, home, "2016-07-01"))["status"] == "exited"
    assert await sizes(registry, home, "05-08", "06-07", "06-08", "06-09") == [2, 2, 1, 2]


async def test_a_late_removal_lists_everything_that_was_recorded_of_the_household_since(registry: Api):
    home = await register(registry, 3)
    born, dead = joins(home, "06-10"), leaves(home, 1, "06-12")
    await made(registry, born, dead)
    gone = change("removal", home["id"], "2016-05-10", "moved_out")
    errors = await listed(registry, gone)
    assert [one["change_id"] for one in errors] == [born["id"], dead["id"]]
    assert {one["rule"] for one in errors} == {"status"}
    await made(registry, gone | {"later": falls(*errors)})
    assert (await on(registry, home, "2016-05-10"))["status"] == "removed"
    assert await sizes(registry, home, "06-30") == [3]


async def test_who_was_taken_into_two_households_is_listed(registry: Api):
    home, other = await register(registry, 2), await register(registry, 1)
    away = leaves(home, 1, "03-01", "registered_elsewhere")
    there = change(
        "member_added", other["id"], "2016-06-15", "registered_here", person_id=who(home, 1), relation="其他"
    )
    await made(registry, away, there)
    third = await register(registry, 1)
    late = change(
        "member_added", third["id"], "2016-04-01", "registered_here", person_id=who(home, 1), relation="其他"
    )
    [error] = await listed(registry, late)
    assert (error["change_id"], error["rule"]) == (there["id"], "lives")
    await made(registry, late | {"later": falls(error)})
    assert (await sizes(registry, third, "06-15"), await sizes(registry, other, "06-15")) == ([2], [1])
