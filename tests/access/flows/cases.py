"""A household is taken in through the county's steps, with notices and an objection."""

import json

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support import cases
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, household
from tests.support.world import move_clock, register, villages

SERVICE = "registry"


async def planned(api: Api) -> None:
    """A village that begins with a plan list."""
    village = "220622101209"
    steps = [{"step": "visit", "kind": "visit", "zh": "入户核实", "en": "visit", "level": "village"}]
    steps[0] |= {"roles": ["village_cadre"], "within": 9}
    intake = {"zh": "拟纳入名单", "en": "plan list", "level": "town", "roles": ["town_cadre", "county_office"]}
    owner = await api.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            VALUES (gen_random_uuid(), 'procedure.inclusion', $1, '2016-01-01', 1, $2, '试点', 'pilot', 'test')""",
            village,
            json.dumps({"backdate": 30, "intake": intake, "steps": steps}),
        )
    finally:
        await owner.close()
    await villages(api, village)
    home = household(1, village=village)
    item = {"id": str(uuid7()), "procedure": "inclusion", "household_id": home["id"], "household": home}
    async with api.client("county_office") as client:
        body = {"id": str(uuid7()), "items": [item | {"ground": "列入计划"}]}
        await client.post("/cases/intakes", json=body)


async def flow(api: Api) -> None:
    await planned(api)
    at = OTHER_VILLAGE
    await register(api, village=at)
    for post in ("village_secretary", "first_secretary"):
        await cases.in_charge(api, post, "2015-01-01", village=at, subject=f"{post}-{at}")
    first, second, third = [await cases.opened(api, "inclusion", at=at) for _ in range(3)]
    await cases.done(api, third, "visit", day="2016-06-01", at=at)
    back = {"id": third["id"], "to": "visit", "reason": "照片不清"}
    await cases.act(api, "/cases/returns", back, level="village", at=at, subject="returner")
    await cases.act(api, "/cases/withdrawals", {"id": third["id"], "reason": "农户撤回申请"}, level="village", at=at)
    for case in (first, second):
        await cases.done(api, case, "visit", "notice", day="2016-06-01", at=at)
    notice = (await cases.detail(api, first, at))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": notice, "case_id": first["id"], "content": "其子在城里有房"}
    await cases.act(api, "/notices/objections", objection, level="village", at=at)
    answer = {"id": objection["id"], "upheld": False, "answer": "经核实为租住"}
    await cases.act(api, "/notices/objection-answers", answer, level="county", at=at, subject="answerer")
    photos = {"id": notice, "photos": [cases.PAPER[::-1]]}
    await cases.act(api, "/notices/photos", photos, level="village", at=at)
    body = {"id": str(uuid7()), "kind": "household_list", "division": at, "place": "村务公开栏"}
    async with api.client("village_cadre", "county_office") as client:
        await client.post("/notices", json=body)
        another = {**body, "id": str(uuid7()), "columns": ["head_name", "size"]}
        await client.post("/notices", json=another)
        for path in ("", f"/{notice}", f"/{notice}/objections", f"/{notice}/page", f"/{notice}/pdf"):
            await client.get("/notices" + path)
    await move_clock(api, "2016-06-08")
    while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        continue
    for post in ("village_secretary", "first_secretary"):
        for case in (first, second):
            await cases.sign(api, case, post, f"{post}-{at}", at)
    listed = await cases.drawn(api, "county_decision", second, at=at)
    await cases.checked(api, "county_decision", *[cases.spot(id, "2016-06-08") for id in listed["sample"]], at=at)
    await cases.decide(api, "county_decision", cases.verdict(first["id"]), cases.verdict(second["id"]), at=at)
    async with api.client("county_office") as client:
        for path in ("", f"/{second['id']}", f"/batches/{listed['id']}"):
            await client.get(f"/cases{path}")
        await client.get("/cases", params={"closed": True})
