"""Divisions are renamed, merged and split on a day; households go along, and statistics stay where they happened."""

from typing import Any
from uuid import UUID

import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.registry.test_changes import change, figure, year
from tests.registry.test_imports import file, home, load
from tests.registry.test_plans import in_force, measure
from tests.registry.test_privacy import consent, wish
from tests.registry.test_year_freeze import close, verification
from tests.support.api import Api
from tests.support.doubts import a_doubt
from tests.support.people import household
from tests.support.staffing import assign, charge, person
from tests.support.world import by_two, decide, move_clock, register, villages

COUNTY, TOWN, OTHER_TOWN = "220622", "220622110", "220622111"
OPEN = "2016-01-15"  # in a year that is not closed


async def post(api: Api, path: str, **body: Any) -> Any:
    async with api.client("county_office") as client:
        return await client.post(f"/divisions/{path}", json=body)


async def done(api: Api, path: str, **body: Any) -> dict[str, Any]:
    answer = await post(api, path, id=body.pop("id", str(uuid7())), ground="省民政厅批复", **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def slug(answer: Any) -> str:
    return answer.json()["type"].rsplit(":", 1)[1]


async def on(api: Api, day: str, prefix: str = COUNTY) -> dict[str, str]:
    async with api.client("auditor") as client:
        page = (await client.get("/divisions", params={"on": day, "prefix": prefix, "limit": 1000})).json()
    return {item["code"]: item["name"] for item in page["items"]}


def spans(statistics: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["reason"]: (one["households"], one["persons"]) for one in statistics["bridge"]}


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, COUNTY, TOWN, OTHER_TOWN)
    await move_clock(registry, "2014-12-05")


async def test_a_name_changes_from_a_day_on_and_the_old_one_stays_that_of_the_days_before(registry: Api):
    code = TOWN + "201"
    await villages(registry, code)
    renamed = {"code": code, "name": "新民村", "valid_from": "2015-03-01", "ground": "村民会议决定"}
    assert (await post(registry, "renames", **renamed)).status_code == 200
    names = [(await on(registry, day, code))[code] for day in ("2015-02-28", "2015-03-01")]
    assert names == ["村201", "新民村"]
    again = await post(registry, "renames", **renamed | {"valid_from": "2015-04-01"})
    earlier = await post(registry, "renames", **renamed | {"name": "旧村", "valid_from": "2014-01-01"})
    nowhere = await post(registry, "renames", **renamed | {"code": TOWN + "299"})
    assert [slug(one) for one in (again, earlier, nowhere)] == [
        "division-name-same",
        "division-changes-later",
        "no-such-division",
    ]


async def test_a_village_that_was_merged_in_2016_keeps_its_2015_figures_under_its_old_code(registry: Api):
    one, two = TOWN + "202", TOWN + "203"
    await villages(registry, one, two)
    homes = [await register(registry, size, village=village) for village, size in ((one, 2), (one, 3), (two, 4))]
    gone = change("removal", homes[1]["id"], "2015-06-20", "wrongly_included")
    await move_clock(registry, "2015-07-01")
    await by_two(registry, gone, role="county_office")
    await move_clock(registry, "2016-01-08")
    await close(registry, 2015)
    before = await year(registry, 2015, division=one), await year(registry, 2016)
    await move_clock(registry, "2016-03-10")
    into = {"code": two, "name": "合心村"}
    merger = await done(registry, "mergers", codes=[one], into=into, day="2016-03-01")
    assert (merger["moved"], merger["finished_at"] is not None) == (2, True)
    old, new, whole = [await year(registry, 2016, division=code) for code in (one, two, COUNTY)]
    assert await year(registry, 2015, division=one) == before[0]
    assert (old["opening"], old["closing"]) == ({"households": 1, "persons": 2}, {"households": 0, "persons": 0})
    assert spans(old) == {"division_merged": (-1, -2)}
    assert spans(new) == {"division_merged": (1, 2)}
    assert (new["opening"]["persons"], new["closing"]["persons"]) == (4, 6)
    assert (whole["opening"], whole["closing"]) == (before[1]["opening"], before[1]["closing"])
    assert spans(whole) == spans(before[1]) | {"division_merged": (0, 0)}
    assert (await verification(registry, 2015))["changes_hold"]
    assert await figure(registry, "change-persons", year=2016) == sum(s[1] for s in spans(whole).values())
    assert (one in await on(registry, "2016-02-29"), one in await on(registry, "2016-03-01")) == (True, False)
    assert (await on(registry, "2016-03-01", two))[two] == "合心村"
    async with registry.client("village_cadre", division=two) as client:
        moved = (await client.get(f"/households/{homes[0]['id']}")).json()
        lineage = (await client.get(f"/divisions/{one}/lineage")).json()
    assert (moved["division"], len(moved["members"])) == (two, 2)
    assert [(line["to_code"], line["day"]) for line in lineage["successors"]] == [(two, "2016-03-01")]
    async with registry.client("village_cadre", division=one) as client:
        assert (await client.get(f"/households/{homes[0]['id']}")).status_code == 404
        late = household(1, village=one)
        assert slug(await client.post("/households", json=late)) == "no-such-village"
    entry = change("new_entry", late["id"], "2016-03-05", "omitted", household=late)
    refused = (await by_two(registry, entry, role="county_office"))[0]
    assert refused["problem"]["type"].endswith("no-such-village")


