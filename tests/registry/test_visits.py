"""The diary of visits, absences, and days on duty against policy."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.staffing import assign, charge, in_charge, person
from tests.support.world import decide, move_clock, register, villages

THIRD, FOURTH, FIFTH, SIXTH = (f"2206221002{n:02d}" for n in (2, 3, 4, 5))


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, VILLAGE, OTHER_VILLAGE, THIRD, FOURTH, FIFTH, SIXTH)
    await move_clock(registry, "2016-05-20")


def slugs(answers: list[dict[str, Any]]) -> list[str | None]:
    return [answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None for answer in answers]


def entry(who: dict[str, Any], day: str, *, village: str | None = VILLAGE, **facts: Any) -> dict[str, Any]:
    where = {"village": village} if village else {}
    said = {"found": "两户屋顶漏雨", "done": "联系村委会登记危房"}
    return {"id": str(uuid7()), "kind": "village", "visited_on": day, "people": [who["id"]]} | where | said | facts


def absence(who: dict[str, Any], first: str, last: str, village: str = VILLAGE) -> dict[str, Any]:
    about = {"village": village, "staff_id": who["id"], "reason": "家人住院"}
    return {"id": str(uuid7()), "from_on": first, "until_on": last} | about


async def write(api: Api, *items: dict[str, Any], role: str = "village_cadre", **who: Any) -> list[dict[str, Any]]:
    return await decide(api, "/visits", *items, role=role, **who)


async def attendance(api: Api, village: str, **params: Any) -> list[dict[str, Any]]:
    async with api.client("town_cadre") as client:
        answer = await client.get("/attendance", params={"division": village, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_visit_says_who_was_where_what_was_found_and_what_was_done(registry: Api):
    home, helper = await register(registry), await person(registry)
    await assign(registry, charge("helper", helper, "2016-01-01", household_id=home["id"]))
    item = entry(helper, "2016-05-18", village=None, kind="household", household_id=home["id"], photos=["ab" * 32])
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answer = (await client.post("/visits", json={"items": [item]})).json()["items"]
        listed = (await client.get("/visits", params={"household_id": home["id"]})).json()["items"]
    assert slugs(answer) == [None]
    assert [(row["names"], row["found"], row["photos"], row["late"]) for row in listed] == [
        (["赵帮扶"], "两户屋顶漏雨", ["ab" * 32], False)
    ]


async def test_a_position_is_no_evidence_and_is_not_even_taken(registry: Api):
    who = await in_charge(registry, "team_member", "2016-01-01")
    async with registry.client("village_cadre") as client:
        item = entry(who, "2016-05-18") | {"latitude": "42.38", "longitude": "126.80"}
        assert (await client.post("/visits", json={"items": [item]})).status_code == 422


async def test_entries_that_cannot_be_are_refused_one_by_one(registry: Api):
    who, elsewhere = await in_charge(registry, "team_member", "2016-01-01"), {"id": str(uuid7())}
    good = entry(who, "2016-05-12")
    answers = await write(
        registry,
        good,
        entry(who, "2016-05-21"),
        entry(elsewhere, "2016-05-12"),
        entry(who, "2016-05-12", kind="household"),
        entry(who, "2016-05-12", village=None, kind="household", household_id=str(uuid7())),
        entry(who, "2016-05-12", people=[who["id"], who["id"]]),
        entry(who, "2016-05-12", village="220623100201"),
        entry(who, "2016-05-12", corrects=str(uuid7())),
    )
    assert slugs(answers) == [
        *(None, "visit-in-future", "visitor-unknown", "visit-part-missing", "no-such-household"),
        *("visitor-twice", "division-forbidden", "no-such-visit"),
    ]
    again, other = await write(registry, good), await write(registry, good | {"visited_on": "2016-05-11"})
    assert [again[0]["status"], *slugs(other)] == ["unchanged", "visit-differs"]


async def test_who_wrote_an_entry_corrects_it_once_and_the_first_stays_readable(registry: Api):
    who = await in_charge(registry, "team_member", "2016-01-01", village=THIRD)
    first = entry(who, "2016-03-01", village=THIRD)
    await write(registry, first)
    right = entry(who, "2016-03-02", village=THIRD, corrects=first["id"], done="联系住建局鉴定")
    stranger = await write(registry, right, role="village_cadre", subject="somebody else")
    once = await write(registry, right)
    twice = await write(registry, right | {"id": str(uuid7())})
    assert slugs(stranger + once + twice) == ["not-the-writer", None, "corrected-already"]
    async with registry.client("auditor") as client:
        rows = (await client.get("/visits", params={"division": THIRD})).json()["items"]
    assert [(row["visited_on"], row["superseded_by"], row["late"]) for row in rows] == [
        ("2016-03-01", right["id"], True),
        ("2016-03-02", None, True),
    ]
    assert [row["on_duty"] for row in await attendance(registry, THIRD, year=2016, month=3)] == [1]


async def test_short_absences_are_decided_by_the_town_long_ones_by_the_county_and_nobody_decides_their_own(
    registry: Api,
):
    who = await in_charge(registry, "first_secretary", "2016-01-01", village=FOURTH, subject="first.secretary")
    five, six = absence(who, "2016-02-01", "2016-02-05", FOURTH), absence(who, "2016-02-10", "2016-02-15", FOURTH)
    assert slugs(await decide(registry, "/absences", five, six, role="village_cadre")) == [None, None]
    decisions = [{"id": one["id"], "approved": True} for one in (five, six)]

    async def by(role: str, division: str, subject: str) -> list[str | None]:
        async with registry.client(role, division=division, subject=subject) as client:
            return slugs((await client.post("/absences/decisions", json={"items": decisions})).json()["items"])

    assert await by("town_cadre", FOURTH[:9], "first.secretary") == ["separate-people", "absence-needs-county"]
    assert await by("town_cadre", FOURTH[:9], "town") == [None, "absence-needs-county"]
    assert await by("county_office", "220622", "county") == ["absence-decided", None]
    async with registry.client("auditor") as client:
        rows = (await client.get("/absences", params={"division": FOURTH})).json()["items"]
    assert [(row["level"], row["status"], row["decided_by"]) for row in rows] == [
        ("town", "approved", "town"),
        ("county", "approved", "county"),
    ]
    assert rows[0]["policies"][0]["key"] == "duty.absence_town_days"


async def test_a_long_absence_asked_for_in_short_pieces_is_the_countys_to_decide(registry: Api):
    who = await in_charge(registry, "team_member", "2016-01-01", village=FOURTH, name="吴队员")
    pieces = [
        absence(who, f"2016-05-{first:02}", f"2016-05-{last:02}", FOURTH)
        for first, last in ((1, 3), (7, 9), (4, 6), (11, 12))
    ]
    assert set(slugs(await decide(registry, "/absences", *pieces, role="village_cadre"))) == {None}
    decisions = [{"id": one["id"], "approved": True} for one in pieces]
    async with registry.client("town_cadre", division=FOURTH[:9], subject="town") as client:
        answers = (await client.post("/absences/decisions", json={"items": decisions})).json()["items"]
    assert slugs(answers) == [None, None, "absence-needs-county", None]


async def test_nobody_is_on_duty_and_absent_on_the_same_day(registry: Api):
    who = await in_charge(registry, "team_leader", "2016-01-01", village=FOURTH, name="周队长")
    away, worked = absence(who, "2016-03-01", "2016-03-03", FOURTH), absence(who, "2016-04-01", "2016-04-03", FOURTH)
    await write(registry, entry(who, "2016-04-02", village=FOURTH))
    await decide(registry, "/absences", away, worked, role="village_cadre")
    decisions = [{"id": one["id"], "approved": True} for one in (away, worked)]
    assert slugs(await decide(registry, "/absences/decisions", *decisions, role="town_cadre")) == [
        None,
        "diary-while-absent",
    ]
    answers = await write(
        registry,
        entry(who, "2016-03-03", village=FOURTH),
        entry(who, "2016-03-04", village=FOURTH),
    )
    assert slugs(answers) == ["absent", None]


async def test_an_absence_that_cannot_be_is_refused_one_by_one(registry: Api):
    who = await in_charge(registry, "team_member", "2016-03-01", village=FIFTH)
    first = absence(who, "2016-03-05", "2016-03-07", FIFTH)
    answers = await decide(
        registry,
        "/absences",
        first,
        absence(who, "2016-03-07", "2016-03-08", FIFTH),
        absence(who, "2016-02-28", "2016-03-02", FIFTH),
        absence(who, "2016-03-20", "2016-03-19", FIFTH),
        absence(who, "2016-03-20", "2016-03-21", VILLAGE),
        role="village_cadre",
    )
    assert slugs(answers) == [None, "absence-overlaps", "not-posted", "absence-backwards", "not-posted"]
    both = [absence(who, "2016-04-05", "2016-04-07", FIFTH) for _ in range(2)]
    at_once = await asyncio.gather(*(decide(registry, "/absences", one, role="village_cadre") for one in both))
    assert sorted(str(slugs(one)[0]) for one in at_once) == ["None", "absence-overlaps"]
    refused = {"id": first["id"], "approved": False, "note": "另行安排"}
    await decide(registry, "/absences/decisions", refused, role="town_cadre")
    again = absence(who, "2016-03-05", "2016-03-07", FIFTH)
    assert slugs(await decide(registry, "/absences", again, role="village_cadre")) == [None]


async def test_days_on_duty_are_days_with_an_entry_and_who_is_below_policy_is_listed(registry: Api):
    first = await in_charge(registry, "first_secretary", "2015-06-01", village=SIXTH, name="足")
    second = await in_charge(registry, "team_member", "2016-04-16", village=SIXTH, name="半")
    third = await in_charge(registry, "team_leader", "2015-06-01", village=SIXTH, name="少")
    april = [date(2016, 4, 1) + timedelta(n) for n in range(30)]
    entries = [entry(first, str(day), village=SIXTH) for day in april[:20]]
    # Two entries on one day are one day; a trip on the village's business counts.
    entries += [entry(first, str(april[0]), village=SIXTH, kind="trip")]
    entries += [entry(second, str(day), village=SIXTH, kind="trip") for day in april[20:30]]
    entries += [entry(third, str(day), village=SIXTH) for day in april[:19]]
    assert set(slugs(await write(registry, *entries))) == {None}
    away = absence(third, "2016-04-21", "2016-04-23", SIXTH)
    await decide(registry, "/absences", away, role="village_cadre")
    await decide(registry, "/absences/decisions", {"id": away["id"], "approved": True}, role="town_cadre")
    rows = {row["name"]: row for row in await attendance(registry, SIXTH, year=2016, month=4)}
    assert {
        name: (row["covered"], row["on_duty"], row["absent"], row["required"], row["below"])
        for name, row in rows.items()
    } == {
        "足": (30, 20, 0, 20, False),
        # Fifteen of thirty days: half of twenty.
        "半": (15, 10, 0, 10, False),
        "少": (30, 19, 3, 20, True),
    }
    below = await attendance(registry, SIXTH, year=2016, month=4, below=True)
    assert [row["name"] for row in below] == ["少"]
    year = {row["name"]: row for row in await attendance(registry, SIXTH, year=2016)}
    # From 1 January to 20 May 2016, the 141st of 366 days: 200 * 141 / 366 = 77.05.
    assert (year["足"]["covered"], year["足"]["required"], year["足"]["on_duty"]) == (141, 77, 20)
    assert [row["covered"] for row in await attendance(registry, SIXTH, year=2015, month=5)] == []


async def moved(api: Api, home: dict[str, Any], day: str) -> None:
    change = {"id": str(uuid7()), "kind": "move", "household_id": home["id"], "reason": "village_changed"}
    change |= {"effective_on": day, "division": OTHER_VILLAGE}
    assert slugs(await decide(api, "/changes", change, role="county_office")) == [None]


async def test_a_visit_of_before_a_household_moved_is_taken_from_who_worked_there_and_none_of_after_it(registry: Api):
    home, helper = await register(registry), await person(registry)
    await assign(registry, charge("helper", helper, "2016-01-01", household_id=home["id"]))
    await moved(registry, home, "2016-05-10")
    about: dict[str, Any] = {"village": None, "kind": "household", "household_id": home["id"]}
    before, after = entry(helper, "2016-05-09", **about), entry(helper, "2016-05-10", **about)
    assert slugs(await write(registry, before, after, division=VILLAGE)) == [None, "no-such-household"]
    async with registry.client("county_office") as client:
        listed = (await client.get("/visits", params={"household_id": home["id"]})).json()["items"]
    assert [(row["id"], row["division"]) for row in listed] == [(before["id"], VILLAGE)]


async def test_each_day_of_the_diary_belongs_to_the_village_where_the_household_lived_on_it(registry: Api):
    home, helper = await register(registry), await person(registry)
    await moved(registry, home, "2016-05-10")
    about: dict[str, Any] = {"village": None, "kind": "household", "household_id": home["id"]}
    days = [entry(helper, day, **about) for day in ("2016-05-09", "2016-05-10", "2016-05-12")]
    assert slugs(await write(registry, *days, role="county_office")) == [None] * 3
    async with registry.client("county_office") as client:
        listed = (await client.get("/visits", params={"household_id": home["id"]})).json()["items"]
    places = {row["visited_on"]: row["division"] for row in listed}
    assert places == {"2016-05-09": VILLAGE, "2016-05-10": OTHER_VILLAGE, "2016-05-12": OTHER_VILLAGE}
