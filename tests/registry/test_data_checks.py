"""Rules of data checks: each catches the household that breaks it and leaves alone the one that does not quite."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.registry.main import SERVICE
from services.registry.verification.checks import catalogue
from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from shared.security.crypto import KeyRing
from tests.support.api import Api
from tests.support.checked import TWINS, Home, home, write
from tests.support.world import enter, move_clock

CASES: dict[str, Any] = {
    rule: case
    for file in sorted((Path(__file__).parent / "data_check_cases").glob("*.yaml"))
    for rule, case in yaml.safe_load(file.read_text()).items()
}
# A village for the data year in which a rule is tried.
VILLAGES = {2016: "220622100201", 2019: "220622100202", 2022: "220622100203"}
RULES = catalogue.rules()


def year_of(rule: str) -> int:
    return next(year for year in VILLAGES if RULES[rule].in_force(year))


@dataclass
class Checked:
    """Three runs over all cases: which rules each household breaks, and the run of each year."""

    api: Api
    broken: dict[str, set[str]]
    homes: dict[tuple[str, str], Home]
    runs: dict[int, str]


async def register(api: Api, homes: list[Home]) -> None:
    await enter(api, *(one.body for one in homes))
    await write(api, homes)


async def run(api: Api, division: str, **asked: Any) -> str:
    id = str(uuid7())
    async with api.client("county_office", division="22") as client:
        answer = await client.post("/data-checks", json={"id": id, "division": division, **asked})
        assert answer.status_code == 202, answer.text
        while await run_one_step(api.worker, SERVICE.jobs, KeyRing.load(api.keys / "keyring.json")):
            continue
        state = (await client.get(f"/data-checks/{id}")).json()
    assert state["status"] == "done", state
    return id


async def findings(api: Api, run: str, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    async with api.client("auditor", division="22") as client:
        while cursor is not None:
            page = {"limit": 1000} | asked | ({"cursor": cursor} if cursor else {})
            answer = await client.get(f"/data-checks/{run}/findings", params=page)
            assert answer.status_code == 200, answer.text
            rows += answer.json()["items"]
            cursor = answer.json()["next"]
    return rows


@pytest.fixture(scope="module")
async def checked(registry: Api) -> Checked:
    async with registry.client("county_office", division="22") as client:
        items = [
            {"code": code, "name": "村", "valid_from": "2000-01-01"} for code in (*VILLAGES.values(), *TWINS.values())
        ]
        assert (await client.post("/divisions", json={"items": items})).status_code == 200
    made = Checked(registry, defaultdict(set), {}, {})
    for year, village in VILLAGES.items():
        await move_clock(registry, f"{year}-06-01")
        cases = {
            (rule, which): home(CASES[rule][which], year, village)
            for rule in RULES
            if year_of(rule) == year
            for which in ("bad", "good")
        }
        await register(registry, [one for case in cases.values() for one in (case, *case.twins)])
        made.homes |= cases
        made.runs[year] = await run(registry, village)
        for row in await findings(registry, made.runs[year]):
            made.broken[row["household_id"]].add(row["rule"])
    return made


def test_every_rule_has_a_case_that_breaks_it_and_one_that_does_not():
    assert len(RULES) >= 90
    assert CASES.keys() == RULES.keys()
    assert all(case["bad"] != case["good"] for case in CASES.values())


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_catches_what_breaks_it_and_nothing_else(checked: Checked, rule: str):
    case = CASES[rule]
    bad, good = (checked.homes[rule, which].body["id"] for which in ("bad", "good"))
    assert checked.broken[bad] == {rule, *case.get("also", ())}
    assert checked.broken[good] == set(case.get("good_also", ()))


async def test_one_household_asked_at_once_breaks_the_same_rules_as_in_a_run(checked: Checked):
    async with checked.api.client("auditor", division="22") as client:
        for (rule, which), one in checked.homes.items():
            if which == "bad" and year_of(rule) == 2022:
                answer = await client.get(f"/households/{one.body['id']}/findings")
                assert answer.status_code == 200, answer.text
                assert {row["rule"] for row in answer.json()} == checked.broken[one.body["id"]]
