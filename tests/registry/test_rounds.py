"""Look-back rounds 回头看: every household is looked at again, two others sign, the bridge shows the effect."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.registry.register.changes.handlers import mark_exited
from shared.events.envelope import Event
from shared.names.ids import uuid7
from shared.security.auth import system
from tests.registry.test_changes import change, figure, year
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, member
from tests.support.world import by_two, decide, move_clock, register, villages

COUNTY, PAPER, UNITS = "220622", "ab" * 32, ("results", "households", "persons")


def finding(home: dict[str, Any], result: str, **more: Any) -> dict[str, Any]:
    papers = [PAPER] if result in ("cleared", "included", "returned") else []
    return {
        "id": str(uuid7()),
        "household_id": home["id"],
        "result": result,
        "checked_on": "2015-06-10",
        "ground": "入户核查，村民小组评议",
        "evidence": papers,
        **more,
    }


async def opened(api: Api, division: str = COUNTY, **facts: Any) -> dict[str, Any]:
    body = {
        "id": str(uuid7()),
        "division": division,
        "name": "2015年回头看",
        "ground": "县扶贫办通知",
        "starts_on": "2015-06-01",
        "ends_on": "2015-06-30",
        **facts,
    }
    async with api.client("county_office") as client:
        answer = await client.post("/rounds", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def record(api: Api, round: dict[str, Any], *items: dict[str, Any], role: str = "county_office") -> list[Any]:
    return await decide(api, f"/rounds/{round['id']}/results", *items, role=role, subject="checker")


async def sign(
    api: Api, round: dict[str, Any], *items: dict[str, Any], role: str, subject: str | None = None
) -> list[Any]:
    given = [{"id": item["id"], "agreed": item.get("agreed", True), "remark": item.get("remark")} for item in items]
    return await decide(api, f"/rounds/{round['id']}/signatures", *given, role=role, subject=subject or role)


async def confirm(api: Api, round: dict[str, Any], *items: dict[str, Any]) -> list[Any]:
    """Record, and sign as the village and as the town; answers the town's answers."""
    assert {one["status"] for one in await record(api, round, *items)} == {"accepted"}
    assert {one["status"] for one in await sign(api, round, *items, role="village_cadre")} == {"accepted"}
    return await sign(api, round, *items, role="town_cadre")


async def get(api: Api, path: str, role: str = "auditor", division: str = COUNTY, **params: Any) -> Any:
    async with api.client(role, division=division) as client:
        answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def exit(api: Api, home: dict[str, Any]) -> None:
    """What evaluation tells when it has approved an exit."""
    decision = {"id": str(uuid7()), "household_id": home["id"], "status": "approved", "decided_on": "2015-06-05"}
    event = Event(
        uuid7(), "evaluation.exit.approved.v1", "/tuopin", decision["id"], datetime.now(UTC), home["id"], 5, decision
    )
    async with api.worker.transaction(system("registry")) as session:
        await mark_exited(session, [event])


async def shut(api: Api, round: dict[str, Any]) -> Any:
    async with api.client("county_leader") as client:
        return await client.post(f"/rounds/{round['id']}/closing")


def slug(answer: dict[str, Any]) -> str:
    return answer["problem"]["type"].rsplit(":", 1)[1]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2015-06-11")


async def test_the_effect_of_a_round_appears_in_the_year_bridge_by_its_own_reasons(registry: Api):
    kept, wrong, other = [await register(registry, size) for size in (1, 3, 2)]
    gone = await register(registry, 2, village=OTHER_VILLAGE)
    round = await opened(registry)
    assert round["in_scope"] == 4
    before = await year(registry, 2015)
    omitted = household(4, identified_on="2015-06-10")
    newborn = member("之孙子", born=date(2015, 3, 1), labour=None)
    answers = await confirm(
        registry,
        round,
        finding(kept, "kept"),
        finding(wrong, "cleared"),
        finding(gone, "cleared"),
        finding(other, "corrected", member=newborn),
        finding(omitted, "included", household=omitted),
    )
    assert [answer["status"] for answer in answers] == ["accepted"] * 5
    spans = {s["reason"]: (s["households"], s["persons"]) for s in (await year(registry, 2015))["bridge"]}
    assert spans["lookback_cleared"] == (-2, -5)
    assert spans["lookback_included"] == (1, 4)
    assert spans["lookback_corrected"] == (0, 1)
    after = (await year(registry, 2015))["closing"]
    assert after["persons"] - before["closing"]["persons"] == 4 + 1 - 5
    report = await get(registry, f"/rounds/{round['id']}/report")
    counted = {one["result"]: (one["results"], one["changes"], one["persons"]) for one in report["effects"]}
    assert counted == {"kept": (1, 0, 0), "cleared": (2, 2, -5), "included": (1, 1, 4), "corrected": (1, 1, 1)}
    assert (report["confirmed"], report["open"], report["agrees"]) == (5, 0, True)
    rows = await get(registry, f"/rounds/{round['id']}/results", result="cleared")
    assert all(row["change_id"] and len(row["signatures"]) == 2 for row in rows["items"])
    assert (await shut(registry, round)).json()["status"] == "closed"


