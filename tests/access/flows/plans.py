"""A plan with its countdown, and the ledger."""

from tests.registry import test_plans as plans
from tests.support.api import Api
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    home, other, unplanned = await register(api), await register(api), await register(api)
    for one in (home, other):
        body = await plans.in_force(api, one, plans.measure("medical", "因病", "2016-07-15", "2016-11-30"))
    first, second = body["measures"][0]["milestones"]
    done = {"id": first["id"], "done_on": "2016-06-01"}
    await decide(api, "/milestones/completions", done, role="village_cadre")
    shift = {"id": home["id"], "milestone_id": second["id"], "due_on": "2016-12-01", "ground": "天气原因"}
    await decide(api, "/milestones/shifts", shift, role="town_cadre")
    # A day that has passed comes only with time, which stands still here.
    await api.worker.pool.execute("UPDATE milestone SET due_on = '2016-05-01' WHERE done_on IS NULL")
    async with api.client("county_office") as client:
        for path in ("/plans/missing", "/milestones/overdue"):
            await client.get(path)
        for path in ("plan", "ledger", "measures/suggested"):
            await client.get(f"/households/{home['id']}/{path}")
        await client.get(f"/households/{unplanned['id']}/ledger")
