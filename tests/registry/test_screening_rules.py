"""Grounds of exclusion as policies, hit rates of rules, and the switch for those that find nothing."""

from datetime import date
from typing import Any

import pytest

from services.registry.verification.screening import policies
from services.registry.verification.screening.records import InForce
from shared.names.ids import uuid7
from shared.security.auth import system
from tests.support.api import Api
from tests.support.doubts import a_doubt, found, lead, raised
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import decide, move_clock, register, villages

TODAY = "2016-03-01"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, TODAY)


async def in_force(api: Api, division: str, on: str) -> InForce:
    async with api.worker.transaction(system("registry")) as session:
        return await policies.in_force(session, division, date.fromisoformat(on))


async def rate(api: Api, rule: str, division: str = "220622") -> dict[str, Any]:
    async with api.client("auditor") as client:
        answer = await client.get("/screening-rules", params={"division": division})
    assert answer.status_code == 200, answer.text
    return next(row for row in answer.json() if row["rule"] == rule)


def switch(rule: str, *, enabled: bool, division: str = "220622") -> dict[str, Any]:
    reason = "半年命中率为零，停用" if not enabled else "数据更新后重新启用"
    return {"id": str(uuid7()), "division": division, "rule": rule, "enabled": enabled, "reason": reason}


async def test_the_seed_county_has_eight_grounds_and_other_places_their_own(registry: Api):
    lists = {
        "220622": ("2016-01-01", 8),
        "110101": ("2016-01-01", 9),
        "530402": ("2018-06-01", 10),
        "530101": ("2016-01-01", 5),
        "450123": ("2016-01-01", 8),
        "500101": ("2017-06-01", 6),
    }
    for division, (day, number) in lists.items():
        assert len((await in_force(registry, division, day)).grounds) == number, division
    before = await in_force(registry, "530402", "2017-06-01")
    assert len(before.grounds) == 5, "the ten principles are of 2018"


async def test_a_rule_of_exclusion_raises_nothing_where_no_ground_asks_for_it(registry: Api):
    here, there = await in_force(registry, "220622", TODAY), await in_force(registry, "530101", TODAY)
    price = here.rules["vehicles.price"]
    assert here.ground_of(price) is not None
    assert not there.raises(price)
    assert there.raises(there.rules["deaths.member"])


async def test_every_rule_of_a_ground_exists_and_every_feed_has_a_rule(registry: Api):
    for division in ("220622", "110101", "530402", "530101", "450123", "500101"):
        there = await in_force(registry, division, "2018-06-01")
        assert {rule for ground in there.grounds.values() for rule in ground.rules} <= there.rules.keys()
    feeds = {rule.feed for rule in there.rules.values()}
    assert feeds == {
        *("vehicles", "housing", "business", "payroll"),
        *("deaths", "allowance", "disability", "insurance"),
        "register",
    }


async def test_the_hit_rate_of_a_rule_is_the_share_of_closed_doubts_that_were_true(registry: Api):
    verdicts = ("kept", "sold", "name_lent", "cancelled")
    for verdict in verdicts:
        id = await a_doubt(registry, await register(registry), rule="payroll.cadre")
        await lead(registry, id, "close", TODAY, verdict=verdict)
    await a_doubt(registry, await register(registry), rule="payroll.cadre")
    told = await rate(registry, "payroll.cadre")
    counted = {name: told[name] for name in ("raised", "open", "upheld", "denied", "share")}
    assert counted == {"raised": 5, "open": 1, "upheld": 1, "denied": 3, "share": "0.2500"}
    assert (await rate(registry, "insurance.commercial"))["share"] is None


async def test_a_rule_that_is_switched_off_raises_nothing_and_its_history_stays(registry: Api):
    home, rule = await register(registry), "vehicles.machine"
    await a_doubt(registry, await register(registry), rule=rule)
    off = switch(rule, enabled=False)
    assert (await decide(registry, "/screening-rules/switches", off, role="county_leader"))[0]["status"] == "accepted"
    assert await raised(registry, found(home, rule=rule)) == 0
    told = await rate(registry, rule)
    assert (told["enabled"], told["raised"]) == (False, 1)
    on = switch(rule, enabled=True)
    await decide(registry, "/screening-rules/switches", on, role="county_leader")
    assert await raised(registry, found(home, rule=rule)) == 1
    async with registry.client("auditor") as client:
        rows = (await client.get("/screening-rules/switches")).json()["items"]
    mine = [row for row in rows if row["rule"] == rule]
    assert [(row["enabled"], row["hit_rate"]["raised"], row["recorded_by"]) for row in mine] == [
        (False, 1, "county_leader"),
        (True, 1, "county_leader"),
    ]


async def test_the_nearest_division_says_whether_a_rule_is_on(registry: Api):
    rule, here, there = "business.trade", await register(registry), await register(registry, village=OTHER_VILLAGE)
    await decide(
        registry,
        "/screening-rules/switches",
        switch(rule, enabled=False),
        switch(rule, enabled=True, division=VILLAGE[:9]),
        role="county_leader",
    )
    assert await raised(registry, found(here, rule=rule), found(there, rule=rule)) == 1
    assert (await rate(registry, rule, VILLAGE[:9]))["enabled"]
    assert not (await rate(registry, rule))["enabled"]


async def test_a_switch_of_another_county_or_of_an_unknown_rule_is_refused(registry: Api):
    answers = await decide(
        registry,
        "/screening-rules/switches",
        switch("vehicles.car", enabled=False, division="220623"),
        switch("vehicles.flying", enabled=False),
        role="county_leader",
    )
    slugs = [answer["problem"]["type"].rsplit(":", 1)[1] for answer in answers]
    assert slugs == ["division-forbidden", "no-such-rule"]


async def test_the_same_switch_again_is_unchanged_and_with_another_content_refused(registry: Api):
    off = switch("housing.shop", enabled=False)
    outcomes = [
        (await decide(registry, "/screening-rules/switches", body, role="county_leader"))[0]["status"]
        for body in (off, off, off | {"enabled": True})
    ]
    assert outcomes == ["accepted", "unchanged", "refused"]


async def test_whoever_asks_for_the_policies_of_one_matter_gets_those_and_no_others(registry: Api):
    async with registry.client("village_cadre", division=VILLAGE) as client:
        grounds = (await client.get("/policies", params={"key": "screening.grounds"})).json()["items"]
        screening = (await client.get("/policies", params={"key": "screening."})).json()["items"]
        two = (await client.get("/policies", params={"key": "screening.", "limit": 2})).json()
        rest = (await client.get("/policies", params={"key": "screening.", "cursor": two["next"]})).json()["items"]
        wrong = await client.get("/policies", params={"key": "八不入"})
    assert {policy["key"] for policy in grounds} == {"screening.grounds"}
    assert {policy["key"] for policy in screening} >= {"screening.grounds", "screening.rules", "screening.matching"}
    assert two["items"] + rest == screening
    assert wrong.status_code == 422
