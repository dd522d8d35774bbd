"""Doubts that other services found are on the one list, each once, whatever comes late, twice or out of order."""

import asyncio
import json
import random
from typing import Any
from uuid import UUID

import pytest

from services.registry.contracts import DoubtState
from shared.doubts.contracts import DoubtFound
from shared.names.ids import uuid7
from shared.settings import Settings
from tests.registry.test_changes import change
from tests.support.api import Api
from tests.support.doubts import lead, take
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, identity_number
from tests.support.told import record, tell
from tests.support.world import by_two, enter, move_clock, register, villages

TODAY = "2016-06-01"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await villages(registry, VILLAGE[:9], OTHER_VILLAGE[:9])
    await move_clock(registry, TODAY)


def doubtful(home: str | None, **facts: Any) -> dict[str, Any]:
    """What evaluation publishes of a household whose income fell below the line."""
    return {
        "id": str(uuid7()),
        "household_id": home,
        "about": None,
        "division": VILLAGE,
        "rule": "income.below_line",
        "rule_version": 2,
        "severity": "warning",
        "zh": "脱贫后收入低于扶贫标准",
        "en": "the income is below the line after the exit",
        "facts": {"year": "2015"},
        "key": "2015",
        **facts,
    }


def event(data: dict[str, Any], sequence: int = 1, service: str = "evaluation", id: str | None = None) -> Any:
    return record(f"{service}.doubt.raised.v1", data["household_id"] or data["id"], sequence, data, id=id)


