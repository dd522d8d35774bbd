"""Natural change 自然变更: births to moves, splits and merges; households keep their lineage, years add up."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change, figure, year
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, identity_number, member
from tests.support.world import by_two, decide, move_clock, register, villages

TOWN = VILLAGE[:9]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-06-01")


async def read(api: Api, id: str) -> dict[str, Any]:
    async with api.client("county_office") as client:
        answer = await client.get(f"/households/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(api: Api, id: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a household that wait to be sent, in order."""
    rows = await api.worker.pool.fetch("SELECT type, payload FROM outbox WHERE key = $1 ORDER BY id", id)
    return [(row["type"], json.loads(row["payload"])) for row in rows]


def persons(body: dict[str, Any]) -> list[str]:
    return [one["id"] for one in body["members"]]


def split_of(body: dict[str, Any], number: int, relations: dict[int, str], **more: Any) -> dict[str, Any]:
    members = [{"person_id": body["members"][n]["id"], "relation": relation} for n, relation in relations.items()]
    parts = {"id": str(uuid7()), "number": f"S{number:07d}", "members": members}
    return change("split", body["id"], "2016-05-01", "split", split=parts, **more)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("birth", "新生儿"),
        ("married_in", "婚入"),
        ("registered_here", "户籍迁入"),
        ("adopted", "收养"),
        ("returned", "返回共同生活"),
        ("released", "刑满释放"),
        ("discharged", "退役复员"),
        ("overlooked", "漏录补录"),
    ],
)
async def test_somebody_joins_for_each_reason_of_natural_increase(registry: Api, reason: str, word: str):
    body = await register(registry)
    newcomer = member("其他", born=date(1999, 4, 1))
    [answer] = await by_two(
        registry,
        change("member_added", body["id"], "2016-05-01", reason, member=newcomer, ground=word),
        role="town_cadre",
    )
    assert answer["status"] == "accepted", answer
    assert (await read(registry, body["id"]))["size"] == 2


@pytest.mark.parametrize(
    "reason",
    [
        *("death", "missing", "married_out", "registered_elsewhere", "urban", "imprisoned", "emigrated"),
        *("not_sharing", "gone_other"),
    ],
)
async def test_somebody_leaves_for_each_reason_of_natural_decrease(registry: Api, reason: str):
    body = await register(registry, 2)
    gone = change("member_left", body["id"], "2016-05-01", reason, person_id=persons(body)[1])
    [answer] = await by_two(registry, gone, role="town_cadre")
    assert answer["status"] == "accepted", answer
    assert (await read(registry, body["id"]))["size"] == 1


async def test_a_soldier_stays_a_member_and_is_marked(registry: Api):
    body = await register(registry, 2)
    one = f"/households/{body['id']}"
    patch = {"effective_on": "2016-03-01", "ground": "应征入伍通知书", "soldier": True}
    async with registry.client("village_cadre") as client:
        done = await client.patch(f"{one}/members/{persons(body)[1]}", json=patch, headers={"If-Match": '"1"'})
        story = (await client.get(f"{one}/history")).json()
    assert done.status_code == 200, done.text
    assert (await read(registry, body["id"]))["size"] == 2
    assert (story[-1]["reason"], story[-1]["after"]) == ("enlisted", {"soldier": True})


async def test_when_the_head_dies_the_named_successor_is_head_from_that_day(registry: Api):
    body = await register(registry, 3)
    head, heir, _ = persons(body)
    death = change("member_left", body["id"], "2016-05-01", "death", person_id=head)
    [without] = await by_two(registry, death, role="town_cadre")
    [done] = await by_two(registry, death | {"id": str(uuid7()), "successor_id": heir}, role="town_cadre")
    assert without["problem"]["title"] == "户主离开的，须同时指定新户主"
    assert done["status"] == "accepted"
    assert (await read(registry, body["id"]))["members"][0] | {"facts": 0} == (
        (await read(registry, body["id"]))["members"][0] | {"facts": 0, "id": heir, "relation": "户主"}
    )


