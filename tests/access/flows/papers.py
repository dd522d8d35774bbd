"""Registers of a village and a town, and the county's archive."""

from shared.jobs.runner import run_one_step
from tests.support.api import Api
from tests.support.people import VILLAGE

SERVICE = "registry"


async def flow(api: Api) -> None:
    async with api.client("county_office") as client:
        for code in (VILLAGE, VILLAGE[:9]):
            for form in ("pdf", "xlsx"):
                await client.get(f"/registers/{form}", params={"division": code})
        asked = [await client.post("/archives", json={"division": code}) for code in ("220622", VILLAGE[:9])]
        while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
            continue
        one = f"/archives/{asked[0].json()['id']}"
        for path in ("/archives", one, f"{one}/entries", f"{one}/content", f"{one}/verification"):
            await client.get(path)
