"""The seven clear of a household and of the county."""

from tests.support.api import Api
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    body, _other = await register(api), await register(api)
    async with api.client("county_office") as client:
        for path in (f"/households/{body['id']}/seven-clear", "/seven-clear", "/seven-clear/worklist"):
            await client.get(path)