async def test_what_happened_after_the_day_of_a_merger_that_is_told_late_happened_in_the_new_village(registry: Api):
    one, two = TOWN + "204", TOWN + "205"
    await villages(registry, one, two)
    body = await register(registry, 2, village=one, identified_on=OPEN)
    await move_clock(registry, "2016-03-20")
    death = change("member_left", body["id"], "2016-03-15", "death", person_id=body["members"][1]["id"])
    await by_two(registry, death, role="county_office")
    await done(registry, "mergers", codes=[one], into={"code": two}, day="2016-03-12")
    async with registry.client("auditor") as client:
        story = (await client.get(f"/households/{body['id']}/history")).json()
    assert [(c["reason"], c["effective_on"]) for c in story][-1] == ("division_merged", "2016-03-12")
    assert spans(await year(registry, 2016, division=one)) | {"identified": (1, 2)} == {
        "division_merged": (-1, -2),
        "identified": (1, 2),
    }
    assert spans(await year(registry, 2016, division=two)) == {"death": (0, -1), "division_merged": (1, 2)}


async def test_what_is_open_about_a_household_goes_along_and_what_is_over_stays(registry: Api):
    one, two = TOWN + "224", TOWN + "225"
    await villages(registry, one, two)
    home = await register(registry, village=one, identified_on=OPEN)
    head = home["members"][0]["id"]
    consents = [{**consent(home["members"][0]), "id": str(uuid7())} for _ in range(2)]
    await decide(registry, "/consents", *consents, role="village_cadre", division=one)
    gone = {"id": str(uuid7()), "consent_id": consents[0]["id"], "on": "2016-02-10", "ground": "本人撤回"}
    assert (await decide(registry, "/consents/withdrawals", gone, role="village_cadre", division=one))[0][
        "status"
    ] == "accepted"
    await decide(registry, "/correction-requests", wish({"id": head}), role="village_cadre", division=one)
    await in_force(registry, home, measure("medical", "因病", "2016-09-01"))
    await a_doubt(registry, home)
    removal = change("removal", home["id"], "2016-03-15", "wrongly_included")
    asked = await decide(registry, "/changes", removal, role="county_office")
    assert [answer["status"] for answer in asked] == ["waiting"]
    await done(registry, "mergers", codes=[one], into={"code": two}, day="2016-03-18")
    where = {}
    for table in ("plan", "measure", "milestone", "correction_request", "doubt", "consent", "change_request"):
        sql = f"SELECT division FROM {table} WHERE household_id = $1 ORDER BY id"
        where[table] = [row["division"] for row in await registry.worker.pool.fetch(sql, UUID(home["id"]))]
    assert where == {
        **{name: [two] for name in ("plan", "measure", "milestone", "correction_request", "doubt")},
        "consent": [one, two],
        "change_request": [one, two],
    }


