"""An exit by the national steps: plan list, review, verification, signature, two notices, decision, announcement."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.exits import PAPER, opening, slug
from tests.support.told import known_household
from tests.support.world import move_clock

COUNTY, TOWN, VILLAGE = "220699", "220699100", "220699100201"
OFFICES = {"village": ("village_cadre", 12), "town": ("town_cadre", 9), "county": ("county_office", 6)}


async def act(api: Api, path: str, item: dict[str, Any], level: str, subject: str | None = None) -> dict[str, Any]:
    role, digits = OFFICES[level]
    async with api.client(role, division=VILLAGE[:digits], subject=subject or f"{level}-clerk") as client:
        answer = await client.post(path, json={"items": [item]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


async def intake(api: Api, *items: dict[str, Any], level: str = "town") -> Any:
    role, digits = OFFICES[level]
    async with api.client(role, division=VILLAGE[:digits], subject=f"{level}-planner") as client:
        return await client.post("/cases/intakes", json={"id": str(uuid7()), "items": list(items)})


async def step(api: Api, case: str, name: str, level: str = "village", **record: Any) -> dict[str, Any]:
    subject = record.pop("subject", None)
    return await act(api, "/cases/steps", {"id": case, "step": name, "record": record}, level, subject)


def vote(day: str) -> dict[str, Any]:
    counts = {"representatives": 30, "present": 24, "in_favour": 22, "against": 2, "abstained": 0}
    return {"kind": "vote", "on": day, **counts, "findings_read": True}


def verification(day: str) -> dict[str, Any]:
    went = ["village-clerk", "team-leader"]
    return {"kind": "visit", "on": day, "visitors": went, "supports": True, "finding": "属实"}


def inspection(day: str, *visitors: str) -> dict[str, Any]:
    return {"kind": "inspection", "on": day, "visitors": list(visitors), "supports": True, "finding": "达到标准"}


@pytest.fixture
async def planned(evaluation: Api) -> str:
    """A case on a plan list, of a household with enough income."""
    household = await known_household(evaluation, division=VILLAGE)
    async with evaluation.client("village_cadre", division=VILLAGE) as client:
        line = {
            "id": str(uuid7()),
            "household_id": household["id"],
            "year": 2016,
            "kind": "wage",
            "amount": "9000.00",
        }
        assert (await client.post("/incomes", json={"items": [line]})).status_code == 200
    item = opening(household)
    answer = await intake(evaluation, item)
    assert answer.json()["items"][0]["status"] == "accepted", answer.text
    return str(item["id"])


@pytest.fixture(scope="module", autouse=True)
async def day(evaluation: Api) -> None:
    await move_clock(evaluation, "2016-09-01")


async def test_a_household_leaves_poverty_by_every_step_from_the_plan_list_to_the_announcement(
    evaluation: Api, planned: str
):
    case, day = planned, "2016-09-01"
    visit = {
        "kind": "visit",
        "on": day,
        "visitors": ["village-clerk", "team-leader"],
        "supports": True,
        "finding": "属实",
    }
    consent = {"kind": "consent", "on": day, "agrees": True, "signed_by": "王某", "evidence": [PAPER]}
    for name, record in (("democratic_review", vote(day)), ("verification", visit), ("consent", consent)):
        assert (await step(evaluation, case, name, **record))["status"] == "accepted", name
    assert (await step(evaluation, case, "village_notice", kind="notice", place="村务公开栏"))["status"] == "accepted"
    await move_clock(evaluation, "2016-09-08")
    three = inspection("2016-09-08", "town-clerk", "town-second", "town-third")
    assert (await step(evaluation, case, "town_verification", "town", **three))["status"] == "accepted"
    assert (await step(evaluation, case, "town_notice", "town", kind="notice", place="乡镇公示栏"))[
        "status"
    ] == "accepted"
    await move_clock(evaluation, "2016-09-15")
    async with evaluation.client("county_office", division=COUNTY, subject="county-clerk") as client:
        body = {"id": str(uuid7()), "step": "county_decision", "case_ids": [case]}
        drawn = (await client.post("/cases/batches", json=body)).json()
    assert drawn["sample"] == [case]  # a tenth of one is one
    seen = {"id": case, "on": "2016-09-15", "confirmed": True, "finding": "住房、饮水均已达标"}
    assert (await act(evaluation, "/cases/spot-checks", seen, "county", "county-checker"))["status"] == "accepted"
    decision = {"id": case, "approve": True, "reason": "符合退出条件"}
    assert (await act(evaluation, "/cases/decisions", decision, "county"))["status"] == "accepted"
    announced = {"kind": "announcement", "on": "2016-09-15", "place": "村务公开栏"}
    assert (await step(evaluation, case, "announcement", **announced))["status"] == "accepted"
    async with evaluation.client("auditor", division=COUNTY) as client:
        notices = (await client.get("/notices")).json()["items"]
        found = (await client.get(f"/exits/{case}")).json()
    titles = [notice["title"] for notice in notices]
    assert "关于本村拟退出贫困户名单的公示" in titles  # nobody has told this service what the village is called
    assert any(title.endswith("乡镇审核公示") for title in titles)
    assert any(title.endswith("退出贫困户名单的公告") for title in titles)
    assert (found["status"], found["step"], found["per_capita"]) == ("approved", None, "4500.00")


async def test_a_procedure_that_begins_with_a_list_is_not_begun_by_a_village_alone(evaluation: Api):
    household = await known_household(evaluation, division=VILLAGE)
    item = opening(household)
    assert slug(await act(evaluation, "/cases", item, "village")) == "begins-with-list"
    async with evaluation.client("village_cadre", division=VILLAGE) as client:
        assert (await client.post("/cases/intakes", json={"id": str(uuid7()), "items": [item]})).status_code == 403


async def test_a_town_verifies_with_three_people_who_went_there(evaluation: Api, planned: str):
    case, day = planned, "2016-09-15"
    visit = {
        "kind": "visit",
        "on": day,
        "visitors": ["village-clerk", "team-leader"],
        "supports": True,
        "finding": "属实",
    }
    alone = visit | {"visitors": ["village-clerk", "VILLAGE-CLERK"]}
    assert (await step(evaluation, case, "democratic_review", **vote(day)))["status"] == "accepted"
    assert slug(await step(evaluation, case, "verification", **alone)) == "too-few-visitors"
    assert (await step(evaluation, case, "verification", **visit))["status"] == "accepted"
    unsigned = {"kind": "consent", "on": day, "agrees": True, "signed_by": "王某"}
    assert slug(await step(evaluation, case, "consent", **unsigned)) == "step-evidence-missing"
    assert (await step(evaluation, case, "consent", **unsigned, evidence=[PAPER]))["status"] == "accepted"
    assert (await step(evaluation, case, "village_notice", kind="notice", place="村务公开栏"))["status"] == "accepted"
    await move_clock(evaluation, "2016-09-22")
    two = inspection("2016-09-22", "town-clerk", "town-second")
    assert slug(await step(evaluation, case, "town_verification", "town", **two)) == "too-few-visitors"
    absent = inspection("2016-09-22", "a", "b", "c")
    assert slug(await step(evaluation, case, "town_verification", "town", **absent)) == "visitor-missing"


async def test_a_household_that_declines_is_shown_to_those_who_decide(evaluation: Api, planned: str):
    case, day = planned, "2016-09-22"
    visit = {
        "kind": "visit",
        "on": day,
        "visitors": ["village-clerk", "team-leader"],
        "supports": True,
        "finding": "属实",
    }
    assert (await step(evaluation, case, "democratic_review", **vote(day)))["status"] == "accepted"
    assert (await step(evaluation, case, "verification", **visit))["status"] == "accepted"
    declined = {"kind": "consent", "on": day, "agrees": False, "signed_by": "王某", "evidence": [PAPER]}
    answer = await step(evaluation, case, "consent", **declined, reason="担心不再享受政策")
    assert answer["status"] == "accepted"
    async with evaluation.client("auditor", division=COUNTY) as client:
        found = (await client.get(f"/cases/{case}")).json()
    assert (found["status"], found["step"]) == ("open", "village_notice")
    consent = next(one for one in found["steps"] if one["step"] == "consent")
    assert consent["records"][0]["reason"] == "担心不再享受政策"
