"""A household is asked for, looked at, listed, and released; another waits."""

from tests.support.api import Api
from tests.support.people import household
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    await register(api)
    async with api.client("county_office") as client:
        asked = (await client.post("/households", json=household())).json()
        await client.get("/changes/requests", params={"status": "waiting"})
        await client.get(f"/changes/requests/{asked['request_id']}")