async def test_a_village_is_split_by_natural_village_and_by_household(registry: Api):
    old, east, west = TOWN + "206", TOWN + "207", TOWN + "208"
    await villages(registry, old)
    homes = [await register(registry, size, village=old, identified_on=OPEN) for size in (1, 2, 3)]
    east_part = {
        "id": str(uuid7()),
        "division": old,
        "name": "东屯",
        "valid_from": "2000-01-01",
        "source": "invented",
    }
    await decide(registry, "/natural-villages", east_part, role="town_cadre")
    lives = [
        {"id": one["id"], "natural_village_id": east_part["id"], "valid_from": "2014-11-01"} for one in homes[:2]
    ]
    await decide(registry, "/natural-villages/households", *lives, role="town_cadre")
    into = [{"code": east, "name": "东村"}, {"code": west, "name": "西村"}]
    body = {"code": old, "into": into, "day": "2016-03-18"}
    body |= {"natural_villages": [{"natural_village_id": east_part["id"], "into": east}]}
    missing = await post(registry, "splits", id=str(uuid7()), ground="分村", **body)
    assert (slug(missing), "1户" in missing.json()["title"]) == ("not-assigned", True)
    body["households"] = [
        {"household_id": homes[2]["id"], "into": west},
        {"household_id": homes[1]["id"], "into": west},
    ]
    split = await done(registry, "splits", **body)
    assert split["moved"] == 3
    closing = {code: (await year(registry, 2016, division=code))["closing"]["persons"] for code in (old, east, west)}
    assert closing == {old: 0, east: 1, west: 5}
    async with registry.client("town_cadre", division=TOWN) as client:
        listed = (await client.get("/natural-villages", params={"division": east})).json()["items"]
    assert [one["name"] for one in listed] == ["东屯"]


async def test_towns_are_merged_with_a_new_code_for_each_of_their_villages(registry: Api):
    kept, gone, new = OTHER_TOWN + "201", "220622112201", OTHER_TOWN + "202"
    await villages(registry, gone[:9], kept, gone)
    homes = [
        await register(registry, size, village=code, identified_on=OPEN) for code, size in ((kept, 1), (gone, 2))
    ]
    helper, secretary = await person(registry), await person(registry)
    charges = [
        charge("helper", helper, "2016-01-15", household_id=homes[1]["id"]),
        charge("village_secretary", secretary, "2016-01-15", village=gone),
    ]
    assert [one["status"] for one in await assign(registry, *charges)] == ["accepted"] * 2
    body = {"codes": [gone[:9]], "into": {"code": OTHER_TOWN, "name": "联合镇"}, "day": "2016-03-18"}
    missing = await post(registry, "mergers", id=str(uuid7()), ground="撤乡并镇", **body)
    assert slug(missing) == "villages-incomplete"
    await done(registry, "mergers", **body, villages=[{"code": gone, "into": new}])
    closing = {
        code: (await year(registry, 2016, division=code))["closing"]["persons"] for code in (gone[:9], OTHER_TOWN)
    }
    assert closing == {gone[:9]: 0, OTHER_TOWN: 3}
    now = await on(registry, "2016-03-18", OTHER_TOWN)
    assert now == {OTHER_TOWN: "联合镇", kept: "村201", new: "村201"}
    async with registry.client("town_cadre", division=OTHER_TOWN) as client:
        assert (await client.get(f"/households/{homes[1]['id']}")).json()["division"] == new
    async with registry.client("village_cadre", division=new) as client:
        helpers = (await client.get(f"/households/{homes[1]['id']}/helpers")).json()
    assert [(one["staff_id"], one["ended_on"]) for one in helpers] == [(helper["id"], None)]
    posts = "SELECT division FROM responsibility WHERE staff_id = $1 AND ended_on IS NULL"
    assert await registry.worker.pool.fetchval(posts, secretary["id"]) == new


