"""One ledger a household: what every service did for it, each fact once, whatever comes again or in which order."""

import random
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_natural_changes import split_of
from tests.registry.test_plans import in_force, measure
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.told import record, tell
from tests.support.world import by_two, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-06-10")


def payment(household: str, kind: str, amount: str, day: str) -> Any:
    id = str(uuid7())
    data = {
        "id": id,
        "division": VILLAGE,
        "document": {"kind": kind, "id": str(uuid7())},
        "payee": {"kind": "household", "id": household},
        "household_id": household,
        "amount": amount,
        "paid_on": day,
    }
    return record("funding.payment.released.v1", household, 1, data)


def participation(household: str, day: str) -> Any:
    id = str(uuid7())
    data = {"id": id, "project_id": str(uuid7()), "household_id": household, "division": VILLAGE, "name": "食用菌"}
    return record("projects.participation.recorded.v1", household, 1, data | {"kind": "industry", "recorded_on": day})


async def ledger(api: Api, id: str) -> dict[str, Any]:
    async with api.client("village_cadre", division=VILLAGE) as client:
        answer = await client.get(f"/households/{id}/ledger")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_funding_and_projects_did_is_told_in_the_order_of_days_and_adds_up(registry: Api):
    home = (await register(registry))["id"]
    told = [
        payment(home, "reward", "1200.50", "2016-05-03"),
        payment(home, "reward", "300.00", "2016-04-01"),
        payment(home, "loan", "30000.00", "2016-03-01"),
        participation(home, "2016-02-01"),
    ]
    await tell(registry, *told)
    found = await ledger(registry, home)
    assert (found["received"], found["lent"]) == ("1500.50", "30000.00")
    assert [line["kind"] for line in found["lines"]] == ["participation", "loan", "reward", "reward"]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_facts_that_come_again_or_in_any_order_are_told_once(registry: Api, seed: int):
    home = (await register(registry))["id"]
    told = [payment(home, "reward", f"{n}.00", f"2016-05-0{n}") for n in range(1, 6)] + [
        participation(home, "2016-05-09")
    ]
    shuffled = [*told, *told]
    random.Random(seed).shuffle(shuffled)
    for one in shuffled:
        await tell(registry, one)
    found = await ledger(registry, home)
    assert (len(found["lines"]), found["received"]) == (6, "15.00")


async def test_a_payment_to_a_village_is_in_no_households_ledger(registry: Api):
    home = (await register(registry))["id"]
    one = payment(home, "project", "9000.00", "2016-05-01")
    value = one.value.replace(f'"household_id": "{home}"'.encode(), b'"household_id": null')
    await tell(registry, type(one)(one.topic, one.key, value, one.headers))
    assert (await ledger(registry, home))["lines"] == []


async def test_a_household_that_split_off_still_shows_what_was_done_for_the_old_one(registry: Api):
    body = await register(registry, 3)
    await tell(registry, payment(body["id"], "reward", "500.00", "2016-04-01"))
    split = split_of(body, 901, {2: "户主"})
    await by_two(registry, split, role="town_cadre")
    new = await ledger(registry, split["split"]["id"])
    assert [(line["household_id"], line["amount"]) for line in new["lines"]] == [(body["id"], "500.00")]


async def test_the_ledger_shows_what_is_planned_beside_what_was_done(registry: Api):
    home = await register(registry)
    await in_force(registry, home, measure("medical", "因病", "2016-09-01"))
    found = await ledger(registry, home["id"])
    assert [(one["batch"], one["due_on"], one["done_on"]) for one in found["measures"]] == [
        ("medical", "2016-09-01", None)
    ]


async def test_a_ledger_of_another_village_cannot_be_read_and_who_read_is_on_record(registry: Api):
    home = (await register(registry))["id"]
    async with registry.client("village_cadre", division="220622101201") as client:
        assert (await client.get(f"/households/{home}/ledger")).status_code == 404
    await ledger(registry, home)
    async with registry.client("auditor") as client:
        record_of = (await client.get("/audit", params={"kind": "household", "id": home})).json()["items"]
    assert "read" in {line["action"] for line in record_of}