async def test_members_who_split_off_are_a_household_of_their_own_and_both_know_it(registry: Api):
    before = (await year(registry, 2016, division=VILLAGE))["closing"]
    body = await register(registry, 4)
    split = split_of(body, 1, {2: "户主", 3: "配偶"})
    split["split"]["members"][1]["relation"] = "其他"
    answers = await by_two(registry, split, split, role="town_cadre")
    assert [answer["status"] for answer in answers] == ["accepted"] * 2, answers
    assert [one["status"] for one in await by_two(registry, split, role="town_cadre")] == ["unchanged"]
    new = await read(registry, split["split"]["id"])
    old = await read(registry, body["id"])
    assert (old["size"], new["size"]) == (2, 2)
    assert {one["id"] for one in new["members"]} == set(persons(body)[2:])
    assert (new["main_cause"], new["attribute"]) == (body["main_cause"], body["attribute"])
    assert [one["labour"] for one in new["members"]] == ["普通劳动力"] * 2
    after = (await year(registry, 2016, division=VILLAGE))["closing"]
    assert (after["households"] - before["households"], after["persons"] - before["persons"]) == (2, 4)
    (_, gone), (kind, begun) = (await told(registry, old["id"]))[-1], (await told(registry, new["id"]))[0]
    assert gone["successors"] == [new["id"]]
    assert (kind, begun["predecessors"]) == ("registry.household.registered.v1", [old["id"]])


async def test_a_split_that_leaves_no_head_or_takes_everybody_is_refused(registry: Api):
    body = await register(registry, 3)
    headless = split_of(body, 2, {1: "其他"})
    head_goes = split_of(body, 3, {0: "户主"})
    everybody = split_of(body, 4, {0: "户主", 1: "其他", 2: "其他"})
    stranger = split_of(body, 5, {1: "户主"})
    stranger["split"]["members"][0]["person_id"] = str(uuid7())
    taken = split_of(body, 6, {1: "户主"})
    taken["split"]["number"] = body["number"]
    answers = await by_two(registry, headless, head_goes, everybody, stranger, taken, role="town_cadre")
    slugs = [answer["problem"]["type"].rpartition(":")[2] for answer in answers]
    assert answers[2]["problem"]["title"] == "分户后原户须留有成员"
    wrong = "relations-wrong successor-needed last-member-leaves not-a-member household-number-taken"
    assert slugs == wrong.split()
    assert (await read(registry, body["id"]))["version"] == 1


async def test_two_households_merge_and_the_one_that_ends_names_its_heir(registry: Api):
    old, into = await register(registry, 2), await register(registry, 1)
    parts = {
        "into_id": into["id"],
        "members": [{"person_id": id, "relation": "其他"} for id in persons(old)],
    }
    merge = change("merge", old["id"], "2016-05-02", "merged", merge=parts)
    [short] = await by_two(
        registry,
        merge | {"id": str(uuid7()), "merge": parts | {"members": parts["members"][:1]}},
        role="town_cadre",
    )
    [done] = await by_two(registry, merge, role="town_cadre")
    assert short["problem"]["type"].endswith("not-everybody")
    assert done["status"] == "accepted", done
    ended, joined = await read(registry, old["id"]), await read(registry, into["id"])
    assert (ended["status"], ended["members"], joined["size"]) == ("removed", [], 3)
    assert (await told(registry, old["id"]))[-1][1]["successors"] == [into["id"]]
    assert (await told(registry, into["id"]))[-1][1]["predecessors"] == [old["id"]]


async def test_a_household_that_moves_counts_in_the_old_village_until_then_and_in_the_new_one_after(registry: Api):
    body = await register(registry, 2)
    before = {code: await year(registry, 2016, division=code) for code in (VILLAGE, OTHER_VILLAGE, "220622")}
    move = change("move", body["id"], "2016-05-03", "village_changed", division=OTHER_VILLAGE)
    [done] = await by_two(registry, move, role="county_office")
    assert done["status"] == "accepted", done
    after = {code: await year(registry, 2016, division=code) for code in before}
    moved = {
        code: tuple(
            after[code]["closing"][what] - before[code]["closing"][what] for what in ("households", "persons")
        )
        for code in before
    }
    assert moved == {VILLAGE: (-1, -2), OTHER_VILLAGE: (1, 2), "220622": (0, 0)}
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        assert (await client.get(f"/households/{body['id']}")).json()["size"] == 2
    async with registry.client("village_cadre", division=VILLAGE) as client:
        assert (await client.get(f"/households/{body['id']}")).status_code == 404
    assert (await told(registry, body["id"]))[-1][0] == "registry.household.moved.v1"


