"""The diary, absences, days on duty, the responsibility list."""

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE
from tests.support.staffing import in_charge, organisation
from tests.support.world import decide

SERVICE = "registry"


async def flow(api: Api) -> None:
    who = await in_charge(api, "team_leader", "2016-01-01", village=OTHER_VILLAGE)
    for day in ("2016-05-03", "2016-05-04"):
        entry = {"id": str(uuid7()), "kind": "village", "visited_on": day, "village": OTHER_VILLAGE}
        said = {"people": [who["id"]], "found": "路灯不亮", "done": "报修"}
        await decide(api, "/visits", entry | said, role="village_cadre")
    absence = {"id": str(uuid7()), "village": OTHER_VILLAGE, "staff_id": who["id"], "reason": "参加培训"}
    days = {"from_on": "2016-05-10", "until_on": "2016-05-11"}
    await decide(api, "/absences", absence | days, role="village_cadre")
    await decide(api, "/absences/decisions", {"id": absence["id"], "approved": True}, role="town_cadre")
    office = await organisation(api)
    items = [
        {"id": str(uuid7()), "division": OTHER_VILLAGE, "kind": "D04", "content": "修复灌溉渠", "due_on": due}
        for due in ("2016-05-01", "2016-05-02", "2016-09-01")
    ]
    items = [item | {"organisation_id": office["id"]} for item in items]
    await decide(api, "/duties", *items, role="county_office")
    done = {"id": items[1]["id"], "done_on": "2016-05-02", "outcome": "渠道通水"}
    await decide(api, "/duties/completions", done, role="village_cadre")
    async with api.client("county_office", "auditor") as client:
        one = f"/duties/{items[0]['id']}"
        etag = (await client.get(one)).headers["ETag"]
        await client.patch(one, json={"due_on": "2016-05-20", "reason": "雨天停工"}, headers={"If-Match": etag})
        for path in ("/visits", "/absences", "/duty-kinds", "/duties", "/duties/overdue"):
            await client.get(path)
        await client.get("/attendance?year=2016&month=5")
