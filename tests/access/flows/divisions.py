"""Villages that are renamed, merged, split."""

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.world import register, villages

SERVICE = "registry"
TOWN = "220622119"


async def flow(api: Api) -> None:
    one, two, three, four = (f"{TOWN}{number}" for number in (201, 202, 203, 204))
    await villages(api, one, two)
    home = await register(api, village=one)
    merger = {"id": str(uuid7()), "codes": [one], "into": {"code": two}, "day": "2016-05-10", "ground": "批复"}
    parts = [{"code": three, "name": "东村"}, {"code": four, "name": "西村"}]
    split = {"id": str(uuid7()), "code": two, "into": parts, "day": "2016-05-20", "ground": "批复"}
    split |= {"households": [{"household_id": home["id"], "into": three}]}
    async with api.client("county_office") as client:
        rename = {"code": two, "name": "新村", "valid_from": "2016-05-01", "ground": "批复"}
        await client.post("/divisions/renames", json=rename)
        await client.post("/divisions/mergers", json=merger)
        await client.post("/divisions/splits", json=split)
        await client.get(f"/divisions/redivisions/{merger['id']}")
        await client.get(f"/divisions/{two}/lineage")