async def test_nobody_moves_a_household_out_of_his_own_township_or_into_a_village_that_is_none(registry: Api):
    body = await register(registry)
    away = change("move", body["id"], "2016-05-03", "village_changed", division=OTHER_VILLAGE)
    nowhere = change("move", body["id"], "2016-05-03", "village_changed", division="220622100399")
    async with registry.client("town_cadre", division=TOWN) as client:
        answers = (await client.post("/changes", json={"items": [away, nowhere]})).json()["items"]
    slugs = [answer["problem"]["type"].rpartition(":")[2] for answer in answers]
    assert slugs == ["division-forbidden", "no-such-village"]


async def test_a_bride_leaves_one_registered_household_and_joins_another_in_the_same_list(registry: Api):
    parents, couple = await register(registry, 2), await register(registry)
    bride = persons(parents)[1]
    answers = await by_two(
        registry,
        change("member_added", couple["id"], "2016-05-01", "married_in", person_id=bride, relation="之子"),
        change("member_left", parents["id"], "2016-05-01", "married_out", person_id=bride),
        change("member_added", couple["id"], "2016-05-01", "married_in", person_id=bride, relation="之子"),
        role="town_cadre",
    )
    assert [answer["status"] for answer in answers] == ["refused", "accepted", "accepted"]
    assert answers[0]["problem"]["type"].endswith("lives-elsewhere")
    assert [one["id"] for one in (await read(registry, couple["id"]))["members"]][1:] == [bride]


async def test_a_person_is_never_in_two_households_even_when_two_offices_add_him_at_once(registry: Api):
    parents, first, second = [await register(registry, size) for size in (2, 1, 1)]
    bride = persons(parents)[1]
    leave = change("member_left", parents["id"], "2016-05-01", "married_out", person_id=bride)
    await by_two(registry, leave, role="town_cadre")
    joins = [
        change("member_added", one["id"], "2016-05-01", "married_in", person_id=bride, relation="之子")
        for one in (first, second)
    ]
    async with registry.client("town_cadre") as client:
        answers = await asyncio.gather(*(client.post("/changes", json={"items": [one]}) for one in joins))
    accepted = [a for a in answers if a.status_code == 200 and a.json()["items"][0]["status"] == "accepted"]
    assert len(accepted) == 1
    assert all(answer.status_code in (200, 409) for answer in answers)
    sizes = [(await read(registry, one["id"]))["size"] for one in (first, second)]
    assert sorted(sizes) == [1, 2]


async def test_a_household_of_which_nobody_is_left_dies_out_and_comes_back_with_whom_it_lost_by_mistake(
    registry: Api,
):
    body = await register(registry, 2)
    head, child = persons(body)
    departures = [{"person_id": head, "reason": "death"}, {"person_id": child, "reason": "married_out"}]
    gone = change("removal", body["id"], "2016-05-01", "household_extinct", departures=departures)
    [answer] = await by_two(registry, gone, role="town_cadre")
    assert answer["status"] == "accepted", answer
    ended = await read(registry, body["id"])
    assert (ended["status"], ended["members"]) == ("removed", [])
    back = change("return", body["id"], "2016-05-02", "fell_back")
    restored = change("restoration", body["id"], "2016-05-03", "restored")
    answers = [(await by_two(registry, one, role="county_office"))[0] for one in (back, restored)]
    assert [one["problem"]["type"].rpartition(":")[2] for one in answers] == ["not-exited", "part-missing"]
    named = [{"person_id": head, "relation": "户主"}, {"person_id": child, "relation": "之子"}]
    [answer] = await by_two(registry, restored | {"members": named}, role="county_office")
    assert answer["status"] == "accepted", answer
    again = await read(registry, body["id"])
    assert (again["status"], {one["id"] for one in again["members"]}) == ("registered", {head, child})


