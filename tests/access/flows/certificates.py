"""Households get certificates, which are printed and verified."""

from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    homes = [await register(api) for _ in range(2)]
    body = {"items": [{"id": home["id"]} for home in homes], "reason": "首次发证"}
    async with api.client("county_office") as client:
        for renew in (False, True):
            await client.post("/certificates", json=body | {"renew": renew})
        await client.post("/certificate-rounds", json={"division": VILLAGE, "reason": "全村发证"})
        serial = (await client.get("/certificates")).json()["items"][0]["serial"]
        await client.get("/certificates", params={"household_id": homes[0]["id"]})
        await client.get(f"/certificates/{serial}")
        await client.get(f"/certificates/{serial}/pdf")
        await client.get(f"/certificate-sheets/{VILLAGE}")
        code = await api.worker.pool.fetchval("SELECT code FROM certificate WHERE serial = $1", serial)
        await client.get(f"/verifications/{code}")
