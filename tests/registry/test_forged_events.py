"""A topic is told by the service that it is named after, with the verbs that its contract declares."""

from dataclasses import replace

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.told import record, tell
from tests.support.world import move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-07-10")


async def reason(api: Api, key: str) -> str | None:
    return await api.worker.pool.fetchval("SELECT reason FROM parked WHERE key = $1", key)


async def test_an_exit_that_somebody_else_says_was_approved_exits_nobody(registry: Api):
    home = await register(registry, 2)
    said = {"id": str(uuid7()), "household_id": home["id"], "status": "approved", "decided_on": "2016-07-01"}
    true = record("evaluation.exit.approved.v1", home["id"], 5, said)
    for source in ("/somebody/else", "/tuopin/funding", "/tuopin/evaluation/", "evaluation"):
        await tell(registry, replace(true, headers=dict(true.headers) | {"ce_source": source, "ce_id": str(uuid7())}))
    async with registry.client("county_office") as client:
        assert (await client.get(f"/households/{home['id']}")).json()["status"] == "registered"
    assert (await reason(registry, home["id"]) or "").startswith("Undecodable: ce_source: ")


async def test_a_verb_that_the_contract_of_the_departments_does_not_declare_is_put_aside(registry: Api):
    key = str(uuid7())
    await tell(registry, record("departments.record.burned.v1", key, 1, {"feed": "vehicles"}))
    assert (await reason(registry, key) or "").startswith("Undecodable: ce_type: ")


async def test_what_waits_says_field_and_rule_and_nothing_of_the_person(registry: Api):
    key, number = str(uuid7()), "22062219800101001X"
    data = {"feed": 7, "name": number, number: "extra"}
    await tell(registry, record("departments.record.recorded.v1", key, 1, data))
    said = await reason(registry, key) or ""
    assert said.startswith("ValidationError: ")
    assert "feed" in said
    assert number not in said
