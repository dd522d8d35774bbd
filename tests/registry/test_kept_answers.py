"""What shows persons or their numbers is answered and not kept: a retry is a look of its own, on record."""

import pytest

from shared.database.session import raw
from shared.names.ids import uuid7
from shared.security.auth import system
from tests.support.api import Api
from tests.support.staffing import person
from tests.support.world import move_clock, register, villages

PHONE = "13898761234"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-01")


async def kept(api: Api, key: str) -> str:
    async with api.worker.transaction(system("registry")) as session:
        row = await (await raw(session)).fetchrow("SELECT * FROM idempotency WHERE key = $1", key)
    return str(dict(row))


async def twice(api: Api, path: str, body: dict, object_id: str, action: str) -> tuple[str, list[str]]:
    """The same request sent twice: what is kept under its key, and the lines that the record has of it."""
    key = f"look-{uuid7()}"
    async with api.client("county_office") as client:
        first = await client.post(path, json=body, headers={"Idempotency-Key": key})
        again = await client.post(path, json=body, headers={"Idempotency-Key": key})
        other = await client.post(path, json=body | {"reason": "另一个理由"}, headers={"Idempotency-Key": key})
    assert [one.status_code for one in (first, again, other)] == [200, 200, 422]
    owner = await api.owner()
    try:
        lines = await owner.fetch(
            "SELECT action FROM audit_entry WHERE object_id = $1 AND action = $2", object_id, action
        )
    finally:
        await owner.close()
    return await kept(api, key), [line["action"] for line in lines]


async def test_a_revealed_number_of_a_household_is_kept_nowhere_and_each_look_at_it_is_on_record(registry: Api):
    home = await register(registry, phone=PHONE)
    body = {"field": "phone", "reason": "电话核实情况"}
    stored, lines = await twice(registry, f"/households/{home['id']}/reveals", body, home["id"], "revealed.phone")
    assert PHONE not in stored
    assert lines == ["revealed.phone"] * 2


async def test_a_revealed_number_of_the_staff_is_kept_nowhere_and_each_look_at_it_is_on_record(registry: Api):
    somebody = await person(registry, phone=PHONE)
    body = {"field": "phone", "reason": "联系帮扶责任人"}
    stored, lines = await twice(registry, f"/staff/{somebody['id']}/reveals", body, somebody["id"], "revealed.phone")
    assert PHONE not in stored
    assert lines == ["revealed.phone"] * 2


async def test_what_is_disclosed_to_a_person_is_kept_nowhere(registry: Api):
    home = await register(registry)
    one = home["members"][0]
    body = {"numbers": True, "reason": "本人申请查阅"}
    stored, lines = await twice(registry, f"/persons/{one['id']}/disclosures", body, home["id"], "disclosed")
    assert one["identity_number"] not in stored
    assert one["name"] not in stored
    assert lines == ["disclosed"] * 2


async def test_who_was_found_by_a_search_is_not_kept(registry: Api):
    home, key = await register(registry), f"look-{uuid7()}"
    name = home["members"][0]["name"]
    async with registry.client("county_office") as client:
        found = await client.post("/searches", json={"name": name}, headers={"Idempotency-Key": key})
    assert name in found.text
    assert name not in await kept(registry, key)
