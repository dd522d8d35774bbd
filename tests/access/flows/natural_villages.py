"""A natural village with its totals and a household that lives in it."""

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    home = await register(api)
    place = {
        "id": str(uuid7()),
        "division": VILLAGE,
        "name": "上屯",
        "valid_from": "2000-01-01",
        "source": "invented for a test",
    }
    lives = {"id": home["id"], "natural_village_id": place["id"], "valid_from": "2015-01-01"}
    stated = {"id": place["id"], "year": 2015, "totals": {"AAD007": 3}, "source": "村统计表"}
    await decide(api, "/natural-villages", place, place | {"id": str(uuid7())}, role="town_cadre")
    await decide(api, "/natural-villages/households", lives, role="town_cadre")
    await decide(api, "/natural-villages/totals", stated, role="town_cadre")
    async with api.client("auditor") as client:
        await client.get("/natural-villages")
        await client.get(f"/natural-villages/{place['id']}/totals", params={"year": 2015})