async def test_many_households_follow_in_a_job_and_the_same_merger_again_changes_nothing(registry: Api):
    one, two, id = TOWN + "210", TOWN + "211", str(uuid7())
    await villages(registry, one, two)
    await load(registry, file(*[home(1, 行政村代码=one, 识别日期=OPEN) for _ in range(520)]))
    body = {"id": id, "codes": [one], "into": {"code": two}, "day": "2016-03-19"}
    first = await done(registry, "mergers", **body)
    assert (first["moved"], first["finished_at"]) == (500, None)
    again = await done(registry, "mergers", **body)
    assert again == first
    while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
        continue
    async with registry.client("auditor") as client:
        last = (await client.get(f"/divisions/redivisions/{id}")).json()
    assert (last["moved"], last["finished_at"] is not None) == (520, True)
    assert (await year(registry, 2016, division=two))["closing"]["households"] == 520
    other = await post(registry, "mergers", **body | {"ground": "另一批复"})
    assert slug(other) == "redivision-differs"


async def test_the_others_are_told_of_divisions_and_of_every_household_that_went_along(registry: Api):
    one, two = TOWN + "212", TOWN + "213"
    await villages(registry, one)
    body = await register(registry, 1, village=one, identified_on=OPEN)
    await registry.worker.pool.execute("DELETE FROM outbox")
    await done(registry, "mergers", codes=[one], into={"code": two, "name": "新村"}, day="2016-03-19")
    rows = await registry.worker.pool.fetch(
        "SELECT type, key, convert_from(payload, 'UTF8') AS said FROM outbox ORDER BY id"
    )
    told = {(row["type"].removeprefix("registry."), row["key"]) for row in rows}
    assert told == {
        ("household.moved.v1", body["id"]),
        ("division.merged.v1", one),
        ("division.recorded.v1", two),
    }
    assert any(f'"successors":["{two}"]' in row["said"].replace(" ", "") for row in rows)


async def test_what_cannot_be_is_refused_in_words(registry: Api):
    one, two = TOWN + "214", TOWN + "215"
    await villages(registry, one, two)
    base = {"id": str(uuid7()), "codes": [one], "into": {"code": two}, "day": "2016-03-19", "ground": "批复"}
    cases = {
        "no-such-division": base | {"codes": [TOWN + "298"]},
        "levels-differ": base | {"codes": [one], "into": {"code": TOWN}},
        "division-name-missing": base | {"into": {"code": TOWN + "216"}},
        "redivision-in-future": base | {"day": "2016-12-01"},
        "division-forbidden": base | {"into": {"code": "220623100201", "name": "别县"}},
    }
    for expected, body in cases.items():
        assert slug(await post(registry, "mergers", **body)) == expected
    split = {"id": str(uuid7()), "code": one, "day": "2016-03-19", "ground": "批复"}
    taken = split | {"into": [{"code": two}, {"code": TOWN + "217", "name": "新村"}]}
    assert slug(await post(registry, "splits", **taken)) == "division-exists"
    async with registry.client("town_cadre", division=TOWN) as client:
        assert (await client.post("/divisions/mergers", json=base)).status_code == 403


async def test_a_household_goes_along_though_facts_of_a_member_were_corrected_after_the_day(registry: Api):
    one, two = TOWN + "288", TOWN + "289"
    await villages(registry, one, two)
    body = await register(registry, 2, village=one, identified_on="2016-02-01")
    member = f"/households/{body['id']}/members/{body['members'][1]['id']}"
    patch = {"effective_on": "2016-03-18", "ground": "入户核对", "labour": "丧失劳动力"}
    async with registry.client("county_office") as client:
        answer = await client.patch(member, json=patch, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    merger = await done(registry, "mergers", codes=[one], into={"code": two, "name": "合新村"}, day="2016-03-15")
    assert merger["moved"] == 1
    async with registry.client("village_cadre", division=two) as client:
        assert (await client.get(f"/households/{body['id']}")).json()["size"] == 2
