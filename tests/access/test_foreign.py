"""What is one county's stays there: every request that its offices made is made again by the office next door.

Generated from the access matrices: an endpoint that no flow here calls fails, so a new one needs its line.
"""

import re

import pytest
from httpx import Response

from shared.jobs.runner import run_one_step
from tests.access.test_matrix import MATRICES, ROWS
from tests.registry import test_imports as imports
from tests.support.api import Api, Sent
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import register

NEXT_DOOR = "220623"
# What everybody may know: the list of divisions, the rules, the names of figures.
PUBLIC_NAMES = (
    *("divisions", "policies", "figures", "fields", "codes", "doubt-verdicts", "duty-kinds"),
    *("data-check-rules", "feeds"),
    "export-layouts",
)
# Also whether a paper in hand is true, and what became of a division.
PUBLIC = {"GET /verifications/{code}", "GET /divisions/{code}/lineage", *(f"GET /{name}" for name in PUBLIC_NAMES)}
# What an office brings is its own, whatever another has brought before; and everybody is told who they are.
OWN = {"POST /imports", "POST /feed-files", "GET /me"}


def calls(api: Api, endpoint: str) -> list[Sent]:
    """The requests to an endpoint that the county's own people made with success."""
    method, template = endpoint.split(" ", 1)
    pattern = re.compile(re.sub(r"\{[^}]*\}", r"[^/?]+", template) + r"(\?.*)?")
    return [one for one in api.sent if one.method == method and pattern.fullmatch(one.url) and one.answer.is_success]


def shows(method: str, response: Response) -> bool:
    """Whether an answer says anything of anybody, or of a list of decisions took a single one."""
    if response.headers.get("content-type") != "application/json":
        return bool(response.content)
    match answer := response.json():
        case {"items": listed} | {"as_of": _, "counts": listed} if method == "GET":
            return bool(listed)
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
    assert [one for one in made if shows(one.method, one.answer)], "no flow calls this endpoint with success"
    before = len(api.sent)
    for one in made[:5]:
        async with api.client(*row.roles, division=NEXT_DOOR) as client:
            answer = await client.request(one.method, one.url, **one.options)
        if answer.is_success:
            assert endpoint in OWN or not shows(one.method, answer), answer.text
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
    day = {"identified_on": "2016-05-20"}  # 2015 is closed
    here, there = await register(api, **day), await register(api, village=OTHER_VILLAGE, **day)
    async with api.client("town_cadre", division=VILLAGE[:9]) as client:
        listed = {row["id"] for row in (await client.get("/households?limit=1000")).json()["items"]}
        answers = [(await client.get(f"/households/{one['id']}")).status_code for one in (here, there)]
    assert here["id"] in listed
    assert there["id"] not in listed
    assert answers == [200, 404]
