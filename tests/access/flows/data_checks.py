"""A data check, looked at from all sides, and doubts from it."""

from tests.registry.test_data_checks import run
from tests.support.api import Api
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    body = await register(api)
    earlier, later = await run(api, "220622"), await run(api, "220622")
    async with api.client("county_office") as client:
        await client.post(f"/data-checks/{later}/doubts", json={"rules": ["C3-30"]})
    async with api.client("auditor") as client:
        for path in ("", "/findings", "/counts", f"/comparison?earlier={earlier}"):
            await client.get(f"/data-checks/{later}{path}")
        await client.get(f"/data-checks/{later}/differences?earlier={earlier}&kind=still")
        await client.get("/data-checks")
        await client.get("/data-check-rules")
        await client.get(f"/households/{body['id']}/findings")
