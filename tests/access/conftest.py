"""Flows in which every endpoint does its work for one county, for tests of what all endpoints have in common."""

import importlib
from pathlib import Path

import pytest

from shared.names.ids import uuid7
from tests.evaluation import test_exits as exits
from tests.funding import test_money as money
from tests.projects import test_projects as projects_of
from tests.registry import test_imports as imports
from tests.support.api import Api
from tests.support.papers import PNG, png
from tests.support.told import known_household
from tests.support.world import by_two, decide, move_clock, register, villages

FIGURE = {
    "registry": "change-persons",
    "funding": "reward-paid",
    "projects": "participants",
    "evaluation": "exits-households",
}


# One module a noun, each with SERVICE and ``async def flow(api)``, in the order of their names.
FURTHER = [
    importlib.import_module(f"tests.access.flows.{file.stem}")
    for file in sorted((Path(__file__).parent / "flows").glob("*.py"))
]


async def registry_flow(api: Api) -> None:
    await villages(api)
    await move_clock(api, "2016-06-01")
    body = await register(api, 2)
    await imports.load(api, imports.file(imports.home(1)))
    await imports.load(api, imports.file(imports.home(1, 与户主关系="邻居")))
    removal = {
        "id": str(uuid7()),
        "kind": "member_left",
        "household_id": body["id"],
        "effective_on": "2016-05-01",
        "reason": "death",
        "person_id": body["members"][1]["id"],
    }
    await by_two(api, removal, role="county_office")
    async with api.client("county_office", "auditor") as client:
        one = f"/households/{body['id']}"
        etag = (await client.get(one)).headers["ETag"]
        patch = {"effective_on": "2016-05-02", "ground": "入户核实", "main_cause": "因残"}
        await client.patch(one, json=patch, headers={"If-Match": etag})
        await client.post(f"{one}/reveals", json={"field": "phone", "reason": "电话核实情况"})
        await client.post("/lookups", json={"numbers": [body["members"][0]["identity_number"]]})
        for path in (f"{one}/as-of", f"{one}/history", "/households", "/register", "/changes", "/years/2016"):
            await client.get(path)


async def funding_flow(api: Api) -> None:
    await move_clock(api, "2016-06-01")
    await money.test_a_reward_is_price_times_accepted_quantity_and_paid_once(api)
    await money.test_what_is_lent_above_ten_times_the_fund_is_lent_but_not_covered(api)
    await money.test_an_approved_project_is_paid_once_from_the_industry_account_and_told(api)
    for path in ("/inflows", "/lots", "/risk-funds", "/project-requests"):
        await money.get(api, path)
    account = (await money.get(api, "/accounts"))["items"][0]["id"]
    await money.get(api, f"/accounts/{account}/postings")


async def projects_flow(api: Api) -> None:
    await move_clock(api, "2016-06-01")
    body, home = await projects_of.approved(api), await known_household(api)
    await projects_of.paid(api, body)
    await decide(api, "/projects/deliveries", projects_of.delivery(body, "500"), role="town_cadre")
    part = {"id": str(uuid7()), "project_id": body["id"], "household_id": home["id"]}
    await decide(api, "/projects/participations", part, role="village_cadre")
    async with api.client("auditor") as client:
        await client.get("/projects")
        await client.get(f"/projects/{body['id']}")


async def evaluation_flow(api: Api) -> None:
    await exits.test_a_notice_runs_its_seven_days_and_nobody_can_shorten_it(api)
    await exits.test_an_objection_stops_the_decision_and_an_answer_restarts_the_notice(api)
    household = await known_household(api)
    await exits.earns(api, household, wage="5000.00")
    async with api.client("auditor") as client:
        await client.get("/incomes", params={"household_id": household["id"], "year": 2016})
        await client.get("/exits")
        notice = (await client.get("/notices")).json()["items"][0]["id"]
        for path in ("", "/page", "/pdf", "/objections"):
            await client.get(f"/notices/{notice}{path}")
        objected = [one["id"] for one in (await client.get("/notices")).json()["items"]]
        for one in objected:
            if (await client.get(f"/notices/{one}/objections")).json()["items"]:
                break
    async with api.client("village_cadre", "auditor", division=household["division"]) as client:
        where = f"/attachments?household_id={household['id']}"
        kept = await client.post(where, content=png(), headers={"Content-Type": PNG})
        await client.get(f"/attachments/{kept.json()['sha256']}")
        await client.get(where)
        await client.get("/attachments")


async def policies_flow(api: Api) -> None:
    """One policy set by two persons, one refused, one that waits."""
    for days, decision in ((1, "approve"), (2, "refuse"), (3, None)):
        item = {"id": str(uuid7()), "key": "policy.days_back", "division": "220622", "value": days}
        item |= {"valid_from": "2030-01-01", "ground": "县政府文件"}
        await decide(api, "/policies", item, role="county_office")
        if decision:
            answer = {"id": item["id"], "decision": decision, "reason": "已审核"}
            await decide(api, "/policies/approvals", answer, role="county_leader")
        async with api.client("auditor") as client:
            await client.get("/policies")


@pytest.fixture(scope="module")
async def lived(registry: Api, funding: Api, projects: Api, evaluation: Api) -> dict[str, Api]:
    """Four services in which every endpoint has done its work for one county."""
    flows = [
        (registry, registry_flow),
        (funding, funding_flow),
        (projects, projects_flow),
        (evaluation, evaluation_flow),
    ]
    for api, flow in flows:
        await flow(api)
        await policies_flow(api)
        for further in FURTHER:
            if api.service.name == further.SERVICE:
                await further.flow(api)
        job = await api.worker.pool.fetchval("SELECT id FROM job LIMIT 1") or uuid7()
        async with api.client("auditor", "county_office") as client:
            for path in ("/audit", "/me", "/tasks", f"/jobs/{job}"):
                await client.get(path)
            figure = FIGURE[api.service.name]
            asked = "?year=2016" if "year" in api.service.figures[figure].parameters else ""
            for path in (f"/figures/{figure}", f"/figures/{figure}/rows"):
                await client.get(path + asked)
    return {api.service.name: api for api, _ in flows}
