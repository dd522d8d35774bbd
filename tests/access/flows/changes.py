"""A household is asked for, looked at, listed, and released; another waits."""

from tests.support.api import Api
from tests.support.people import household
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    home = await register(api, 3)
    async with api.client("county_office") as client:
        await client.get(f"/households/{home['id']}/succession/{home['members'][1]['id']}")
        asked = (await client.post("/households", json=household())).json()
        await client.get("/changes/requests", params={"status": "waiting"})
        await client.get(f"/changes/requests/{asked['request_id']}")