async def listed(api: Api, home: str, **params: Any) -> list[dict[str, Any]]:
    async with api.client("auditor") as client:
        answer = await client.get("/doubts", params={"household_id": home, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def detail(api: Api, id: str) -> dict[str, Any]:
    async with api.client("auditor") as client:
        return (await client.get(f"/doubts/{id}")).json()


async def parked(api: Api, key: str) -> list[str]:
    rows = await api.worker.pool.fetch("SELECT reason FROM parked WHERE key = $1", key)
    return [row["reason"].split(":")[0] for row in rows]


async def test_a_doubt_of_another_service_is_on_the_list_with_what_it_says_and_the_days_of_the_county(registry: Api):
    home = await register(registry)
    data = doubtful(home["id"])
    DoubtFound.model_validate(data)
    await tell(registry, event(data))
    (one,) = await listed(registry, home["id"], source="evaluation")
    assert (one["rule"], one["status"], one["desk"], one["due_on"], one["source"]) == (
        *("evaluation.income.below_line", "raised", "county", "2016-06-06", "evaluation"),
    )
    shown = await detail(registry, one["id"])
    assert (shown["reference"], shown["evidence"]) == (
        data["id"],
        {"zh": data["zh"], "en": data["en"], "facts": {"year": "2015"}},
    )
    assert await listed(registry, home["id"], source="funding") == []


async def test_its_verdict_is_published_with_whose_doubt_it_was_and_nothing_of_what_it_said(registry: Api):
    home = await register(registry)
    data = doubtful(home["id"])
    await tell(registry, event(data))
    (one,) = await listed(registry, home["id"])
    await lead(registry, one["id"], "close", TODAY, verdict="kept", ground="按规定保留")
    rows = await registry.worker.pool.fetch(
        "SELECT payload FROM outbox WHERE topic = 'registry.doubt' AND key = $1 ORDER BY id", home["id"]
    )
    states = [DoubtState.model_validate_json(row["payload"]) for row in rows]
    assert {(state.source, str(state.reference)) for state in states} == {("evaluation", data["id"])}
    assert (states[0].status, states[-1].status, states[-1].verdict, states[-1].upheld) == (
        *("raised", "closed", "kept", True),
    )
    assert not any(data["zh"] in row["payload"].decode() for row in rows)


async def test_what_comes_twice_or_under_another_id_or_again_in_a_new_version_is_one_doubt(registry: Api):
    home = await register(registry)
    data = doubtful(home["id"])
    again = event(data, id=str(uuid7()))
    await tell(registry, event(data), again, again)
    await tell(registry, event({**data, "id": str(uuid7())}))
    await tell(registry, event({**data, "facts": {"year": "2015", "persons": "3"}, "key": "2015/3"}, 2))
    (one,) = await listed(registry, home["id"])
    assert (await detail(registry, one["id"]))["evidence"]["facts"] == {"year": "2015"}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_in_whatever_order_versions_and_households_come_each_matter_is_one_doubt(registry: Api, seed: int):
    homes = [await register(registry) for _ in range(3)]
    matters = [doubtful(home["id"], about=about) for home in homes for about in (None, str(uuid7()))]
    events = [event(matter, sequence) for matter in matters for sequence in (1, 2, 3)] * 2
    random.Random(seed).shuffle(events)
    for start in range(0, len(events), 4):
        await tell(registry, *events[start : start + 4])
    for home in homes:
        assert len(await listed(registry, home["id"])) == 2
    kept = await registry.worker.pool.fetch(
        "SELECT DISTINCT sequence FROM doubt WHERE household_id = ANY($1)", [UUID(home["id"]) for home in homes]
    )
    assert [row["sequence"] for row in kept] == [3]


async def test_what_was_looked_into_and_settled_is_not_raised_again_unless_something_else_is_found(registry: Api):
    home = await register(registry)
    data = doubtful(home["id"])
    await tell(registry, event(data))
    (one,) = await listed(registry, home["id"])
    await lead(registry, one["id"], "close", TODAY, verdict="late_data", ground="数据已更新")
    await tell(registry, event(data, 1), event(data, 2))
    assert len(await listed(registry, home["id"])) == 1
    await tell(registry, event({**data, "key": "2016"}, 3))
    assert [row["status"] for row in await listed(registry, home["id"])] == ["closed", "raised"]


async def test_a_version_from_before_the_closing_that_comes_late_opens_nothing_that_was_put_right(registry: Api):
    home = await register(registry)
    data = doubtful(home["id"])
    await tell(registry, event(data, 2))
    (one,) = await listed(registry, home["id"])
    await lead(registry, one["id"], "close", TODAY, verdict="corrected", ground="收入已更正")
    await tell(registry, event(data, 1), event(data, 2, id=str(uuid7())))
    assert [row["status"] for row in await listed(registry, home["id"])] == ["closed"]
    await tell(registry, event(data, 3))
    assert [row["status"] for row in await listed(registry, home["id"])] == ["closed", "raised"]


async def test_a_doubt_that_comes_before_its_household_waits_for_it(registry: Api):
    body = household(1)
    data = doubtful(body["id"])

    async def later() -> None:
        await asyncio.sleep(0.5)
        await enter(registry, body)

    await asyncio.gather(tell(registry, event(data)), later())
    assert len(await listed(registry, body["id"])) == 1
    assert await parked(registry, body["id"]) == []


async def test_a_doubt_of_a_household_that_nobody_registers_is_parked_in_the_end(registry: Api):
    settings: Settings = registry.settings
    impatient = settings.model_copy(update={"unknown_reference_patience": 0.2})
    data = doubtful(str(uuid7()))
    registry.settings = impatient
    await tell(registry, event(data))
    registry.settings = settings
    assert await parked(registry, data["household_id"]) == ["NotYetKnown"]


async def test_a_division_where_the_household_never_lived_is_parked_and_delays_nobody_else(registry: Api):
    home, other = await register(registry), await register(registry)
    wrong = doubtful(home["id"], division=OTHER_VILLAGE)
    await tell(registry, event(wrong), event(doubtful(other["id"])))
    assert await parked(registry, home["id"]) == ["DoubtElsewhere"]
    assert (await listed(registry, home["id"]), len(await listed(registry, other["id"]))) == ([], 1)


async def test_a_household_that_moved_meanwhile_has_its_doubt_where_it_lives_now(registry: Api):
    home = await register(registry)
    move = change("move", home["id"], "2016-05-03", "village_changed", division=OTHER_VILLAGE)
    (done,) = await by_two(registry, move, role="county_office")
    assert done["status"] == "accepted", done
    await tell(registry, event(doubtful(home["id"])))
    (one,) = await listed(registry, home["id"])
    assert one["division"] == OTHER_VILLAGE
    for step in ("assign_town", "assign_village"):
        at = {"to": OTHER_VILLAGE[:9] if step == "assign_town" else OTHER_VILLAGE}
        assert await take(registry, step, one["id"], **at) == "accepted"
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        assert [row["id"] for row in (await client.get("/doubts/worklist?limit=1000")).json()["items"]] == [one["id"]]


async def test_a_household_whose_village_was_merged_meanwhile_has_its_doubt_in_the_new_one(registry: Api):
    old, new = VILLAGE[:9] + "291", VILLAGE[:9] + "292"
    await villages(registry, old, new)
    home = await register(registry, village=old)
    body = {"id": str(uuid7()), "codes": [old], "into": {"code": new}, "day": TODAY, "ground": "省民政厅批复"}
    async with registry.client("county_office") as client:
        assert (await client.post("/divisions/mergers", json=body)).status_code == 200
    await tell(registry, event(doubtful(home["id"], division=old)))
    lone = doubtful(None, about=str(uuid7()), division=old)
    await tell(registry, event(lone))
    assert [row["division"] for row in await listed(registry, home["id"])] == [new]
    stray = await registry.worker.pool.fetchval("SELECT division FROM doubt WHERE reference = $1", UUID(lone["id"]))
    assert stray == VILLAGE[:6]


async def test_a_doubt_about_a_record_and_no_household_lies_in_its_division(registry: Api):
    data = doubtful(None, about=str(uuid7()), division=VILLAGE[:6], rule="project.idle_asset")
    await tell(registry, event(data, service="projects"))
    row = await registry.worker.pool.fetchrow("SELECT * FROM doubt WHERE reference = $1", UUID(data["id"]))
    assert (row["rule"], row["division"], row["household_id"]) == ("projects.project.idle_asset", VILLAGE[:6], None)
    nothing = doubtful(None)
    await tell(registry, event(nothing))
    assert await parked(registry, nothing["id"]) == ["ValidationError"]


async def test_numbers_of_persons_in_what_it_says_are_masked_and_stand_nowhere(registry: Api):
    home, number = await register(registry), identity_number()
    said = doubtful(home["id"], zh=f"证件{number}有两户", facts={"number": number, "phone": "13812345678"})
    await tell(registry, event(said))
    (one,) = await listed(registry, home["id"])
    assert number not in json.dumps(await detail(registry, one["id"]), ensure_ascii=False)
    assert "13812345678" not in str(await registry.worker.pool.fetch("SELECT evidence FROM doubt"))


async def test_two_services_may_find_the_same_rule_and_each_has_its_own_doubt(registry: Api):
    home = await register(registry)
    await tell(registry, event(doubtful(home["id"])))
    await tell(registry, event(doubtful(home["id"]), service="funding"))
    assert {row["source"] for row in await listed(registry, home["id"])} == {"evaluation", "funding"}


async def test_what_a_topic_says_is_of_its_own_service_whatever_the_payload_claims(registry: Api):
    home = await register(registry)
    await tell(registry, event(doubtful(home["id"]) | {"source": "registry"}, service="funding"))
    assert [row["source"] for row in await listed(registry, home["id"])] == ["funding"]


async def test_a_true_one_clears_the_household_out_like_any_other(registry: Api):
    home = await register(registry)
    await tell(registry, event(doubtful(home["id"])))
    (one,) = await listed(registry, home["id"])
    await lead(registry, one["id"], "close", TODAY, verdict="cleared_out", ground="经核实不符合条件")
    async with registry.client("county_office") as client:
        assert (await client.get(f"/households/{home['id']}")).json()["status"] == "removed"


async def test_a_rule_of_another_service_can_be_switched_off_where_it_finds_nothing(registry: Api):
    home, other = await register(registry), await register(registry)
    rule = "income.switched"
    await tell(registry, event(doubtful(home["id"], rule=rule)))
    switch = {
        "id": str(uuid7()), "division": VILLAGE[:6], "rule": f"evaluation.{rule}", "enabled": False,
        "reason": "半年命中率为零，停用",
    }  # fmt: skip
    async with registry.client("county_leader") as client:
        answer = await client.post("/screening-rules/switches", json={"items": [switch]})
    assert answer.json()["items"][0]["status"] == "accepted", answer.text
    await tell(registry, event(doubtful(other["id"], rule=rule)))
    assert await listed(registry, other["id"]) == []


async def test_each_desk_has_it_among_its_tasks_until_it_is_closed(registry: Api):
    home = await register(registry)
    await tell(registry, event(doubtful(home["id"])))
    (one,) = await listed(registry, home["id"])

    async def waiting(role: str, division: str, subject: str = "nobody", **params: Any) -> list[tuple[str, str]]:
        async with registry.client(role, division=division, subject=subject) as client:
            answer = await client.get("/tasks", params={"kind": "doubt", "limit": 1000, **params})
        assert answer.status_code == 200, answer.text
        return [(task["level"], task["zh"]) for task in answer.json()["items"] if task["id"] == one["id"]]

    assert await waiting("county_office", "220622", mine=True) == [("county", "疑点待县级交办")]
    assert await waiting("village_cadre", VILLAGE, mine=True) == []
    await lead(registry, one["id"], "assign_village", TODAY)
    assert await waiting("village_cadre", VILLAGE, mine=True) == [("village", "疑点待村级入户核查")]
    assert await waiting("village_cadre", OTHER_VILLAGE) == []
    await take(registry, "check", one["id"], checked_on=TODAY)
    await take(registry, "judge", one["id"], subject="town-1")
    assert await waiting("town_cadre", VILLAGE[:9], "Town-1 ", mine=True) == []
    assert await waiting("town_cadre", VILLAGE[:9], "town-2", mine=True) == [("town", "疑点待乡镇复核")]
    await take(registry, "review", one["id"])
    await take(registry, "close", one["id"])
    assert await waiting("county_office", "220622") == []
