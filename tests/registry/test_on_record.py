"""Whoever looks at a household stands in its record, whichever page or paper it was that he looked at."""

import hashlib

import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.doubts import a_doubt
from tests.support.papers import png
from tests.support.people import VILLAGE
from tests.support.world import move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


async def looks(api: Api, home: dict, actor: str) -> int:
    async with api.client("auditor", subject="supervisor") as client:
        answer = await client.get(f"/households/{home['id']}/viewers", params={"limit": 1000})
    return sum(one["actor"] == actor for one in answer.json()["items"])


async def paper(api: Api, home: dict) -> str:
    content = png()
    async with api.client("village_cadre") as client:
        path = f"/attachments?household_id={home['id']}"
        await client.post(path, content=content, headers={"Content-Type": "image/png"})
    return hashlib.sha256(content).hexdigest()


async def made(api: Api, path: str, body: dict) -> str:
    """Ask for something that a job makes, and wait for it."""
    async with api.client("county_office") as client:
        assert (await client.post(path, json=body)).status_code == 202
    while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        continue
    return body["id"]


async def data_check(api: Api) -> str:
    return await made(api, "/data-checks", {"id": str(uuid7()), "division": VILLAGE})


async def exported(api: Api) -> str:
    async with api.client("county_office") as client:
        layout = (await client.get("/export-layouts")).json()[0]["key"]
    body = {"id": str(uuid7()), "division": VILLAGE, "layout": layout, "reason": "核对名单，留存备查"}
    return await made(api, "/exports", body)


async def test_every_page_about_a_household_leaves_who_looked_at_it(registry: Api):
    home = await register(registry)
    doubt, photo, run = await a_doubt(registry, home), await paper(registry, home), await data_check(registry)
    export = await exported(registry)
    async with registry.client("county_office", subject="clerk") as client:
        await client.post("/certificates", json={"items": [{"id": home["id"]}], "reason": "首次发证"})
    one = f"/households/{home['id']}"
    pages = [one]
    pages += [f"{one}/{page}" for page in ("as-of", "history", "sources", "ledger", "findings", "helpers")]
    pages += [f"/doubts/{doubt}", f"/attachments/{photo}", f"/data-checks/{run}/findings?limit=1000"]
    pages += [f"/registers/{form}?division={VILLAGE}" for form in ("pdf", "xlsx")]
    pages += [f"/certificate-sheets/{VILLAGE}", f"/exports/{export}/file"]
    for page in pages:
        reader = f"reader of {page}"
        async with registry.client("county_office", subject=reader) as client:
            answer = await client.get(page)
        assert answer.status_code == 200, (page, answer.text)
        assert await looks(registry, home, reader) == 1, page
