"""Code lists, items and the corrections of a member."""

from tests.support.api import Api
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    body = await register(api, 2)
    one = f"/households/{body['id']}"
    async with api.client("county_office") as client:
        for path in ("/fields", "/codes", f"{one}/sources", "/register/counts", "/register/counts?by=village"):
            await client.get(path)
        words = {"list": "fuel", "version": "1", "valid_from": "2015-01-01", "division": "220622"}
        items = [words | {"code": f"L{n}", "text": f"柴油{n}"} for n in range(3)]
        await client.post("/local-codes", json={"items": items})
        await client.get("/local-codes")
        patch = {"effective_on": "2016-05-02", "ground": "入户核实", "work_months": 6}
        headers = {"If-Match": '"1"'}
        await client.patch(f"{one}/members/{body['members'][1]['id']}", json=patch, headers=headers)