async def test_a_round_closes_only_when_every_household_in_scope_has_a_confirmed_result(registry: Api):
    homes = [await register(registry, 1) for _ in range(2)]
    round = await opened(registry, statuses=["registered"])
    scope = (await get(registry, f"/rounds/{round['id']}/households"))["items"]
    assert {row["household_id"] for row in scope} >= {home["id"] for home in homes}
    assert slug({"problem": (await shut(registry, round)).json()}) == "round-incomplete"
    items = [finding({"id": row["household_id"]}, "kept") for row in scope]
    await confirm(registry, round, *items[1:])
    progress = await get(registry, f"/rounds/{round['id']}/progress")
    assert sum(one["in_scope"] for one in progress) == len(items)
    assert sum(one["confirmed"] for one in progress) == sum(one["kept"] for one in progress) == len(items) - 1
    still = await get(registry, f"/rounds/{round['id']}/households", state="open")
    assert [row["household_id"] for row in still["items"]] == [items[0]["household_id"]]
    assert (await shut(registry, round)).status_code == 409
    await confirm(registry, round, items[0])
    assert (await shut(registry, round)).status_code == 200
    async with registry.client("county_office") as client:
        again = await client.post(f"/rounds/{round['id']}/results", json={"items": [finding(homes[0], "kept")]})
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[1]) == (409, "round-closed")


async def test_checking_and_both_confirmations_take_three_people_in_the_order_of_the_policy(registry: Api):
    home = await register(registry, 2)
    round = await opened(registry)
    item = finding(home, "cleared")
    await record(registry, round, item)
    early = await sign(registry, round, item, role="town_cadre")
    checker = await sign(registry, round, item, role="village_cadre", subject="checker")
    assert (slug(early[0]), slug(checker[0])) == ("not-your-signature", "separate-people")
    assert (await sign(registry, round, item, role="village_cadre", subject="secretary"))[0]["status"] == "accepted"
    assert (await sign(registry, round, item, role="village_cadre", subject="secretary"))[0]["status"] == "unchanged"
    same = await sign(registry, round, item, role="town_cadre", subject="checker")
    assert slug(same[0]) == "separate-people"
    assert (await get(registry, f"/households/{home['id']}"))["status"] == "registered"
    assert (await sign(registry, round, item, role="town_cadre", subject="mayor"))[0]["status"] == "accepted"
    assert (await get(registry, f"/households/{home['id']}"))["status"] == "removed"
    story = await get(registry, f"/households/{home['id']}/history")
    assert (story[-1]["reason"], story[-1]["effective_on"]) == ("lookback_cleared", "2015-06-10")
    reference = [(used["key"], used["version"]) for used in round["policies"]]
    assert reference == [("lookback.signatures", 1), ("lookback.evidence", 1)]


async def test_a_result_that_is_sent_back_says_why_and_can_be_recorded_anew(registry: Api):
    home = await register(registry, 1)
    round = await opened(registry)
    item = finding(home, "cleared")
    await record(registry, round, item)
    silent = await sign(registry, round, item | {"agreed": False}, role="village_cadre")
    back = await sign(registry, round, item | {"agreed": False, "remark": "证据不足"}, role="village_cadre")
    assert (slug(silent[0]), back[0]["status"]) == ("remark-missing", "accepted")
    rows = (await get(registry, f"/rounds/{round['id']}/results", state="sent_back"))["items"]
    assert [(row["id"], row["signatures"][0]["remark"]) for row in rows] == [(item["id"], "证据不足")]
    assert {one["status"] for one in await confirm(registry, round, finding(home, "kept"))} == {"accepted"}
    assert (await get(registry, f"/households/{home['id']}"))["status"] == "registered"


