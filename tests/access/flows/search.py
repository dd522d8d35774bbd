"""Somebody is looked for, a household is labelled and listed."""

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import member
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    body = await register(api, members=[member(name="欧阳修")])
    item = {"id": str(uuid7()), "household_id": body["id"], "label": "重点户", "on": "2016-05-01"}
    await decide(api, "/labels", item, role="village_cadre")
    await decide(api, "/labels", item | {"id": str(uuid7()), "label": "独居老人户"}, role="county_office")
    async with api.client("auditor") as client:
        for asked in (
            {"name": "ouyang"},
            {"name": "欧阳", "label": "重点户"},
            {"identity_number": body["members"][0]["identity_number"]},
            {"cause": "因病", "size_max": 2},
        ):
            await client.post("/searches", json=asked)
        for path in (
            "/labels",
            "/labels?label=重点户",
            f"/labels?household_id={body['id']}",
            f"/households?helper={uuid7()}",
            "/households?cause=因病&status=registered&unsafe_house=false",
            "/households?label=重点户&year=2014",
            "/households?size_min=1&size_max=3&attribute=一般贫困户",
        ):
            await client.get(path)
