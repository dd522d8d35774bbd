"""Data checks: who may make them, what they say of themselves, how two compare, what becomes of findings."""

from typing import Any

import pytest

from services.registry.verification.checks import catalogue
from services.registry.verification.checks.records import Rule
from services.registry.verification.checks.rules import BadRule, parse
from shared.names.ids import uuid7
from tests.registry.test_data_checks import findings, register, run
from tests.support.api import Api
from tests.support.checked import Home, home, write
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import move_clock, villages


@pytest.fixture(scope="module")
async def county(registry: Api) -> list[Home]:
    """Two villages: in one a household without its power, in the other one whose head works 13 months."""
    await villages(registry)
    await move_clock(registry, "2016-06-01")
    homes = [
        home({"production_power": None, "land_mu": "12"}, 2016, VILLAGE),
        home({"head": {"work_months": 13}, "land_mu": "12"}, 2016, OTHER_VILLAGE),
    ]
    await register(registry, homes)
    return homes


async def get(api: Api, path: str, *, role: str = "auditor", division: str = "220622", **asked: Any) -> Any:
    async with api.client(role, division=division) as client:
        answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_run_says_by_which_rules_and_policies_on_which_day_it_looked(registry: Api, county: list[Home]):
    id = await run(registry, "220622")
    made = await get(registry, f"/data-checks/{id}")
    assert (made["data_year"], made["as_of"], made["rule_set"]) == (2016, "2016-06-01", catalogue.version())
    assert (made["households"], made["persons"], made["findings"]) == (2, 6, 4)
    line = next(one for one in made["policies"] if one["key"] == "checks.line")
    assert line["version"] == 3
    rules = {row["id"]: row for row in await get(registry, "/data-check-rules", data_year=2016)}
    assert list(rules) == made["rules"]
    assert rules["C3-46"]["thresholds"] == {"land_high": {"measure": "10"}, "forest_high": {"measure": "50"}}
    assert "5_14_008" not in rules


async def test_findings_show_what_the_rule_looked_at_and_are_counted_by_village(registry: Api, county: list[Home]):
    id = await run(registry, "220622")
    months = next(row for row in await findings(registry, id) if row["rule"] == "C3-44")
    assert (months["household_id"], months["evidence"]) == (county[1].body["id"], {"work_months": 13})
    assert months["person_id"] == county[1].members[0]["id"]
    assert months["severity"] == "error"
    assert "务工" in months["zh"]
    land = await findings(registry, id, rule="C3-46")
    assert [row["evidence"]["land_mu"] for row in land] == ["12", "12"]
    counts = (await get(registry, f"/data-checks/{id}/counts", by="town"))["items"]
    assert [(row["division"], row["rule"], row["findings"]) for row in counts] == [
        ("220622100", "C3-30", 1),
        ("220622100", "C3-46", 1),
        ("220622101", "C3-44", 1),
        ("220622101", "C3-46", 1),
    ]
    assert {row["zh"] for row in counts if row["rule"] == "C3-46"} == {land[0]["zh"]}
    assert (
        sum(row["findings"] for row in (await get(registry, f"/data-checks/{id}/counts", by="county"))["items"]) == 4
    )


async def test_two_runs_show_what_is_new_gone_and_still_there(registry: Api, county: list[Home]):
    earlier = await run(registry, "220622")
    county[0].facts |= {"production_power": True, "fuel": None}
    await write(registry, county[:1])
    later = await run(registry, "220622")
    rows = (await get(registry, f"/data-checks/{later}/comparison", earlier=earlier))["items"]
    assert {row["rule"]: (row["new"], row["gone"], row["still"]) for row in rows} == {
        "C3-30": (0, 1, 0),
        "C3-37": (1, 0, 0),
        "C3-44": (0, 0, 1),
        "C3-46": (0, 0, 2),
    }
    for kind, expected in (("new", {"C3-37"}), ("gone", {"C3-30"}), ("still", {"C3-44", "C3-46"})):
        found = await get(registry, f"/data-checks/{later}/differences", earlier=earlier, kind=kind)
        assert {row["rule"] for row in found["items"]} == expected
    county[0].facts |= {"production_power": None, "fuel": "柴草"}
    await write(registry, county[:1])


