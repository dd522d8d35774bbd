"""What is one county's stays there: every request that its offices made is made again by the office next door.

Generated from the access matrices: an endpoint that no flow here calls fails, so a new one needs its line.
"""

import re
from typing import Any

import pytest

from shared.ids import uuid7
from shared.jobs.runner import run_one_step
from tests.access.test_matrix import MATRICES, ROWS
from tests.evaluation import test_exits as exits
from tests.funding import test_money as money
from tests.projects import test_projects as projects_of
from tests.registry import test_imports as imports
from tests.support.api import Api, Sent
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.told import known_household
from tests.support.world import decide, move_clock, register, villages

NEXT_DOOR = "220623"
# What everybody may know: the list of divisions, the rules, the names of figures.
PUBLIC = {"GET /divisions", "GET /policies", "GET /figures"}
FIGURE = {
    "registry": "change-persons",
    "funding": "reward-paid",
    "projects": "participants",
    "evaluation": "exits-households",
}


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
    await decide(api, "/changes", removal, role="county_office")
    async with api.client("county_office", "auditor") as client:
        one = f"/households/{body['id']}"
        etag = (await client.get(one)).headers["ETag"]
        patch = {"effective_on": "2016-05-02", "ground": "入户核实", "main_cause": "因残"}
        await client.patch(one, json=patch, headers={"If-Match": etag})
        await client.post(f"{one}/reveals", json={"field": "phone", "reason": "电话核实情况"})
        await client.post("/lookups", json={"numbers": [body["members"][0]["identity_number"]]})
        for path in (f"{one}/as-of", f"{one}/history", "/households", "/register", "/changes", "/years/2016"):
            await client.get(path)
    async with api.client("county_leader") as client:
        await client.post("/year-closings", json={"division": "220622", "year": 2015})


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
        job = await api.worker.pool.fetchval("SELECT id FROM job LIMIT 1") or uuid7()
        async with api.client("auditor", "county_office") as client:
            figure = f"/figures/{FIGURE[api.service.name]}?year=2016"
            for path in ("/audit", f"/jobs/{job}", figure, figure.replace("?", "/rows?")):
                await client.get(path)
    return {api.service.name: api for api, _ in flows}


def calls(api: Api, endpoint: str) -> list[Sent]:
    """The requests to an endpoint that the county's own people made with success."""
    method, template = endpoint.split(" ", 1)
    pattern = re.compile(re.sub(r"\{[^}]*\}", r"[^/?]+", template) + r"(\?.*)?")
    return [one for one in api.sent if one.method == method and pattern.fullmatch(one.url) and one.answer.is_success]


def shows(method: str, answer: Any) -> bool:
    """Whether an answer says anything of anybody, or of a list of decisions took a single one."""
    match answer:
        case {"items": items} if method == "GET":
            return bool(items)
        case {"items": items}:
            return any(item["status"] != "refused" for item in items)
        case {"opening": opening, "closing": closing, "bridge": bridge}:
            return bool(bridge or opening["persons"] or closing["persons"])
        case {"figure": _, "value": value}:
            return float(value) != 0
        case _:
            return bool(answer)


@pytest.mark.parametrize(("name", "endpoint"), [row for row in ROWS if row[1] not in PUBLIC], ids=str)
async def test_the_office_next_door_gets_nothing_from_what_a_county_does(
    lived: dict[str, Api], name: str, endpoint: str
):
    api, row = lived[name], MATRICES[name][endpoint]
    if endpoint == "GET /jobs/{job_id}" and name not in ("registry", "evaluation"):
        pytest.skip("no endpoint of this service starts a job")
    made = calls(api, endpoint)
    assert [one for one in made if shows(one.method, one.answer.json())], "no flow calls this endpoint with success"
    before = len(api.sent)
    for one in made[:5]:
        async with api.client(*row.roles, division=NEXT_DOOR) as client:
            answer = await client.request(one.method, one.url, **one.options)
        if answer.is_success:
            assert endpoint == "POST /imports" or not shows(one.method, answer.json()), answer.text
        else:
            assert answer.status_code in (403, 404, 409, 422), answer.text
    del api.sent[before:]


async def test_a_file_of_another_countys_villages_registers_nobody(lived: dict[str, Api]):
    api = lived["registry"]
    before = await api.worker.pool.fetchval("SELECT count(*) FROM household")
    state = await imports.load(api, imports.file(imports.home(2)), "accept_good", sender=NEXT_DOOR)
    while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        continue
    assert (state["created"], state["rejected"]) == (0, 1)
    assert await api.worker.pool.fetchval("SELECT count(*) FROM household") == before


async def test_a_township_sees_its_own_and_not_the_next(lived: dict[str, Api]):
    api = lived["registry"]
    here, there = await register(api), await register(api, village=OTHER_VILLAGE)
    async with api.client("town_cadre", division=VILLAGE[:9]) as client:
        listed = {row["id"] for row in (await client.get("/households?limit=1000")).json()["items"]}
        answers = [(await client.get(f"/households/{one['id']}")).status_code for one in (here, there)]
    assert here["id"] in listed
    assert there["id"] not in listed
    assert answers == [200, 404]
