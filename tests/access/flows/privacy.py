"""Somebody consents, asks for a correction, is given everything; two persons are compared."""

from datetime import date

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import member
from tests.support.world import decide, register

SERVICE = "registry"


async def flow(api: Api) -> None:
    born = date(1957, 8, 9)
    body, other = [
        await register(api, members=[member(name="司马光", born=born)], phone="13812345678") for _ in range(2)
    ]
    person, twin = body["members"][0]["id"], other["members"][0]["id"]
    consent = {"id": str(uuid7()), "person_id": person, "purposes": ["notice"], "given_on": "2016-05-01"}
    consent["evidence"] = "b" * 64
    await decide(api, "/consents", consent, role="village_cadre")
    back = {"id": str(uuid7()), "consent_id": consent["id"], "on": "2016-05-20"}
    await decide(api, "/consents/withdrawals", back, role="village_cadre")
    asked = [
        {"id": str(uuid7()), "person_id": one, "asked_on": "2016-04-01", "field": "name", "wanted": "司马广"}
        for one in (person, twin)
    ]
    await decide(api, "/correction-requests", *asked, role="village_cadre", subject="opens")
    answer = {"id": str(uuid7()), "request_id": asked[0]["id"], "accepted": False, "answer": "与身份证一致"}
    await decide(api, "/correction-requests/answers", answer, role="town_cadre", subject="answers")
    async with api.client("county_office", "auditor") as client:
        await client.get(f"/households/{body['id']}")
        await client.post(f"/persons/{person}/disclosures", json={"reason": "本人申请查阅"})
        for path in (
            "/consents",
            f"/consents?person_id={person}",
            "/correction-requests?overdue=true",
            "/correction-requests?open=true",
            "/correction-requests",
            f"/correction-requests/{asked[0]['id']}",
            f"/households/{body['id']}/viewers",
            "/viewers",
            f"/persons/{person}/duplicates",
            "/duplicates",
        ):
            await client.get(path)
    async with api.client("county_office") as client:
        await client.post("/retentions", json={"id": str(uuid7()), "division": "220622"})
    third = (await register(api, members=[member(name="范仲淹")]))["members"][0]["id"]
    decision = {"id": str(uuid7()), "person_id": person, "other_id": third, "verdict": "different", "ground": "两人"}
    await decide(api, "/duplicates/decisions", decision, role="village_cadre")
    async with api.client("auditor") as client:
        await client.get("/duplicates/decisions")
    await erased(api)


async def erased(api: Api) -> None:
    """Something whose time is over: what an import would have left, recorded as erased."""
    async with api.worker.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT app_open('', NULL)")
        for _ in range(2):
            await connection.execute(
                "INSERT INTO erasure (id, division, run_id, kind, object_id, fields, policies, recorded_by)"
                " VALUES ($1, '220622', $1, 'import', $1, '{content}', '[]', 'retention')",
                uuid7(),
            )
    async with api.client("auditor") as client:
        await client.get("/erasures")
