"""Organisations, their people, and what they have in charge."""

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.staffing import assign, charge, in_charge, organisation, person
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    office, team = await organisation(api), await organisation(api, kind="enterprise")
    await in_charge(api, "first_secretary", "2016-01-01")
    helper, successor = [await person(api, office) for _ in range(2)]
    home, _waiting, _too = [await register(api) for _ in range(3)]
    held = charge("helper", helper, "2016-01-01", household_id=home["id"])
    covering = charge("department", team, "2016-01-01")
    await assign(api, held, covering)
    handover = {"id": str(uuid7()), "ends": held["id"], "staff_id": successor["id"], "on": "2016-05-01"}
    await decide(api, "/responsibilities/handovers", handover | {"note": "工作调整"}, role="county_office")
    ending = {"id": covering["id"], "on": "2016-05-01", "note": "调整包保"}
    await decide(api, "/responsibilities/endings", ending, role="county_office")
    async with api.client("county_office", "auditor") as client:
        read = (await client.get(f"/staff/{helper['id']}")).headers["ETag"]
        await client.patch(f"/staff/{helper['id']}", json={"rank": "副科"}, headers={"If-Match": read})
        named = {"name": "县某企业集团"}
        await client.patch(f"/organisations/{team['id']}", json=named, headers={"If-Match": '"1"'})
        await client.post(f"/staff/{helper['id']}/reveals", json={"field": "phone", "reason": "联系帮扶责任人"})
        for path in ("/organisations", "/staff", f"/households/{home['id']}/helpers", "/responsibilities/missing"):
            await client.get(path)
        await client.get("/responsibilities", params={"division": VILLAGE, "on": "2016-06-01"})
        await client.get("/responsibilities")
