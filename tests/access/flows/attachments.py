"""A photo of a house is attached and seen again."""

from tests.support.api import Api
from tests.support.papers import PNG, png
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    home = await register(api)
    async with api.client("county_office") as client:
        for _ in range(2):
            kept = await client.post(
                f"/attachments?household_id={home['id']}", content=png(), headers={"Content-Type": PNG}
            )
        await client.get("/attachments", params={"household_id": home["id"]})
        await client.get("/attachments")
        await client.get(f"/attachments/{kept.json()['sha256']}")
        papers = ["ef" * 32, "fe" * 32]
        promised = {"effective_on": "2016-05-02", "ground": "入户核实", "evidence": papers, "house_m2": "40"}
        await client.patch(f"/households/{home['id']}", json=promised, headers={"If-Match": '"1"'})
        await client.get("/attachments/missing")
