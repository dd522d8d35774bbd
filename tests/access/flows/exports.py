"""An export is asked for, released by somebody else, and fetched."""

from tests.registry.test_exports import ask, decide, fetch
from tests.support.api import Api

SERVICE = "registry"


async def flow(api: Api) -> None:
    asked = await ask(api, plain=True)
    await decide(api, asked["id"])
    await fetch(api, asked["id"])
    for _ in range(2):
        await ask(api, kind="csv")
    async with api.client("county_office") as client:
        for path in ("/exports", f"/exports/{asked['id']}", "/export-layouts"):
            await client.get(path)