async def test_results_that_do_not_fit_are_refused_one_by_one_and_say_why(registry: Api):
    home, twice = await register(registry, 2), await register(registry, 1)
    round = await opened(registry)
    outside = await register(registry, 1)
    first = finding(twice, "kept")
    await record(registry, round, first)
    stranger = household(1)
    answers = await record(
        registry,
        round,
        finding(outside, "kept"),
        finding(home, "cleared", evidence=[]),
        finding(home, "returned"),
        finding(home, "included", household=household(1)),
        finding(home, "corrected"),
        finding(home, "kept", checked_on="2015-05-31"),
        finding(home, "kept", checked_on="2015-06-12"),
        finding(twice, "cleared"),
        first,
        finding(stranger, "included", household=stranger | {"division": "220623100200"}),
    )
    assert [answer["problem"] and slug(answer) for answer in answers] == [
        "not-in-scope",
        "papers-missing",
        "result-does-not-fit",
        "in-scope",
        "proposal-wrong",
        "day-wrong",
        "day-wrong",
        "result-exists",
        None,
        "division-forbidden",
    ]
    assert answers[6]["problem"]["title"] == "核查日期应在本轮开始当日至今天之间"
    assert answers[8]["status"] == "unchanged"
    assert slug((await record(registry, round, first | {"ground": "另一说法"}))[0]) == "result-differs"


async def test_a_change_that_the_register_refuses_leaves_the_result_unsigned(registry: Api):
    known, newcomer = await register(registry, 1), household(2)
    round = await opened(registry)
    newcomer["members"][1]["identity_number"] = known["members"][0]["identity_number"]
    good, bad = finding(known, "kept"), finding(newcomer, "included", household=newcomer)
    answers = await confirm(registry, round, good, bad)
    assert [answer["status"] for answer in answers] == ["accepted", "refused"]
    assert answers[1]["problem"]["field"].startswith("items[1].household.members[1]")
    rows = {row["id"]: row for row in (await get(registry, f"/rounds/{round['id']}/results"))["items"]}
    assert (rows[good["id"]]["status"], rows[bad["id"]]["status"]) == ("confirmed", "recorded")
    assert len(rows[bad["id"]]["signatures"]) == 1


async def test_what_is_proposed_lies_encrypted_until_it_is_entered_and_nowhere_afterwards(registry: Api):
    newcomer = household(1)
    round = await opened(registry)
    item = finding(newcomer, "included", household=newcomer)
    await record(registry, round, item)
    number, name = newcomer["members"][0]["identity_number"], newcomer["members"][0]["name"]
    kept = await registry.worker.pool.fetchval("SELECT proposal FROM lookback_result WHERE id = $1", item["id"])
    assert kept
    assert number not in kept
    assert name not in kept
    await sign(registry, round, item, role="village_cadre")
    assert (await sign(registry, round, item, role="town_cadre"))[0]["status"] == "accepted"
    row = await registry.worker.pool.fetchrow("SELECT * FROM lookback_result WHERE id = $1", item["id"])
    assert (row["proposal"], row["status"]) == (None, "confirmed")
    assert (await get(registry, f"/households/{newcomer['id']}"))["members"][0]["name"] == name


async def test_a_village_works_on_its_own_households_in_the_rounds_of_its_county(registry: Api):
    here, there = await register(registry), await register(registry, village=OTHER_VILLAGE)
    round = await opened(registry)
    async with registry.client("village_cadre", division=VILLAGE, subject="secretary") as client:
        listed = [row["id"] for row in (await client.get("/rounds")).json()["items"]]
        path = f"/rounds/{round['id']}/results"
        answers = (await client.post(path, json={"items": [finding(here, "kept"), finding(there, "kept")]})).json()
        scope = (await client.get(f"/rounds/{round['id']}/households?limit=1000")).json()["items"]
    assert round["id"] in listed
    assert [answer["status"] for answer in answers["items"]] == ["accepted", "refused"]
    assert {row["division"] for row in scope} == {VILLAGE}
    async with registry.client("county_office", division="220623") as client:
        assert (await client.get(f"/rounds/{round['id']}")).status_code == 404
        opening = {
            "id": str(uuid7()),
            "division": COUNTY,
            "name": "别县",
            "ground": "越界",
            "starts_on": "2015-06-01",
        }
        refused = await client.post("/rounds", json=opening | {"ends_on": "2015-06-30"})
    assert refused.status_code == 403


async def test_a_household_that_is_poor_again_returns_through_the_round(registry: Api):
    home = await register(registry, 3)
    await exit(registry, home)
    round = await opened(registry, statuses=["exited"])
    scope = (await get(registry, f"/rounds/{round['id']}/households"))["items"]
    assert [row["household_id"] for row in scope] == [home["id"]]
    before = await year(registry, 2015)
    assert (await confirm(registry, round, finding(home, "returned")))[0]["status"] == "accepted"
    after = await year(registry, 2015)
    assert after["closing"]["persons"] - before["closing"]["persons"] == 3
    assert [s["households"] for s in after["bridge"] if s["reason"] == "lookback_returned"] == [1]
    assert (await get(registry, f"/households/{home['id']}"))["status"] == "registered"


