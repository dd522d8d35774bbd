"""A look-back round over one village, from its opening to its close."""

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    await register(api)
    round_id = str(uuid7())
    opening = {
        "id": round_id,
        "division": VILLAGE,
        "name": "2016年回头看",
        "ground": "县扶贫办通知",
        "starts_on": "2016-06-01",
        "ends_on": "2016-06-30",
    }
    path = f"/rounds/{round_id}"
    async with api.client("county_office", "auditor") as client:
        await client.post("/rounds", json=opening)
        scope = (await client.get(f"{path}/households?state=open")).json()["items"]
    items = [
        {
            "id": str(uuid7()),
            "household_id": row["household_id"],
            "result": "kept",
            "checked_on": "2016-06-01",
            "ground": "入户核查",
        }
        for row in scope
    ]
    await decide(api, f"{path}/results", *items, role="county_office", subject="checker")
    for role in ("village_cadre", "town_cadre"):
        await decide(api, f"{path}/signatures", *[{"id": item["id"]} for item in items], role=role)
    async with api.client("county_office", "auditor") as client:
        for read in (
            "/rounds",
            path,
            *(f"{path}/{part}" for part in ("households", "results", "progress", "report")),
        ):
            await client.get(read)
        await client.post(f"{path}/closing")
