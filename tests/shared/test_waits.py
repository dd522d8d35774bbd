"""What waits for another person stands on the list of who may act on it, and of nobody who had a part in it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.names.ids import uuid7
from shared.tasks.waits import Wait
from tests.access.test_plans import whole_reads
from tests.conftest import SERVICES
from tests.funding.test_money import lend
from tests.projects.test_projects import paid, project
from tests.registry.test_duties import duty
from tests.registry.test_plans import measure, plan
from tests.registry.test_privacy import wish
from tests.registry.test_visits import absence
from tests.support.api import Api
from tests.support.payees import along, application, payee, step
from tests.support.people import VILLAGE
from tests.support.staffing import in_charge, organisation
from tests.support.told import known_household, record, tell
from tests.support.world import decide, move_clock, register, villages

COUNTY, TOWN, DAY = "220622", VILLAGE[:9], "2016-03-10"
WAITS = [
    (service.name, source) for service in SERVICES for source in service.tasks.values() if isinstance(source, Wait)
]


@pytest.fixture(scope="module", autouse=True)
async def days(registry: Api, funding: Api, projects: Api) -> None:
    await villages(registry)
    for api in (registry, funding, projects):
        await move_clock(api, DAY)


async def mine(api: Api, kind: str, role: str, division: str, subject: str) -> list[dict[str, Any]]:
    async with api.client(role, division=division, subject=subject) as client:
        answer = await client.get("/tasks", params={"kind": kind, "mine": True})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def waits(
    api: Api, kind: str, *, role: str, at: str, due: str, zh: str, apart: Sequence[str] = (), of: str | None = None
) -> dict[str, Any]:
    """One task of a kind waits for a role, and for none of those who had a part in it; answers it."""
    (task,) = await mine(api, kind, role, at, "somebody else")
    assert (task["due_on"], task["zh"], task["overdue"]) == (due, zh, due < DAY)
    assert of is None or task["subject"]["id"] == of
    for subject in apart:
        assert await mine(api, kind, role, at, f" {subject.upper()}") == [], subject
    assert await mine(api, kind, "auditor", COUNTY, "somebody else") == []
    path = task["link"].removeprefix(api.service.base)
    async with api.client(role, division=at, subject="somebody else") as client:
        assert (await client.get(path)).status_code == 200, path
    return task


async def test_a_plan_waits_for_its_approval_and_its_milestones_for_their_day(registry: Api):
    home = await register(registry, identified_on="2016-02-01")
    body = plan(home, measure("medical", "因病", "2016-03-20", "2016-12-01"))
    await decide(registry, "/plans", body, role="town_cadre", subject="planner")
    task = await waits(
        registry, "plan", role="town_cadre", at=TOWN, due="2016-04-01", zh="脱贫计划待审批", apart=["planner"]
    )
    assert (task["id"], task["subject"]) == (body["id"], {"kind": "household", "id": home["id"]})
    await decide(registry, "/plans/approvals", {"id": body["id"]}, role="town_cadre")
    assert await mine(registry, "plan", "town_cadre", TOWN, "somebody else") == []
    # One of two: what is not near yet is not listed.
    village = {"role": "village_cadre", "at": VILLAGE, "due": "2016-03-20"}
    await waits(registry, "milestone", **village, zh="帮扶措施节点待完成", of=home["id"])


async def test_an_absence_a_duty_and_a_request_to_correct_wait_for_others(registry: Api):
    leader = await in_charge(registry, "team_leader", "2016-01-15", subject="team-leader")
    away = absence(leader, "2016-03-14", "2016-03-15")
    await decide(registry, "/absences", away, role="village_cadre", subject="recorder")
    parts = ["recorder", "team-leader"]
    await waits(registry, "absence", role="town_cadre", at=TOWN, due="2016-03-14", zh="请假待审批", apart=parts)
    item = duty(await organisation(registry), "2016-03-05")
    await decide(registry, "/duties", item, role="county_office")
    await waits(registry, "duty", role="village_cadre", at=VILLAGE, due="2016-03-05", zh="责任清单事项待完成")
    home = await register(registry)
    asked = wish({"id": home["members"][0]["id"]}, asked_on="2016-03-10")
    await decide(registry, "/correction-requests", asked, role="town_cadre", subject="writer")
    (task,) = await mine(registry, "correction_request", "town_cadre", TOWN, "somebody else")
    await waits(
        registry,
        "correction_request",
        role="town_cadre",
        at=TOWN,
        due=task["due_on"],
        zh="更正申请待答复",
        apart=["writer"],
        of=home["id"],
    )


async def test_an_export_with_whole_numbers_waits_for_others(registry: Api):
    body = {"id": str(uuid7()), "division": COUNTY, "layout": "own", "reason": "核对", "plain": True}
    async with registry.client("county_office", subject="asker") as client:
        assert (await client.post("/exports", json=body)).status_code == 202
    zh = "完整证件号码导出待批准"
    await waits(registry, "export", role="county_leader", at=COUNTY, due="2016-03-20", zh=zh, apart=["asker"])


async def test_what_waits_in_funding_goes_from_one_person_to_the_next(funding: Api):
    inflow = {
        "id": str(uuid7()),
        "division": COUNTY,
        "level": "province",
        "payer": "省财政厅",
        "document_no": "文1号",
        "year": 2016,
        "purpose": "reward",
        "amount": "9000.00",
        "received_on": "2016-01-05",
    }
    await decide(funding, "/inflows", inflow, role="finance_officer", subject="clerk")
    due = "2016-03-20"
    finance = {"role": "finance_officer", "at": COUNTY, "due": due}
    await waits(funding, "inflow", **finance, zh="到位资金待确认", apart=["clerk"])
    home = await known_household(funding)
    about = {"division": VILLAGE, "payee_kind": "household", "payee_id": home["id"]}
    reward = {"id": str(uuid7()), **about, "item": "牛", "year": 2016, "quantity": "1"}
    await decide(funding, "/rewards/applications", reward, role="town_cadre", subject="first")
    town = {"role": "town_cadre", "at": TOWN, "due": due}
    await waits(funding, "reward_inspection", **town, zh="奖补项目待验收", apart=["first"])
    inspected = {"id": reward["id"], "accepted": "1"}
    await decide(funding, "/rewards/inspections", inspected, role="town_cadre", subject="second")
    county = {"role": "county_office", "at": COUNTY, "due": due}
    await waits(funding, "reward_approval", **county, zh="奖补资金待审批", apart=["first", "second"])
    await decide(funding, "/rewards/approvals", {"id": reward["id"]}, role="county_office", subject="third")
    await waits(funding, "reward_payment", **finance, zh="奖补资金待拨付", apart=["first", "second", "third"])
    loan = await lend(funding, home, "30000.00")
    assert loan["answer"]["status"] == "accepted", loan
    await waits(funding, "loan_approval", **county, zh="小额信贷待审批", apart=["v"], of=home["id"])
    await decide(funding, "/loans/approvals", {"id": loan["id"]}, role="county_office", subject="approver")
    bank = {"role": "bank", "at": COUNTY, "due": due}
    await waits(funding, "loan_disbursement", **bank, zh="小额信贷待发放", apart=["v", "approver"])
    wanted = {
        "id": str(uuid7()),
        "division": VILLAGE,
        "name": "木耳菌包",
        "status": "approved",
        "budget": "4200.50",
        "approved_by": "leader",
        "approved_on": "2016-03-01",
    }
    await tell(funding, record("projects.project.approved.v1", wanted["id"], 2, wanted))
    finance["due"] = "2016-03-11"
    await waits(funding, "project_payment", **finance, zh="项目资金待拨付", apart=["leader"], of=wanted["id"])


async def test_a_payee_and_what_is_held_wait_for_somebody_who_had_no_part_in_it(funding: Api):
    due = "2016-03-20"
    await decide(funding, "/payees", payee(), role="finance_officer", subject="clerk")
    finance = {"role": "finance_officer", "at": COUNTY, "due": due}
    await waits(funding, "payee", **finance, zh="兑付对象待确认", apart=["clerk"])
    home = await known_household(funding)
    reward = await along(funding, application(home), "inspections")
    loan = await lend(funding, home, "30000.00")
    assert loan["answer"]["status"] == "accepted", loan
    await tell(funding, record("registry.household.removed.v1", home["id"], 2, home | {"status": "removed"}))
    await decide(funding, "/loans/approvals", {"id": loan["id"]}, role="county_office", subject="approver")
    await step(funding, "approvals", reward)
    leader = {"role": "county_leader", "at": COUNTY, "due": due}
    parts = ["village_cadre", "town_cadre"]
    await waits(funding, "reward_hold", **leader, zh="奖补暂缓办理，待决定", apart=parts, of=reward["id"])
    await waits(funding, "loan_hold", **leader, zh="小额信贷暂缓办理，待决定", apart=["v"], of=home["id"])
    county = {"role": "county_office", "division": COUNTY, "subject": "somebody else"}
    for kind in ("reward_approval", "loan_approval"):
        assert await mine(funding, kind, **county) == []


async def test_a_project_waits_for_its_approval_and_then_for_the_acceptance_of_what_it_brought(projects: Api):
    body = project(starts_on="2016-03-01")
    await decide(projects, "/projects", body, role="project_office", subject="po")
    leader = {"role": "county_leader", "at": COUNTY, "due": "2016-03-01"}
    await waits(projects, "project", **leader, zh="项目待审批", apart=["po"], of=body["id"])
    await decide(projects, "/projects/approvals", {"id": body["id"]}, role="county_leader", subject="leader")
    assert await mine(projects, "delivery", "town_cadre", TOWN, "somebody else") == []
    await paid(projects, body)
    town = {"role": "town_cadre", "at": TOWN, "due": "2016-12-01"}
    await waits(projects, "delivery", **town, zh="项目成果待验收", apart=["po"], of=body["id"])


async def test_tasks_of_different_sources_are_paged_as_one_list_without_a_gap_or_a_repeat(registry: Api):
    async with registry.client("county_office") as client:
        whole = (await client.get("/tasks")).json()["items"]
        for limit in (1, 2):
            found: list[Any] = []
            cursor: str | None = ""
            while cursor is not None:
                params: dict[str, Any] = {"limit": limit} | ({"cursor": cursor} if cursor else {})
                page = (await client.get("/tasks", params=params)).json()
                found, cursor = found + page["items"], page["next"]
            assert found == whole
    assert len({task["kind"] for task in whole}) > 3
    assert [(one["due_on"], one["id"]) for one in whole] == sorted((one["due_on"], one["id"]) for one in whole)


def test_every_kind_of_wait_is_tested_here():
    text = Path(__file__).read_text()
    assert [kind for _, wait in WAITS if f'"{(kind := wait.kind)}"' not in text] == []


@pytest.mark.parametrize(("name", "wait"), WAITS, ids=lambda one: one.kind if isinstance(one, Wait) else one)
async def test_what_waits_is_read_by_an_index_of_what_waits(request: Any, name: str, wait: Wait):
    api = request.getfixturevalue(name)
    bound = {"low": "220622", "high": "220622:", "due_on": "2016-01-01", "days": 10, "limit": 101}
    bound |= {"me": "me", "level": "town", "id": str(uuid7())}
    statement = str(wait.statement)
    for key in sorted(bound, key=len, reverse=True):
        given = bound[key]
        statement = statement.replace(f":{key}", str(given) if isinstance(given, int) else f"'{given}'")
    async with api.worker.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off")
        plan = json.loads(await connection.fetchval("EXPLAIN (FORMAT JSON) " + statement))
    assert not set(whole_reads(plan[0]["Plan"])), statement
