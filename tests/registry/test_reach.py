"""Nobody reaches further than his division and his level; what he forges is refused, and tells nothing."""

import base64
import json

import pytest

from shared.database.session import raw
from shared.names.ids import uuid7
from shared.security.auth import Caller
from tests.registry.test_rounds import finding, opened, record
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household
from tests.support.world import by_two, decide, enter, move_clock, register, villages

OTHER_COUNTY = "220623100201"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    async with registry.client("county_office", division="220623") as client:
        await client.post(
            "/divisions", json={"items": [{"code": OTHER_COUNTY, "name": "他县村", "valid_from": "2000-01-01"}]}
        )
    await move_clock(registry, "2015-06-10")


async def as_api(api: Api, division: str, statement: str) -> list:
    """What the login role of requests gets to see for a caller of a division."""
    caller = Caller("somebody", frozenset({"county_office"}), division)
    async with api.app.state.runtime.database.transaction(caller) as session:
        return await (await raw(session)).fetch(statement)


async def test_who_stands_in_the_register_twice_is_told_of_ones_own_people_only(registry: Api):
    owner = await registry.owner()
    try:
        for village in (VILLAGE, OTHER_COUNTY):
            home = await register_in(registry, village)
            await owner.execute(
                "UPDATE person SET name = '重名者', born = '1960-05-04', identity_masked = '220622****0504',"
                " identity_index = NULL WHERE id = $1",
                home["members"][0]["id"],
            )
    finally:
        await owner.close()
    everywhere = "SELECT person_id FROM unchecked_twins('', ':')"
    assert len(await as_api(registry, "220622", everywhere)) == 1
    assert await as_api(registry, OTHER_VILLAGE, everywhere) == []


async def register_in(api: Api, village: str) -> dict:
    body = household(village=village)
    await enter(api, body)
    return body


async def test_why_a_county_switched_a_rule_off_is_no_other_countys_affair(registry: Api):
    switch = {"id": str(uuid7()), "division": "220622", "rule": "vehicles.car", "enabled": False}
    answers = await decide(
        registry, "/screening-rules/switches", switch | {"reason": "多为挂名车辆"}, role="county_leader"
    )
    assert answers[0]["status"] == "accepted", answers
    everything = f"SELECT id FROM rule_switch WHERE id = '{switch['id']}'"
    assert len(await as_api(registry, "220622", everything)) == 1
    assert len(await as_api(registry, VILLAGE, everything)) == 1
    assert await as_api(registry, "220623", everything) == []
    async with registry.client("auditor") as client:
        rules = {row["rule"]: row for row in (await client.get("/screening-rules")).json()}
    assert not rules["vehicles.car"]["enabled"]


async def test_a_village_does_not_sign_for_the_town_whatever_its_cadre_is_called(registry: Api):
    home, round = await register(registry), await opened(registry)
    found = finding(home, "kept")
    await record(registry, round, found)
    path = f"/rounds/{round['id']}/signatures"
    body = {"items": [{"id": found["id"], "agreed": True}]}
    async with registry.client("village_cadre", division=VILLAGE, subject="cadre") as client:
        assert (await client.post(path, json=body)).json()["items"][0]["status"] == "accepted"
    async with registry.client("town_cadre", division=VILLAGE, subject="lent") as client:
        answer = (await client.post(path, json=body)).json()["items"][0]
    assert (answer["status"], answer["problem"]["type"]) == ("refused", "urn:tuopin:problem:not-your-signature")
    async with registry.client("town_cadre", division=VILLAGE[:9], subject="town") as client:
        assert (await client.post(path, json=body)).json()["items"][0]["status"] == "accepted"


async def test_who_somebody_is_is_corrected_where_he_lives_now(registry: Api):
    old, new = await register(registry, 2), await register_in(registry, OTHER_VILLAGE)
    leaver = old["members"][1]["id"]
    moves = [
        {"kind": "member_left", "household_id": old["id"], "reason": "married_out"},
        {"kind": "member_added", "household_id": new["id"], "reason": "married_in", "relation": "其他"},
    ]
    for one in moves:
        change = {"id": str(uuid7()), "person_id": leaver, "effective_on": "2015-06-09", **one}
        answers = await by_two(registry, change, role="county_office")
        assert answers[0]["status"] == "accepted", answers
    body = {"name": "改名者", "effective_on": "2015-06-09", "ground": "户口簿登记姓名"}
    async with registry.client("village_cadre", division=VILLAGE) as client:
        tag = (await client.get(f"/households/{old['id']}")).headers["ETag"]
        answer = await client.patch(f"/households/{old['id']}/members/{leaver}", json=body, headers={"If-Match": tag})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:tuopin:problem:not-a-member"


async def test_a_number_in_a_wrong_column_is_told_on_by_nobody(registry: Api):
    body = household(1, attribute="220622196005040116")
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answer = await client.post("/households", json=body)
    assert answer.status_code == 422
    assert "220622196005040116" not in answer.text


async def test_an_identity_number_is_no_number_of_a_household_or_person(registry: Api):
    of_household, of_person = household(1), household(1)
    of_household["number"] = of_household["members"][0]["identity_number"]
    of_person["members"][0]["number"] = of_person["members"][0]["identity_number"]
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answers = [await client.post("/households", json=body) for body in (of_household, of_person)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert [answer.json()["field"] for answer in answers] == ["number", "members[0].number"]


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize("part", [None, True, 1.5, {"a": 1}, [1], "\ud800", "\0", 10**400, "x", 7, "2015-13-45", ""])
async def test_a_forged_page_cursor_is_refused(registry: Api, part: object):
    async with registry.client("auditor", "county_office") as client:
        for path in ("/divisions", "/audit", "/households", "/changes"):
            for width in (1, 2, 3):
                answer = await client.get(path, params={"cursor": cursor(*[part] * width)})
                assert answer.status_code in (200, 400, 422), (path, width, answer.text)
            if not isinstance(part, str) or part in ("\0", "\ud800"):
                answer = await client.get(path, params={"cursor": cursor(part, part)})
                assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/imports", "/feed-files?feed=vehicles"])
@pytest.mark.parametrize("content", ['"' + "x" * 200_000 + '"', "x" * 200_000, "户编号,姓名\n" + "x" * 200_000])
async def test_a_file_without_lines_is_no_table(registry: Api, path: str, content: str):
    async with registry.client("county_office") as client:
        answer = await client.post(path, content=content.encode())
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] in ("urn:tuopin:problem:line-too-long", "urn:tuopin:problem:columns-missing")
