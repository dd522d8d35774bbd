"""A file is looked at, asked for, released, loaded, and comes back marked; another waits."""

from tests.registry import test_imports as imports
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.imports import release_import, send_import

SERVICE = "registry"


async def flow(api: Api) -> None:
    async with api.client("county_office") as client:
        day = {"识别日期": "2016-05-20"}  # 2015 is closed
        content = book(imports.home(1, **day), imports.home(1, 与户主关系="邻居", **day))
        state = await send_import(api, client, content, "mode=accept_good&preview=true")
        await client.post(f"/imports/{state['id']}/loading")
        await release_import(api, state["id"])
        await client.get(f"/imports/{state['id']}/workbook")
        waits = await send_import(
            api, client, book(imports.home(2, **day), imports.home(3, 与户主关系="邻居", **day)), "mode=accept_good"
        )
        await client.get(f"/imports/{waits['id']}/households")