async def test_a_correction_made_in_the_round_is_its_result_and_cited_once(registry: Api):
    home, other = await register(registry, 1), await register(registry, 1)
    round = await opened(registry)
    async with registry.client("county_office") as client:
        etag = (await client.get(f"/households/{home['id']}")).headers["ETag"]
        patch = {"effective_on": "2015-06-10", "ground": "入户核实", "main_cause": "因残"}
        await client.patch(f"/households/{home['id']}", json=patch, headers={"If-Match": etag})
    changes = (await get(registry, "/changes", limit=1000))["items"]
    made = next(one["id"] for one in changes if one["household_id"] == home["id"] and one["kind"] == "correction")
    wrong = await record(registry, round, finding(other, "corrected", correction_id=made))
    assert slug(wrong[0]) == "no-such-correction"
    item = finding(home, "corrected", correction_id=made)
    assert (await confirm(registry, round, item))[0]["status"] == "accepted"
    rows = (await get(registry, f"/rounds/{round['id']}/results", result="corrected"))["items"]
    assert [(row["id"], row["change_id"]) for row in rows] == [(item["id"], made)]
    report = await get(registry, f"/rounds/{round['id']}/report")
    assert report["agrees"]


async def test_nobody_can_claim_by_hand_what_only_a_round_decides(registry: Api):
    home = await register(registry, 1)
    claim = change("removal", home["id"], "2015-06-10", "lookback_cleared")
    assert slug((await by_two(registry, claim, role="county_office"))[0]) == "reason-does-not-fit"


async def test_figures_of_rounds_are_counted_from_results_and_their_changes(registry: Api):
    before = [await figure(registry, f"lookback-{unit}", year=2015, result="cleared") for unit in UNITS]
    home = await register(registry, 3)
    await confirm(registry, await opened(registry), finding(home, "cleared"))
    after = [await figure(registry, f"lookback-{unit}", year=2015, result="cleared") for unit in UNITS]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, -1, -3]


async def test_when_two_towns_people_sign_at_once_the_register_changes_once(registry: Api):
    homes = [await register(registry, 2) for _ in range(3)]
    round = await opened(registry)
    items = [finding(home, "cleared") for home in homes]
    await record(registry, round, *items)
    await sign(registry, round, *items, role="village_cadre")
    both = await asyncio.gather(
        *(sign(registry, round, *items, role="town_cadre", subject=subject) for subject in ("one", "other"))
    )
    assert sorted(answer["status"] for answers in both for answer in answers) == ["accepted"] * 3 + ["unchanged"] * 3
    rows = (await get(registry, f"/rounds/{round['id']}/results", state="confirmed"))["items"]
    assert len({row["change_id"] for row in rows}) == 3
    assert {(await get(registry, f"/households/{home['id']}"))["version"] for home in homes} == {2}


async def test_the_same_request_again_hears_the_same_answer(registry: Api):
    home = await register(registry, 1)
    round = await opened(registry)
    body, headers = {"items": [finding(home, "kept")]}, {"Idempotency-Key": str(uuid7())}
    async with registry.client("county_office", subject="checker") as client:
        path = f"/rounds/{round['id']}/results"
        answers = [(await client.post(path, json=body, headers=headers)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["items"][0]["status"] == "accepted"


async def test_whoever_has_to_check_or_to_sign_has_it_among_their_tasks_until_it_is_done(registry: Api):
    at = "220622108201"
    await villages(registry, at[:9], at)
    home = await register(registry, village=at)
    round = await opened(registry, at)

    async def waiting(role: str, division: str, subject: str = "nobody") -> list[tuple[str, str, str]]:
        async with registry.client(role, division=division, subject=subject) as client:
            answer = await client.get("/tasks", params={"mine": True, "limit": 1000})
        assert answer.status_code == 200, answer.text
        kinds = ("lookback_household", "lookback_signature")
        return [(one["level"], one["due_on"], one["zh"]) for one in answer.json()["items"] if one["kind"] in kinds]

    assert await waiting("village_cadre", at) == [("village", "2015-06-30", "回头看：待入户核查")]
    found = finding(home, "kept")
    await decide(registry, f"/rounds/{round['id']}/results", found, role="village_cadre", subject="checker")
    assert await waiting("village_cadre", at, " Checker") == []
    assert await waiting("village_cadre", at) == [("village", "2015-06-30", "回头看：待村级确认")]
    await sign(registry, round, found, role="village_cadre")
    assert await waiting("village_cadre", at) == []
    assert await waiting("town_cadre", at[:9]) == [("town", "2015-06-30", "回头看：待乡镇确认")]
    refused = await sign(registry, round, found, role="town_cadre", subject="CHECKER ")
    assert slug(refused[0]) == "separate-people"
    await sign(registry, round, found, role="town_cadre")
    assert await waiting("town_cadre", at[:9]) == []