async def test_a_household_in_which_somebody_lives_does_not_die_out_and_who_lives_is_named(registry: Api):
    body = await register(registry, 3)
    head = persons(body)[0]
    departures = [{"person_id": head, "reason": "death"}]
    gone = change("removal", body["id"], "2016-05-01", "household_extinct", departures=departures)
    in_prison = gone | {"id": str(uuid7()), "departures": [{"person_id": head, "reason": "imprisoned"}]}
    stranger = gone | {"id": str(uuid7()), "departures": [{"person_id": str(uuid7()), "reason": "death"}]}
    nobody_named = gone | {"id": str(uuid7()), "departures": []}
    answers = await decide(registry, "/changes", gone, in_prison, stranger, nobody_named, role="town_cadre")
    problems = [answer["problem"] for answer in answers]
    slugs = [problem["type"].rpartition(":")[2] for problem in problems]
    assert slugs == ["still-living", "reason-does-not-fit", "not-a-member", "still-living"]
    assert problems[0]["title"] == "该户还有2名成员在户（王某、王某），不能办理整户自然减少"
    assert (await read(registry, body["id"]))["status"] == "registered"
    owner = await registry.owner()
    try:
        kept = await owner.fetchval("SELECT count(*) FROM idempotency WHERE convert_from(body, 'UTF8') LIKE '%王某%'")
    finally:
        await owner.close()
    assert kept == 0


async def test_a_correction_reaches_back_before_later_changes_and_leaves_those_standing(registry: Api):
    body = await register(registry)
    one = f"/households/{body['id']}"
    async with registry.client("county_office") as client:
        for version, day, cause in ((1, "2016-04-01", "因残"), (2, "2015-02-01", "因学")):
            patch = {"effective_on": day, "ground": "档案核对", "main_cause": cause}
            answer = await client.patch(one, json=patch, headers={"If-Match": f'"{version}"'})
            assert answer.status_code == 200, answer.text
        shown = {
            day: (await client.get(f"{one}/as-of", params={"as_of": day})).json()["main_cause"]
            for day in ("2014-12-01", "2015-02-01", "2016-03-31", "2016-04-01")
        }
        early = {"effective_on": "2014-10-31", "ground": "档案核对", "main_cause": "因学"}
        refused = await client.patch(one, json=early, headers={"If-Match": '"3"'})
    assert shown == {"2014-12-01": "因病", "2015-02-01": "因学", "2016-03-31": "因学", "2016-04-01": "因残"}
    assert (refused.status_code, refused.json()["field"]) == (422, "effective_on")
    assert (await read(registry, body["id"]))["main_cause"] == "因残"


async def test_a_corrected_name_and_number_show_from_the_moment_they_were_known(registry: Api):
    body = await register(registry)
    one, number = f"/households/{body['id']}", identity_number()
    patch = {"effective_on": "2014-11-01", "ground": "户口簿核对", "name": "王小明", "identity_number": number}
    async with registry.client("county_office") as client:
        before = (await client.get(f"{one}/as-of")).json()
        await move_clock(registry, "2016-06-02")
        done = await client.patch(f"{one}/members/{persons(body)[0]}", json=patch, headers={"If-Match": '"1"'})
        now = (await client.get(f"{one}/as-of")).json()
        then = (await client.get(f"{one}/as-of", params={"known_at": before["known_at"]})).json()
        story = (await client.get(f"{one}/history")).json()
        found = (await client.post("/lookups", json={"numbers": [number]})).json()
    assert done.status_code == 200, done.text
    assert (now["members"][0]["name"], then["members"][0]["name"]) == ("王小明", "王某")
    assert (story[-1]["before"]["name"], story[-1]["after"]["name"]) == ("王某", "王小明")
    assert number not in json.dumps(story)
    assert [hit["household_id"] for hit in found] == [body["id"]]


async def test_a_number_that_somebody_else_has_is_not_given_twice(registry: Api):
    one, other = await register(registry), await register(registry)
    patch = {
        "effective_on": "2016-01-01",
        "ground": "核对",
        "identity_number": other["members"][0]["identity_number"],
    }
    async with registry.client("county_office") as client:
        answer = await client.patch(
            f"/households/{one['id']}/members/{persons(one)[0]}", json=patch, headers={"If-Match": '"1"'}
        )
    assert (answer.status_code, answer.json()["field"]) == (409, "identity_number")


