"""A list of the national system is compared; one difference is taken over, one is kept and reported."""

from tests.registry import test_imports as imports
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.imports import work
from tests.support.people import VILLAGE

SERVICE = "registry"


async def flow(api: Api) -> None:
    async with api.client("county_office") as client:
        content = book(imports.home(1, 识别日期="2016-05-20"), imports.home(1, 与户主关系="邻居"))
        started = await client.post("/reconciliations", params={"division": VILLAGE}, content=content)
        await work(api)
        at = f"/reconciliations/{started.json()['id']}"
        await client.get("/reconciliations")
        await client.get(at)
        await client.get(f"{at}/errors")
        found = (await client.get(f"{at}/differences", params={"kind": "gone"})).json()["items"]
        kept = [{"id": one["id"], "decision": "keep", "ground": "村里核实仍在册"} for one in found]
        await client.post(f"{at}/decisions", json={"items": kept[:500]})
        bulk = {"decision": "accept", "ground": "按名单补登", "kind": "new"}
        await client.post(f"{at}/bulk-decisions", json=bulk)
        await work(api)
        await client.get(f"{at}/report")
        await client.get(f"{at}/report/workbook")
