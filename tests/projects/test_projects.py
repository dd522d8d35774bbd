"""Projects: proposed, approved by another, paid, delivered within the plan, with households of the village."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.told import known_household, record, tell
from tests.support.world import decide, move_clock


def project(**facts: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "division": VILLAGE,
        "name": "木耳菌包",
        "kind": "industry",
        "budget": "1000.00",
        "starts_on": "2016-03-01",
        "ends_on": "2016-12-01",
        "outputs": [{"kind": "食用菌", "quantity": "500"}],
        **facts,
    }


async def approved(api: Api) -> dict[str, Any]:
    body = project()
    assert (await decide(api, "/projects", body, role="project_office", subject="po"))[0]["status"] == "accepted"
    answers = await decide(api, "/projects/approvals", {"id": body["id"]}, role="county_leader", subject="leader")
    assert answers[0]["status"] == "accepted"
    return body


async def paid(api: Api, body: dict[str, Any], amount: str = "1000.00", id: str | None = None) -> None:
    payment = {
        "id": id or str(uuid7()),
        "document": {"kind": "project", "id": body["id"]},
        "amount": amount,
        "paid_on": "2016-04-01",
    }
    await tell(api, record("funding.payment.released.v1", body["id"], 1, payment))


async def seen(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    async with api.client("auditor") as client:
        return (await client.get(f"/projects/{body['id']}")).json()


def delivery(body: dict[str, Any], quantity: str) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "project_id": body["id"],
        "kind": "食用菌",
        "quantity": quantity,
        "delivered_on": "2016-05-01",
    }


@pytest.fixture(scope="module", autouse=True)
async def day(projects: Api) -> None:
    await move_clock(projects, "2016-06-01")


async def test_who_proposes_a_project_neither_approves_it_nor_accepts_what_it_brought_in_whatever_spelling(
    projects: Api,
):
    body = project()
    await decide(projects, "/projects", body, role="project_office", subject="same")
    for subject in ("same", "Same", " SAME "):
        answers = await decide(
            projects, "/projects/approvals", {"id": body["id"]}, role="county_leader", subject=subject
        )
        problem = answers[0]["problem"]
        assert (problem["type"], problem["title"]) == (
            "urn:tuopin:problem:separate-people",
            "经办人不得审批本人经办事项",
        )
    await decide(projects, "/projects/approvals", {"id": body["id"]}, role="county_leader", subject="leader")
    await paid(projects, body)
    for subject in ("same", "Same "):
        answers = await decide(
            projects, "/projects/deliveries", delivery(body, "1"), role="town_cadre", subject=subject
        )
        problem = answers[0]["problem"]
        assert (problem["type"], problem["title"]) == (
            "urn:tuopin:problem:separate-people",
            "经办人不得验收本人经办事项",
        )


async def test_the_list_of_projects_goes_on_where_its_last_page_ended(projects: Api):
    for _ in range(3):
        await approved(projects)
    found: list[str] = []
    cursor = None
    async with projects.client("auditor") as client:
        while True:
            asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/projects", params=asked)).json()
            found += [row["id"] for row in page["items"]]
            if (cursor := page["next"]) is None:
                break
        everything = (await client.get("/projects", params={"limit": 1000})).json()["items"]
    assert found == [row["id"] for row in everything]
    assert len(found) >= 3


async def test_a_project_is_approved_once_and_a_second_leader_is_told_so_in_words(projects: Api):
    body = project()
    await decide(projects, "/projects", body, role="project_office")
    for leader in ("one", "other"):
        answers = await decide(
            projects, "/projects/approvals", {"id": body["id"]}, role="county_leader", subject=leader
        )
    assert answers[0]["problem"]["title"] == "该项目已审批，不能办理此步"


async def test_a_project_is_funded_when_its_whole_budget_is_paid_and_a_payment_counts_once(projects: Api):
    body, twice = await approved(projects), str(uuid7())
    await paid(projects, body, "400.00", twice)
    await paid(projects, body, "400.00", twice)
    assert ((await seen(projects, body))["status"], (await seen(projects, body))["funded"]) == ("approved", "400.00")
    await paid(projects, body, "600.00")
    assert (await seen(projects, body))["status"] == "funded"


async def test_outputs_are_accepted_within_the_plan_and_only_after_the_money(projects: Api):
    body = await approved(projects)
    early = await decide(projects, "/projects/deliveries", delivery(body, "100"), role="town_cadre")
    assert early[0]["problem"]["type"] == "urn:tuopin:problem:project-not-funded"
    await paid(projects, body)
    first, too_much, rest = delivery(body, "300"), delivery(body, "201"), delivery(body, "200")
    answers = await decide(projects, "/projects/deliveries", first, too_much, rest, role="town_cadre")
    assert [answer["status"] for answer in answers] == ["accepted", "refused", "accepted"]
    again = await decide(projects, "/projects/deliveries", first, role="town_cadre")
    now = await seen(projects, body)
    assert (again[0]["status"], now["status"], now["outputs"][0]["delivered"]) == ("unchanged", "delivered", "500.00")


async def test_a_project_or_a_delivery_with_other_content_is_refused_and_the_same_again_is_unchanged(projects: Api):
    body = await approved(projects)
    await paid(projects, body)
    part = delivery(body, "300")
    await decide(projects, "/projects/deliveries", part, role="town_cadre")
    other_plan = {"outputs": [{"kind": "食用菌", "quantity": "400"}]}
    for path, role, same, differences in (
        ("/projects", "project_office", body, [{"ends_on": "2016-11-30"}, other_plan]),
        ("/projects/deliveries", "town_cadre", part, [{"delivered_on": "2016-05-02"}, {"quantity": "1"}]),
    ):
        answers = [(await decide(projects, path, same | more, role=role))[0] for more in ({}, *differences)]
        assert [answer["status"] for answer in answers] == ["unchanged", "refused", "refused"], path
        assert {answer["problem"]["status"] for answer in answers[1:]} == {409}


async def test_households_of_the_village_take_part_once(projects: Api):
    body = await approved(projects)
    home, foreign = await known_household(projects), await known_household(projects, division=OTHER_VILLAGE)
    items = [
        {"id": str(uuid7()), "project_id": body["id"], "household_id": household}
        for household in (home["id"], home["id"], foreign["id"], str(uuid7()))
    ]
    answers = await decide(projects, "/projects/participations", *items, role="village_cadre")
    slugs = [answer["problem"] and answer["problem"]["type"].rsplit(":", 1)[1] for answer in answers]
    assert slugs == [None, "takes-part-already", "other-village", "household-not-registered"]


async def test_an_output_that_is_not_on_the_list_is_named(projects: Api):
    body = project(outputs=[{"kind": "人参", "quantity": "5"}])
    answer = (await decide(projects, "/projects", body, role="project_office"))[0]
    assert (answer["problem"]["field"], answer["problem"]["rule"]) == ("items[0].outputs[0].kind", "project.outputs")


async def test_a_project_of_another_town_cannot_be_seen(projects: Api):
    body = await approved(projects)
    async with projects.client("town_cadre", division=OTHER_VILLAGE[:9]) as client:
        assert (await client.get(f"/projects/{body['id']}")).status_code == 404


async def test_a_project_that_is_under_way_goes_along_when_its_village_becomes_another(projects: Api):
    old, new = "220622130201", "220622130211"
    body = project(division=old)
    await decide(projects, "/projects", body, role="project_office", subject="po")
    await decide(projects, "/projects/approvals", {"id": body["id"]}, role="county_leader", subject="leader")
    await paid(projects, body)
    state = {"code": old, "name": "旧村", "valid_from": "2000-01-01", "valid_to": "2016-01-01", "successors": [new]}
    await tell(projects, record("registry.division.merged.v1", old, 4, state))
    async with projects.client("village_cadre", division=new) as client:
        found = (await client.get(f"/projects/{body['id']}")).json()
    assert (found["division"], found["status"], len(found["outputs"])) == (new, "funded", 1)
    part = delivery(body, "500")
    answer = await decide(
        projects, "/projects/deliveries", part, role="town_cadre", subject="acceptor", division=new[:9]
    )
    assert answer[0]["status"] == "accepted", answer
