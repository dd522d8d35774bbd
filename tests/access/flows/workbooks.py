"""A file is looked at, loaded, and comes back marked."""

from tests.registry import test_imports as imports
from tests.registry.test_workbooks import book, send, work
from tests.support.api import Api

SERVICE = "registry"


async def flow(api: Api) -> None:
    async with api.client("county_office") as client:
        content = book(imports.home(1), imports.home(1, 与户主关系="邻居"))
        state = await send(api, client, content, "mode=accept_good&preview=true")
        await client.post(f"/imports/{state['id']}/loading")
        await work(api)
        await client.get(f"/imports/{state['id']}/workbook")
