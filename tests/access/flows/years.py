"""A year is closed and verified, after everybody has entered who enters here."""

from tests.support.api import Api

SERVICE = "registry"


async def flow(api: Api) -> None:
    async with api.client("county_leader") as client:
        await client.post("/year-closings", json={"division": "220622", "year": 2015})
        await client.get("/years/2015/verification", params={"division": "220622"})
        await client.get("/years/2015/lines", params={"division": "220622"})
        await client.get("/years/2015/changes", params={"division": "220622"})
        await client.get("/years/2015", params={"by": "village"})
