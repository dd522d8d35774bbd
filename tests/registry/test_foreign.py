"""What lies in another county answers like what does not exist, wherever its number is put in."""

import re
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import household, identity_number
from tests.support.world import enter, move_clock, register, villages

OTHER_COUNTY, PAPER = "220623100201", "a" * 64
ROLES = ("village_cadre", "town_cadre", "county_office", "county_leader", "auditor", "project_office")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
MEASURE = {"batch": "发展生产", "cause": "因病", "what": "养殖", "owner": "王某"}


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


@pytest.fixture(scope="module")
async def foreign(registry: Api) -> dict[str, Any]:
    """A household of another county."""
    body = household(village=OTHER_COUNTY)
    async with registry.client("county_office", division="220623") as client:
        items = [{"code": OTHER_COUNTY, "name": "他县村", "valid_from": "2000-01-01"}]
        await client.post("/divisions", json={"items": items})
    await enter(registry, body)
    return body


def told(text: str) -> str:
    return _ID.sub("an id", text)


async def test_every_page_of_a_household_of_another_county_is_that_of_none(registry: Api, foreign: dict[str, Any]):
    paths = registry.app.openapi()["paths"]
    pages = [
        path for path, by in paths.items() if "get" in by and ("{household_id}" in path or "{person_id}" in path)
    ]
    assert len(pages) > 10
    known, none = (foreign["id"], foreign["members"][0]["id"]), (str(uuid7()), str(uuid7()))
    async with registry.client(*ROLES) as client:
        for page in pages:
            answers = [
                await client.get(page.format(household_id=home, person_id=person, successor_id=person))
                for home, person in (known, none)
            ]
            assert answers[0].status_code == answers[1].status_code, page
            assert told(answers[0].text) == told(answers[1].text), page
            assert answers[0].status_code == 404 or answers[0].json() == [], page


def attempts(mine: dict[str, Any], home: str, person: str) -> list[tuple[str, dict[str, Any]]]:
    """Something of every kind that names a household or a person."""
    day, change = "2016-02-20", {"household_id": mine["id"], "effective_on": "2016-02-20"}
    relative = {"person_id": mine["members"][0]["id"], "relation": "其他"}
    milestones = [{"id": str(uuid7()), "title": "完成", "due_on": "2016-12-01"}]
    plan = {"exit_year": 2017, "measures": [MEASURE | {"id": str(uuid7()), "milestones": milestones}]}
    seen = {"kind": "household", "visited_on": day, "people": [str(uuid7())], "found": "情况属实", "done": "讲解政策"}
    decided = {"person_id": relative["person_id"], "verdict": "different", "ground": "核查不是同一人"}
    wish = {"asked_by": "self", "asked_on": day, "field": "born", "wanted": "1961年"}
    merged = {"into_id": home, "members": [relative]}
    return [
        ("/labels", {"household_id": home, "label": "重点户", "on": day}),
        ("/visits", {"household_id": home, **seen}),
        ("/consents", {"person_id": person, "purposes": ["registration"], "given_on": day, "evidence": PAPER}),
        ("/correction-requests", {"person_id": person, **wish}),
        ("/duplicates/decisions", {"other_id": person, **decided}),
        ("/plans", {"household_id": home, **plan}),
        ("/cases", {"procedure": "removal", "household_id": home, "ground": "群众举报"}),
        ("/natural-villages/households", {"id": home, "natural_village_id": str(uuid7()), "valid_from": day}),
        ("/changes", change | {"kind": "removal", "household_id": home, "reason": "wrongly_included"}),
        ("/changes", change | {"kind": "merge", "reason": "merged", "merge": merged}),
        (
            "/changes",
            change | {"kind": "member_added", "reason": "returned", "person_id": person, "relation": "其他"},
        ),
    ]


async def test_nothing_is_attached_to_a_household_or_person_of_another_county(registry: Api, foreign: dict[str, Any]):
    mine = await register(registry)
    known = attempts(mine, foreign["id"], foreign["members"][0]["id"])
    none = attempts(mine, str(uuid7()), str(uuid7()))
    async with registry.client(*ROLES) as client:
        for (path, there), (_, nowhere) in zip(known, none, strict=True):
            bodies = [{"items": [{"id": str(uuid7()), **item}]} for item in (there, nowhere)]
            answers = [await client.post(path, json=body) for body in bodies]
            assert answers[0].status_code == answers[1].status_code == 200, (path, answers[0].text)
            assert told(answers[0].text) == told(answers[1].text), path
            assert answers[0].json()["items"][0]["status"] == "refused", path


async def test_somebody_of_another_countys_staff_is_refused_alone(registry: Api):
    number, subject = identity_number(), "li.elsewhere"
    county = {"level": "county", "kind": "county_department", "name": "县某局", "valid_from": "2000-01-01"}
    staff = {"name": "李某", "post": "staff", "rank": "一般", "joined_on": "2010-01-01"}
    answers = {}
    for division in ("220623", "220622"):
        office = {"id": str(uuid7()), "division": division, **county}
        people = [
            {**staff, "identity_number": number, "subject": subject},
            {**staff, "subject": subject},
            {**staff, "identity_number": identity_number()},
        ]
        items = [{"id": str(uuid7()), "organisation_id": office["id"], **one} for one in people]
        async with registry.client("county_office", division=division) as client:
            assert (await client.post("/organisations", json={"items": [office]})).status_code == 200
            answer = await client.post("/staff", json={"items": items})
        assert answer.status_code == 200, answer.text
        answers[division] = [one["status"] for one in answer.json()["items"]]
    assert answers == {"220623": ["accepted", "refused", "accepted"], "220622": ["refused", "refused", "accepted"]}
