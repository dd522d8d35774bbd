"""An audit, looked at from all sides, and doubts from it."""

from tests.registry.test_audits import run
from tests.support.api import Api
from tests.support.world import register

SERVICE = "registry"


async def flow(api: Api) -> None:
    body = await register(api)
    earlier, later = await run(api, "220622"), await run(api, "220622")
    async with api.client("county_office") as client:
        await client.post(f"/audit-runs/{later}/doubts", json={"rules": ["C3-30"]})
    async with api.client("auditor") as client:
        for path in ("", "/findings", "/counts", f"/comparison?earlier={earlier}"):
            await client.get(f"/audit-runs/{later}{path}")
        await client.get(f"/audit-runs/{later}/differences?earlier={earlier}&kind=still")
        await client.get("/audit-runs")
        await client.get("/audit-rules")
        await client.get(f"/households/{body['id']}/findings")
