"""Organisations on five levels and their people."""

import asyncio
import json

import pytest

from shared.names.ids import uuid7
from shared.security.auth import system
from tests.support.api import Api
from tests.support.people import VILLAGE, identity_number
from tests.support.staffing import organisation, person
from tests.support.world import decide, move_clock, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-01")


def slugs(answers):
    return [answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None for answer in answers]


async def test_organisations_of_all_five_levels_are_recorded_and_listed_by_level(registry: Api):
    made = [
        ("province", "provincial_department", "220622"),
        ("city", "city_department", "220622"),
        ("county", "county_department", "220622"),
        ("town", "government", VILLAGE[:9]),
        ("village", "village_committee", VILLAGE),
    ]
    bodies = [await organisation(registry, level=level, kind=kind, division=where) for level, kind, where in made]
    async with registry.client("auditor") as client:
        for body in bodies:
            listed = (await client.get("/organisations", params={"level": body["level"]})).json()["items"]
            assert body["id"] in {row["id"] for row in listed}
            assert {row["level"] for row in listed} == {body["level"]}


async def test_a_kind_at_a_wrong_level_an_unknown_kind_and_a_name_twice_are_refused_one_by_one(registry: Api):
    known = await organisation(registry)
    answers = await decide(
        registry,
        "/organisations",
        known | {"id": str(uuid7())},
        known | {"id": str(uuid7()), "name": "甲局", "level": "city"},
        known | {"id": str(uuid7()), "name": "乙局", "kind": "club"},
        known | {"id": str(uuid7()), "name": "丙局", "division": "220623"},
        known | {"id": str(uuid7()), "name": "丁局", "level": "village", "kind": "village_committee"},
        known | {"name": "别的名称"},
        known,
        role="county_office",
    )
    assert slugs(answers) == [
        "organisation-known",
        "level-does-not-fit",
        "kind-unknown",
        "division-forbidden",
        "level-does-not-fit",
        "organisation-differs",
        "twice-in-list",
    ]
    (again,) = await decide(registry, "/organisations", known, role="county_office")
    assert again["status"] == "unchanged"


async def test_an_organisation_is_renamed_by_who_has_read_it_and_the_other_is_told(registry: Api):
    body = await organisation(registry)
    one = f"/organisations/{body['id']}"
    async with registry.client("county_office") as client:
        renamed = await client.patch(one, json={"name": "县扶贫开发局"}, headers={"If-Match": '"1"'})
        late = await client.patch(one, json={"name": "县另一局"}, headers={"If-Match": '"1"'})
        blind = await client.patch(one, json={"name": "县另一局"})
        early = await client.patch(one, json={"valid_to": "1999-01-01"}, headers={"If-Match": '"2"'})
    assert (renamed.status_code, renamed.json()["name"], renamed.headers["ETag"]) == (200, "县扶贫开发局", '"2"')
    assert (late.status_code, blind.status_code, early.status_code) == (412, 428, 422)


async def test_numbers_of_the_staff_are_masked_encrypted_and_revealed_only_with_a_reason(registry: Api):
    number = identity_number()
    body = await person(registry, phone="13812345678", identity_number=number)
    async with registry.client("auditor") as client:
        shown = (await client.get(f"/staff/{body['id']}")).json()
        plain = await client.post(
            f"/staff/{body['id']}/reveals", json={"field": "identity_number", "reason": "核对是否贫困"}
        )
        entries = (await client.get("/audit", params={"limit": 1000})).json()["items"]
    assert shown["phone"] == "138****5678"
    assert shown["identity_number"] == number[:6] + "********" + number[-4:]
    assert plain.json()["value"] == number
    assert "revealed.identity_number" in {entry["action"] for entry in entries if entry["object_id"] == body["id"]}
    stored = await registry.worker.pool.fetchrow("SELECT * FROM staff WHERE id = $1", body["id"])
    assert not any(secret in str(dict(stored)) for secret in (number, "13812345678"))
    assert not any(secret in json.dumps(entries) for secret in (number, "13812345678"))


async def test_nobody_stands_among_the_staff_twice_and_a_subject_belongs_to_one(registry: Api):
    body = await person(registry, subject="zhao.1")
    answers = await decide(
        registry,
        "/staff",
        body | {"id": str(uuid7()), "subject": None},
        body | {"id": str(uuid7()), "identity_number": identity_number()},
        body | {"id": str(uuid7()), "subject": "zhao.2", "identity_number": "123"},
        body | {"id": str(uuid7()), "subject": None, "organisation_id": str(uuid7()), "identity_number": None},
        body | {"id": str(uuid7()), "subject": None, "joined_on": "1999-01-01", "identity_number": None},
        body | {"id": str(uuid7()), "subject": None, "post": "emperor", "identity_number": None},
        body | {"id": str(uuid7()), "subject": None, "joined_on": "2016-05-02", "identity_number": None},
        body | {"name": "别人"},
        role="county_office",
    )
    assert slugs(answers) == [
        "staff-known",
        "subject-taken",
        "identity-invalid",
        "no-such-organisation",
        "outside-its-days",
        "kind-unknown",
        "in-the-future",
        "staff-differs",
    ]


async def test_two_offices_that_change_one_person_at_once_one_wins_and_the_other_is_told(registry: Api):
    body = await person(registry)

    async def promote(rank: str) -> int:
        async with registry.client("county_office") as client:
            patch = {"rank": rank}
            return (await client.patch(f"/staff/{body['id']}", json=patch, headers={"If-Match": '"1"'})).status_code

    assert sorted(await asyncio.gather(promote("正科"), promote("副科"))) == [200, 412]


async def test_a_town_records_its_own_people_and_not_the_countys(registry: Api):
    town = await organisation(registry, level="town", kind="government", division=VILLAGE[:9])
    county = await organisation(registry)
    items = [
        {
            "id": str(uuid7()),
            "organisation_id": of["id"],
            "name": "钱某",
            "post": "staff",
            "rank": "副科",
            "joined_on": "2015-01-01",
        }
        for of in (town, county)
    ]
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        answers = (await client.post("/staff", json={"items": items})).json()["items"]
        listed = (await client.get("/staff", params={"limit": 1000})).json()["items"]
    assert slugs(answers) == [None, "no-such-organisation"]
    assert {row["division"][:9] for row in listed} == {VILLAGE[:9]}


async def test_without_a_scope_nobody_of_the_staff_is_seen(registry: Api):
    await person(registry)
    async with registry.worker.transaction(system("registry"), confined=True) as session:
        connection = await session.connection()
        seen = await connection.exec_driver_sql("SELECT count(*) FROM staff")
        assert seen.scalar_one() == 0
