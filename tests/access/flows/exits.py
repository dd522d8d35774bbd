"""Exits of the county go through every call of their procedure: lists, batches, returns, withdrawals, notices."""

import json

from shared.names.ids import uuid7
from tests.support import exits
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.told import known_household
from tests.support.world import decide

SERVICE = "evaluation"
DAY = "2016-10-28"  # where the flow of notices and objections has come to


async def flow(api: Api) -> None:
    homes = [await known_household(api) for _ in range(3)]
    for home in homes:
        await exits.earns(api, home, wage="9000.00")
    first, second, third = [await exits.proposed(api, home) for home in homes]
    better = {"id": first, "evidence": {"medical": {"met": True, "shown_by": "已参保", "papers": ["ab" * 32]}}}
    await decide(api, "/exits/completions", better, role="village_cadre")
    await exits.check(api, first, DAY)
    await decide(api, "/cases/returns", {"id": first, "to": "check", "reason": "补充照片"}, role="village_cadre")
    await exits.check(api, first, DAY, subject="checker-2")
    await decide(api, "/cases/withdrawals", {"id": third, "reason": "农户外出"}, role="village_cadre")
    photos = {"id": await _notice(api), "photos": ["cd" * 32]}
    await decide(api, "/notices/photos", photos, role="village_cadre")
    await _planned(api)
    body = {"id": str(uuid7()), "kind": "exited_households", "division": VILLAGE, "place": "村务公开栏"}
    async with api.client("village_cadre") as client:
        assert (await client.post("/notices", json=body)).status_code == 201
    async with api.client("county_office", "auditor") as client:
        for path in ("/cases", "/cases?closed=true", "/attachments/missing", f"/cases/{second}", "/exits?year=2016"):
            await client.get(path)
        drawn = [one.answer for one in api.sent if one.url.endswith("/cases/batches") and one.answer.is_success]
        await client.get(f"/cases/batches/{drawn[-1].json()['id']}")


async def _notice(api: Api) -> str:
    async with api.client("county_office") as client:
        return str((await client.get("/notices")).json()["items"][0]["id"])


async def _planned(api: Api) -> None:
    """A township that begins with a plan list, and has its exits checked on the spot at the county."""
    town = "220622109"
    steps = [
        {"step": "review", "kind": "decision", "zh": "县级审定", "en": "decision", "level": "county"}
        | {"roles": ["county_office"], "within": 9, "percent": 100}
    ]
    intake = {"zh": "脱贫计划名单", "en": "plan list", "level": "town", "roles": ["town_cadre", "county_office"]}
    owner = await api.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            VALUES (gen_random_uuid(), 'procedure.exit', $1, '2016-01-01', 1, $2, '试点', 'pilot', 'test')""",
            town,
            json.dumps({"backdate": 30, "intake": intake, "steps": steps}),
        )
    finally:
        await owner.close()
    home = await known_household(api, division=town + "201")
    item = exits.opening(home)
    async with api.client("county_office", subject="planner") as client:
        await client.post("/cases/intakes", json={"id": str(uuid7()), "items": [item]})
    await exits.batch(api, item["id"], step="review", subject="drawer")
    seen = {"id": item["id"], "on": DAY, "confirmed": True, "finding": "情况属实"}
    await decide(api, "/cases/spot-checks", seen, role="county_office", subject="spot-checker")