async def test_of_two_corrections_at_the_same_moment_one_wins_and_the_other_is_told(registry: Api):
    body = await register(registry)
    patches = [{"effective_on": "2016-01-01", "ground": "核对", "house_m2": area} for area in ("40.00", "60.00")]
    async with registry.client("county_office") as client:
        answers = await asyncio.gather(
            *(client.patch(f"/households/{body['id']}", json=one, headers={"If-Match": '"1"'}) for one in patches)
        )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert (await read(registry, body["id"]))["version"] == 2


async def test_every_count_can_be_asked_for_a_day_and_for_what_was_known_at_a_moment(registry: Api):
    async def counted(**asked: str) -> dict[str, tuple[int, int]]:
        async with registry.client("auditor") as client:
            answer = (await client.get("/register/counts", params={"by": "main_cause", **asked})).json()
        known.append(answer["known_at"])
        return {one["value"]: (one["households"], one["persons"]) for one in answer["counts"]}

    known: list[str] = []
    before = await counted()
    body = await register(registry, 2, main_cause="因灾", village="220622100201")
    await move_clock(registry, "2016-06-03")
    one = f"/households/{body['id']}"
    patch = {"effective_on": "2016-06-02", "ground": "核对", "main_cause": "缺水"}
    async with registry.client("county_office") as client:
        await client.patch(one, json=patch, headers={"If-Match": '"1"'})
    now, day_before, then = await counted(), await counted(as_of="2016-06-01"), await counted(known_at=known[0])
    assert now["缺水"] == (before.get("缺水", (0, 0))[0] + 1, before.get("缺水", (0, 0))[1] + 2)
    assert day_before["因灾"] == (before.get("因灾", (0, 0))[0] + 1, before.get("因灾", (0, 0))[1] + 2)
    assert then.get("缺水") == before.get("缺水")


async def test_a_township_records_births_and_deaths_but_does_not_clear_out_or_take_in_by_itself(registry: Api):
    body, newcomer = await register(registry, 2), household(identified_on="2016-05-01")
    asked = [
        change("removal", body["id"], "2016-05-01", "wrongly_included"),
        change("new_entry", newcomer["id"], "2016-05-01", "omitted", household=newcomer),
        change("member_left", body["id"], "2016-05-01", "death", person_id=persons(body)[1]),
    ]
    async with registry.client("town_cadre", division=TOWN) as client:
        answers = (await client.post("/changes", json={"items": asked})).json()["items"]
    assert [answer["status"] for answer in answers] == ["refused", "refused", "accepted"]
    assert [answer["problem"]["type"].rpartition(":")[2] for answer in answers[:2]] == ["level-forbidden"] * 2


async def test_what_was_decided_directly_and_by_no_procedure_can_be_counted_and_opened(registry: Api):
    before = await figure(registry, "decided-directly", year=2016)
    body = await register(registry)
    gone = change("removal", body["id"], "2016-05-01", "wrongly_included")
    [answer] = await by_two(registry, gone, role="county_office")
    assert answer["status"] == "accepted"
    assert await figure(registry, "decided-directly", year=2016) == before + 1


async def test_a_village_corrects_a_name_but_a_number_is_the_townships(registry: Api):
    body = await register(registry)
    one = f"/households/{body['id']}/members/{persons(body)[0]}"
    fact = {"effective_on": "2016-01-01", "ground": "户口簿核对"}
    async with registry.client("village_cadre", division=VILLAGE) as client:
        number = await client.patch(
            one, json=fact | {"identity_number": identity_number()}, headers={"If-Match": '"1"'}
        )
        name = await client.patch(one, json=fact | {"name": "王小明"}, headers={"If-Match": '"1"'})
    async with registry.client("town_cadre", division=TOWN) as client:
        again = await client.patch(
            one, json=fact | {"identity_number": identity_number()}, headers={"If-Match": '"2"'}
        )
    assert (number.status_code, number.json()["field"]) == (403, "identity_number")
    assert (name.status_code, again.status_code) == (200, 200)