async def test_a_town_checks_itself_and_sees_nothing_of_the_next(registry: Api, county: list[Home]):
    id = str(uuid7())
    async with registry.client("town_cadre", division="220622100") as client:
        outside = await client.post("/data-checks", json={"id": id, "division": "220622101"})
        assert (outside.status_code, outside.json()["type"]) == (403, "urn:tuopin:problem:division-forbidden")
    whole = await run(registry, "220622")
    async with registry.client("town_cadre", division="220622100") as client:
        assert (await client.get(f"/data-checks/{whole}")).status_code == 404
        assert (await client.get(f"/households/{county[1].body['id']}/findings")).status_code == 404
    of_town = await run(registry, "220622100")
    assert {row["household_id"] for row in await findings(registry, of_town)} == {county[0].body["id"]}


async def test_only_rules_in_force_can_be_chosen(registry: Api, county: list[Home]):
    chosen = await run(registry, "220622", rules=["C3-44"])
    assert {row["rule"] for row in await findings(registry, chosen)} == {"C3-44"}
    group = await run(registry, "220622", groups=["empty"])
    assert {row["rule"] for row in await findings(registry, group)} == {"C3-30"}
    async with registry.client("county_office") as client:
        body = {"id": str(uuid7()), "division": "220622"}
        later = await client.post("/data-checks", json=body | {"rules": ["5_14_008"]})
        none = await client.post("/data-checks", json=body | {"groups": ["monitoring"]})
        future = await client.post("/data-checks", json=body | {"data_year": 2017})
    for refused, slug in ((later, "no-such-rule"), (none, "no-such-rule"), (future, "invalid")):
        assert (refused.status_code, refused.json()["type"]) == (422, f"urn:tuopin:problem:{slug}")


async def test_the_same_request_again_starts_no_second_run(registry: Api, county: list[Home]):
    body, key = {"id": str(uuid7()), "division": "220622"}, {"Idempotency-Key": str(uuid7())}
    async with registry.client("county_office") as client:
        first = await client.post("/data-checks", json=body, headers=key)
        again = await client.post("/data-checks", json=body, headers=key)
        other = await client.post("/data-checks", json=body)
    assert (first.status_code, again.status_code, again.json()) == (202, 202, first.json())
    assert other.json()["type"] == "urn:tuopin:problem:data-check-exists"


async def test_findings_of_chosen_rules_become_doubts_once(registry: Api, county: list[Home]):
    id = await run(registry, "220622")
    raised = [await _doubts(registry, id, "C3-44", "C3-46") for _ in range(2)]
    assert raised == [3, 0]


async def _doubts(api: Api, id: str, *rules: str) -> int:
    async with api.client("county_office") as client:
        answer = await client.post(f"/data-checks/{id}/doubts", json={"rules": list(rules)})
        assert answer.status_code == 202, answer.text
        await run(api, "220622", rules=["C3-44"])  # works off every job that is due
        job = (await client.get(f"/jobs/{answer.json()['job'].rsplit('/', 1)[1]}")).json()
    assert job["status"] == "done", job
    return int(job["result"]["raised"])


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("wage_incom > 0", "wage_incom is no column"),
        ("persons > 12", "12 belongs into a policy"),
        ("pg_sleep(0) IS NULL", "pg_sleep is no column"),
        ("attribute = 'x'; SELECT", "; SELECT"),
        ("age > :labour_age_to", "a household has no age"),
    ],
)
def test_a_rule_that_is_more_than_a_condition_over_known_columns_is_refused(condition: str, why: str):
    said = {
        "group": "logic",
        "scope": "household",
        "severity": "doubt",
        "zh": "",
        "en": "",
        "source": "",
        "from": 2015,
    }
    with pytest.raises(BadRule, match=why):
        parse(Rule.model_validate({"id": "X-1", "when": condition, **said}))
