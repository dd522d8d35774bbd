"""What data checks do where something is unknown, and where counties have thresholds of their own."""

from typing import Any

import pytest

from services.registry.main import SERVICE
from services.registry.register.fields.catalogue import items
from services.registry.verification.checks import catalogue
from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from shared.security.crypto import KeyRing
from tests.registry.test_data_checks import findings, register, run
from tests.support.api import Api
from tests.support.checked import home
from tests.support.people import VILLAGE
from tests.support.world import move_clock

OTHER_COUNTY = "220721100201"


@pytest.fixture(scope="module", autouse=True)
async def province(registry: Api) -> None:
    rows = [{"code": code, "name": "村", "valid_from": "2000-01-01"} for code in (VILLAGE, OTHER_COUNTY)]
    async with registry.client("county_office", division="22") as client:
        assert (await client.post("/divisions", json={"items": rows})).status_code == 200
    await move_clock(registry, "2016-06-01")


async def test_each_county_is_measured_by_its_own_thresholds_and_the_run_says_by_which(registry: Api):
    await register(registry, [home({"land_mu": "7"}, 2016, village) for village in (VILLAGE, OTHER_COUNTY)])
    owner = await registry.owner()
    try:
        await owner.execute(
            "INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)"
            " VALUES ($1, 'checks.land_high', '220721', '2015-01-01', 1, $2::jsonb, '', '', 'test')",
            uuid7(),
            '{"measure": "6"}',
        )
    finally:
        await owner.close()
    id = await run(registry, "22", rules=["C3-46"])
    assert [row["division"] for row in await findings(registry, id)] == [OTHER_COUNTY]
    async with registry.client("auditor", division="22") as client:
        policies = (await client.get(f"/data-checks/{id}")).json()["policies"]
    assert {one["division"] for one in policies if one["key"] == "checks.land_high"} == {"", "220721"}


async def test_a_run_goes_county_by_county_and_goes_on_where_it_was_left(registry: Api):
    id, keys = str(uuid7()), KeyRing.load(registry.keys / "keyring.json")
    async with registry.client("county_office", division="22") as client:
        await client.post("/data-checks", json={"id": id, "division": "22"})

        async def state() -> tuple[Any, ...]:
            row = (await client.get(f"/data-checks/{id}")).json()
            return row["status"], row["done"], row["total"], row["households"]

        assert await state() == ("queued", 0, None, 0)
        await run_one_step(registry.worker, SERVICE.jobs, keys)
        assert await state() == ("running", 1, 2, 1)
        while await run_one_step(registry.worker, SERVICE.jobs, keys):
            continue
        assert await state() == ("done", 2, 2, 2)


@pytest.mark.parametrize("year", [2016, 2022])
async def test_what_is_unknown_breaks_no_rule_but_those_that_ask_for_it(registry: Api, year: int):
    if year > 2016:
        await move_clock(registry, f"{year}-06-01")
    unknown = [{key: None} for key in items("household")]
    unknown += [{who: {key: None}} for who in ("head", "child") for key in items("member")]
    homes = [home(spec, year, VILLAGE) for spec in unknown]
    await register(registry, homes)
    found = await findings(registry, await run(registry, VILLAGE), division=VILLAGE)
    made = {one.body["id"] for one in homes}
    rules = {row["rule"] for row in found if row["household_id"] in made}
    asking = {id for id, rule in catalogue.rules().items() if "IS NULL" in rule.when}
    assert rules
    assert rules <= asking
