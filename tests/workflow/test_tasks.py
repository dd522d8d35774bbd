"""Every open step of a case and every objection without an answer is on the list of the office that must act."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.procedures import COUNTY, batched, detail, done, opened, recorded, ruled, sent, step, town
from tests.support.staffing import in_charge
from tests.support.world import move_clock

DAY = "2016-03-01"


@pytest.fixture(scope="module", autouse=True)
async def today(registry: Api) -> None:
    await move_clock(registry, DAY)


async def place(api: Api, *steps: dict[str, Any]) -> str:
    """A village of a town that has this procedure."""
    at = await town(api) + "201"
    await ruled(api, at[:9], *steps)
    return at


async def waiting(api: Api, role: str, at: str, subject: str = "somebody", **params: Any) -> list[dict[str, Any]]:
    async with api.client(role, division=at, subject=subject) as client:
        answer = await client.get("/tasks", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def brief(tasks: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(task["kind"], task["level"], task["zh"]) for task in tasks]


async def test_a_case_is_a_task_of_the_office_whose_step_is_due_until_its_day(registry: Api):
    at = await place(registry, step("visit", within=5), step("review"), step("decision"))
    case = await opened(registry, at)
    (task,) = await waiting(registry, "village_cadre", at)
    assert task == {
        "id": case["id"],
        "kind": "case",
        "subject": {"kind": "household", "id": case["household_id"]},
        "division": at,
        "level": "village",
        "zh": "漏评纳入：待办理入户核实",
        "en": "inclusion of who was left out: visit is to be done",
        "due_on": "2016-03-06",
        "overdue": False,
        "link": f"/api/registry/v1/cases/{case['id']}",
        "about": None,  # the household is not on the register yet
    }
    assert case["household"]["members"][0]["name"] not in str(task)
    await done(registry, case, "visit", day=DAY, at=at)
    assert brief(await waiting(registry, "village_cadre", at)) == [("case", "town", "漏评纳入：待办理乡镇审核")]
    assert await waiting(registry, "village_cadre", at, mine=True) == []
    assert brief(await waiting(registry, "town_cadre", at[:9], mine=True)) == [
        ("case", "town", "漏评纳入：待办理乡镇审核")
    ]
    assert await waiting(registry, "county_office", at[:6], division=at, level="village") == []


async def test_what_is_late_stands_first_and_is_marked(registry: Api):
    at = await place(registry, step("visit", within=2), step("decision"))
    early = await opened(registry, at)
    await move_clock(registry, "2016-03-04")
    late = await opened(registry, at)
    tasks = await waiting(registry, "village_cadre", at)
    assert [(task["id"], task["overdue"]) for task in tasks] == [(early["id"], True), (late["id"], False)]


async def test_a_notice_that_hangs_is_nobodys_task_but_an_objection_to_it_is_the_towns(registry: Api):
    at = await place(registry, step("visit"), step("notice"), step("decision"))
    case = await opened(registry, at)
    await done(registry, case, "visit", "notice", day="2016-03-04", at=at)
    assert await waiting(registry, "county_office", at[:6], division=at) == []
    notice = (await detail(registry, case))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": notice, "case_id": case["id"], "content": "其子有车"}
    await sent(registry, "/notices/objections", objection, at=at, subject="listener")
    (task,) = await waiting(registry, "town_cadre", at[:9], mine=True)
    town_name = f"第{at[6:9]}镇"
    assert (task["id"], task["kind"], task["level"], task["due_on"]) == (
        objection["id"],
        "objection",
        "town",
        "2016-03-14",
    )
    assert task["zh"] == f"异议待答复：关于{town_name}201村拟补录贫困户名单的公示"
    assert task["link"] == f"/api/registry/v1/notices/{notice}/objections"
    assert await waiting(registry, "village_cadre", at, mine=True) == []
    assert await waiting(registry, "town_cadre", at[:9], "V-Cadre", mine=True) == []
    answer = {"id": objection["id"], "upheld": True, "answer": "情况属实"}
    await sent(registry, "/notices/objection-answers", answer, at=at, level="town", subject="answerer")
    assert await waiting(registry, "county_office", at[:6], division=at) == []


async def test_a_decision_is_not_the_task_of_somebody_who_had_a_part_in_the_case(registry: Api):
    at = await place(registry, step("visit"), step("decision"))
    case = await opened(registry, at)
    visitors = ["v-cadre", "County-Two"]
    await recorded(registry, case, "visit", "2016-03-04", at=at, visitors=visitors)
    await batched(registry, "decision", case, at=at)
    for subject, expected in (("county-two", 0), ("V-CADRE", 0), ("county-one", 1)):
        tasks = await waiting(registry, "county_office", COUNTY, subject, division=at, mine=True)
        assert len(tasks) == expected, subject


async def test_a_signature_is_the_task_of_whoever_holds_the_post_and_has_not_signed(registry: Api):
    at = await place(registry, step("signatures"), step("decision"))
    for post, subject in (("village_secretary", "sec"), ("first_secretary", "first")):
        await in_charge(registry, post, "2015-01-01", village=at, subject=f"{subject}-{at}")
    case = await opened(registry, at)
    signing = {"sec": f"sec-{at}", "first": f"first-{at}"}
    for who in ("sec", "first"):
        assert len(await waiting(registry, "village_cadre", at, signing[who], mine=True)) == 1, who
    assert await waiting(registry, "village_cadre", at, "nobody", mine=True) == []
    await recorded(registry, case, "signatures", DAY, at=at, subject=signing["sec"], post="village_secretary")
    assert await waiting(registry, "village_cadre", at, signing["sec"], mine=True) == []
    assert len(await waiting(registry, "village_cadre", at, signing["first"], mine=True)) == 1
    assert len(await waiting(registry, "village_cadre", at, "nobody")) == 1


async def test_who_stands_in_for_a_post_has_a_signature_to_give_only_where_nobody_holds_the_post(registry: Api):
    filled, vacant = [await place(registry, step("signatures"), step("decision")) for _ in range(2)]
    for at in (filled, vacant):
        await in_charge(registry, "team_leader", "2015-01-01", village=at, subject=f"leader-{at}")
        await opened(registry, at)
    await in_charge(registry, "first_secretary", "2015-01-01", village=filled, subject=f"first-{filled}")
    assert await waiting(registry, "village_cadre", filled, f"leader-{filled}", mine=True) == []
    assert len(await waiting(registry, "village_cadre", filled, f"first-{filled}", mine=True)) == 1
    assert len(await waiting(registry, "village_cadre", vacant, f"leader-{vacant}", mine=True)) == 1


async def test_once_a_notice_has_run_out_the_next_step_is_shown_before_the_timer_has_come(registry: Api):
    at = await place(registry, step("visit"), step("notice"), step("review", within=4), step("decision"))
    case = await opened(registry, at)
    await done(registry, case, "visit", "notice", day="2016-03-04", at=at)

    async def shown(role: str, division: str, **params: Any) -> list[tuple[str, str | None, str]]:
        async with registry.client(role, division=division, subject="somebody") as client:
            items = (await client.get("/cases", params=params)).json()["items"]
        return [(one["id"], one["step"], one["due_on"]) for one in items]

    assert await shown("town_cadre", at[:9], level="town") == []
    assert await shown("village_cadre", at, level="village") == [(case["id"], "notice", "2016-03-11")]
    await move_clock(registry, "2016-03-11")  # no job has run
    assert await shown("town_cadre", at[:9], level="town") == [(case["id"], "review", "2016-03-15")]
    assert await shown("village_cadre", at, level="village") == []
    (task,) = await waiting(registry, "town_cadre", at[:9], mine=True)
    assert (task["id"], task["due_on"], task["zh"]) == (case["id"], "2016-03-15", "漏评纳入：待办理乡镇审核")
    objection = {"id": str(uuid7()), "notice_id": (await detail(registry, case))["notice_id"]}
    late = {**objection, "case_id": case["id"], "content": "其子有车"}
    assert (await sent(registry, "/notices/objections", late, at=at, subject="listener"))[0]["status"] == "accepted"
    assert {task["kind"] for task in await waiting(registry, "town_cadre", at[:9])} == {"objection"}


async def test_an_announcement_is_still_a_task_after_the_decision(registry: Api):
    at = await place(registry, step("visit"), step("decision"), step("announcement"))
    case = await opened(registry, at)
    await done(registry, case, "visit", day="2016-03-04", at=at)
    await batched(registry, "decision", case, at=at)
    verdict = {"id": case["id"], "approve": True, "reason": "符合条件"}
    await sent(registry, "/cases/decisions", verdict, at=at, level="county", subject="decider")
    assert brief(await waiting(registry, "village_cadre", at, mine=True)) == [
        ("case", "village", "漏评纳入：待办理公告")
    ]


async def test_tasks_of_cases_are_paged_without_a_gap(registry: Api):
    at = await place(registry, step("visit"), step("decision"))
    cases = [await opened(registry, at) for _ in range(3)]
    found: list[str] = []
    cursor: str | None = ""
    async with registry.client("village_cadre", division=at) as client:
        while cursor is not None:
            params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/tasks", params=params)).json()
            found, cursor = found + [one["id"] for one in page["items"]], page["next"]
    assert found == sorted(case["id"] for case in cases)
