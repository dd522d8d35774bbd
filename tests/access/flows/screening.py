"""Screening: a doubt goes all the way and is opened again, a rule is switched off."""

from datetime import datetime

from shared.names.ids import uuid7
from shared.time.clock import day_of
from tests.support.api import Api
from tests.support.doubts import a_doubt, lead
from tests.support.feeds import deliver, screen, sheet
from tests.support.people import VILLAGE
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    async with api.client("ops") as client:
        now = datetime.fromisoformat((await client.get("/clock")).json()["now"])
    id = await a_doubt(api, await register(api))
    await lead(api, id, "reopen", day_of(now).isoformat())
    await a_doubt(api, await register(api))
    off = {"division": "220622", "rule": "vehicles.price", "enabled": False, "reason": "命中率过低，停用"}
    for _ in range(2):
        await decide(api, "/screening-rules/switches", {"id": str(uuid7()), **off}, role="county_leader")
    home = await register(api)
    line = {"号牌号码": "吉F00001", "姓名": "王某", "证件号码": home["members"][0]["identity_number"]}
    file = await deliver(api, "vehicles", sheet(line | {"车辆类型": "小型轿车"}, line | {"注销日期": "去年"}))
    for _ in range(2):
        await screen(api, "vehicles.car")
    async with api.client("auditor", "county_office") as client:
        paths = (
            "/doubts",
            "/doubts/worklist?desk=county",
            "/doubt-verdicts",
            f"/doubts/{id}",
            "/screening-rules?division=220622",
            "/screening-rules/switches",
            "/feeds",
            f"/feed-files/{file['id']}/errors",
            "/screenings",
        )
        for path in paths:
            await client.get(path)
    async with api.client("village_cadre", division=VILLAGE) as client:
        await client.get("/doubts/worklist")
