"""Doubts: raised once, looked at on the spot, judged, reviewed and closed by different people, in time."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from services.registry.contracts import DoubtState
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.doubts import a_doubt, found, lead, raised, take
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import decide, move_clock, register, villages

TODAY = "2016-03-01"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await villages(registry, VILLAGE[:9], OTHER_VILLAGE[:9])
    await move_clock(registry, TODAY)


async def get(api: Api, path: str, role: str = "auditor", **who: Any) -> Any:
    async with api.client(role, **who) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_doubt_is_raised_once_however_often_the_rule_runs(registry: Api):
    home, record = await register(registry), uuid7()
    assert await raised(registry, found(home), found(home), found(home, record_id=record)) == 2
    assert await raised(registry, found(home), found(home, record_id=record)) == 0
    rows = await registry.worker.pool.fetch("SELECT * FROM doubt WHERE household_id = $1", UUID(home["id"]))
    assert {(row["status"], row["desk"], row["due_on"].isoformat()) for row in rows} == {
        ("raised", "county", "2016-03-06")
    }


async def test_what_is_told_of_a_doubt_keeps_the_contract_and_says_nothing_of_a_person(registry: Api):
    home = await register(registry)
    id = await a_doubt(registry, home)
    await lead(registry, id, "reopen", TODAY)
    told = await registry.worker.pool.fetch(
        "SELECT type, payload, headers FROM outbox WHERE topic = 'registry.doubt' AND key = $1 ORDER BY id",
        home["id"],
    )
    verbs = ["raised", "assigned", "assigned", "checked", "judged", "reviewed", "closed", "reopened"]
    assert [row["type"].split(".")[2] for row in told] == verbs
    states = [DoubtState.model_validate_json(row["payload"]) for row in told]
    assert {(str(one.id), str(one.household_id), one.division) for one in states} == {(id, home["id"], VILLAGE)}
    assert [json.loads(row["headers"])["sequence"] for row in told] == list(range(1, 9))
    assert not any("*" in row["payload"].decode() or "借名" in row["payload"].decode() for row in told)


async def test_a_doubt_goes_down_to_the_village_and_back_up_and_its_story_says_who_did_what(registry: Api):
    home = await register(registry)
    id = await a_doubt(registry, home)
    await lead(registry, id, "close", TODAY)
    one = await get(registry, f"/doubts/{id}")
    assert [(step["step"], step["recorded_by"]) for step in one["steps"]] == [
        ("raise", "county_office"),
        ("assign_town", "office-1"),
        ("assign_village", "town-1"),
        ("check", "village-1"),
        ("judge", "village-2"),
        ("review", "town-2"),
        ("close", "office-2"),
    ]
    assert (one["status"], one["verdict"], one["upheld"], one["change_id"]) == ("closed", "name_lent", False, None)
    assert one["steps"][3]["content"]["people"] == ["张三", "李四"]
    assert (await get(registry, f"/households/{home['id']}"))["status"] == "registered"


async def test_no_step_can_be_skipped(registry: Api):
    id = await a_doubt(registry, await register(registry))
    for early in ("assign_village", "judge", "review", "close", "reopen"):
        assert await take(registry, early, id) == "doubt-not-now"
    assert await take(registry, "check", id, checked_on=TODAY) == "doubt-not-now"


async def test_who_checked_or_judged_does_not_review_and_who_reviewed_does_not_close(registry: Api):
    id = await a_doubt(registry, await register(registry))
    await lead(registry, id, "judge", TODAY)
    for same in ("village-1", "village-2"):
        assert await take(registry, "review", id, subject=same) == "separate-people"
    assert await take(registry, "review", id) == "accepted"
    for same in ("village-1", "village-2", "town-2"):
        assert await take(registry, "close", id, subject=same) == "separate-people"
    assert await take(registry, "close", id) == "accepted"


async def test_a_check_needs_two_people_a_photo_and_a_day_between_assignment_and_today(registry: Api):
    id = await a_doubt(registry, await register(registry))
    await lead(registry, id, "assign_village", TODAY)
    assert await take(registry, "check", id, checked_on="2016-02-29") == "checked-wrong-day"
    assert await take(registry, "check", id, checked_on="2016-03-02") == "checked-wrong-day"
    assert await take(registry, "check", id, checked_on=TODAY, people=["张三", "张三"]) == "too-few-people"
    assert await take(registry, "check", id, checked_on=TODAY, photos=[]) == "photos-missing"
    assert await take(registry, "check", id, checked_on=TODAY) == "accepted"


async def test_a_true_one_clears_the_household_out_in_the_same_moment_and_only_once(registry: Api):
    home = await register(registry, 3)
    ids = [await a_doubt(registry, home, record_id=uuid7()) for _ in range(2)]
    for id in ids:
        await lead(registry, id, "review", TODAY, verdict="cleared_out", ground="家庭轿车属实")
    closing = {"agreed": True, "note": "同意剔除"}
    answers = await decide(
        registry, "/doubts/closings", *[{"id": id, **closing} for id in ids], role="county_office", subject="office-2"
    )
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    details = [await get(registry, f"/doubts/{id}") for id in ids]
    story = await get(registry, f"/households/{home['id']}/history")
    removals = [chapter for chapter in story if chapter["kind"] == "removal"]
    assert [(one["reason"], one["effective_on"]) for one in removals] == [("wrongly_included", TODAY)]
    assert sum(one["change_id"] is not None for one in details) == 1
    assert (await get(registry, f"/households/{home['id']}"))["status"] == "removed"


async def test_verdicts_fit_what_they_are_about(registry: Api):
    home = await register(registry)
    id = await a_doubt(registry, home)
    await lead(registry, id, "check", TODAY)
    assert await take(registry, "judge", id, verdict="taken_in") == "verdict-does-not-fit"
    assert await take(registry, "judge", id, verdict="guilty") == "no-such-verdict"
    assert await raised(registry, found(home, household_id=None, person_id=None, record_id=uuid7())) == 1
    listed = (await get(registry, "/doubts?status=raised&limit=1000"))["items"]
    stray = next(row["id"] for row in listed if row["household_id"] is None)
    await lead(registry, stray, "check", TODAY)
    assert await take(registry, "judge", stray, verdict="cleared_out") == "verdict-does-not-fit"
    assert await take(registry, "judge", stray, verdict="taken_in") == "accepted"


async def test_a_doubt_without_a_place_is_assigned_to_one(registry: Api):
    home = await register(registry)
    nowhere = {"household_id": None, "person_id": None, "record_id": uuid7(), "division": "220622"}
    await raised(registry, found(home, **nowhere))
    listed = (await get(registry, "/doubts?limit=1000"))["items"]
    id = next(row["id"] for row in listed if row["division"] == "220622")
    assert await take(registry, "assign_town", id) == "place-needed"
    assert await take(registry, "assign_town", id, to="220623100") == "place-does-not-fit"
    assert await take(registry, "assign_town", id, to=VILLAGE) == "place-does-not-fit"
    assert await take(registry, "assign_town", id, to=VILLAGE[:9]) == "accepted"
    assert await take(registry, "assign_village", id, to=OTHER_VILLAGE) == "place-does-not-fit"
    assert await take(registry, "assign_village", id, to=VILLAGE) == "accepted"
    async with registry.client("village_cadre", division=VILLAGE) as client:
        assert (await client.get(f"/doubts/{id}")).json()["division"] == VILLAGE


async def test_what_is_sent_back_is_checked_again_and_forgets_its_verdict(registry: Api):
    id = await a_doubt(registry, await register(registry))
    await lead(registry, id, "judge", TODAY)
    assert await take(registry, "review", id, agreed=False, note="证据不足，重新核查") == "accepted"
    assert (await get(registry, f"/doubts/{id}"))["verdict"] is None
    await take(registry, "check", id, checked_on=TODAY)
    await take(registry, "judge", id, verdict="sold")
    await take(registry, "review", id)
    assert await take(registry, "close", id, agreed=False, note="退回乡镇") == "accepted"
    assert (await get(registry, f"/doubts/{id}"))["status"] == "at_town"


async def test_a_settled_doubt_is_not_raised_again_but_can_be_reopened_on_a_ground(registry: Api):
    home = await register(registry)
    id = await a_doubt(registry, home)
    await lead(registry, id, "close", TODAY)
    assert await raised(registry, found(home)) == 0
    assert await take(registry, "reopen", id) == "accepted"
    one = await get(registry, f"/doubts/{id}")
    assert (one["status"], one["round"], one["verdict"], one["due_on"]) == ("at_town", 2, None, "2016-03-04")
    assert await raised(registry, found(home)) == 0


async def test_what_was_said_to_be_put_right_and_is_found_again_is_a_new_doubt(registry: Api):
    home = await register(registry)
    id = await a_doubt(registry, home, rule="identity.invalid_number")
    await lead(registry, id, "close", TODAY, verdict="corrected", ground="已更正号码")
    assert await raised(registry, found(home, rule="identity.invalid_number")) == 1
    assert await take(registry, "reopen", id) == "doubt-open-again"


async def test_the_same_step_again_is_unchanged_and_another_word_is_refused(registry: Api):
    id = await a_doubt(registry, await register(registry))
    await lead(registry, id, "judge", TODAY)
    assert await take(registry, "judge", id) == "unchanged"
    assert await take(registry, "judge", id, verdict="sold") == "doubt-not-now"


async def test_of_two_who_judge_at_the_same_moment_one_is_told_no(registry: Api):
    id = await a_doubt(registry, await register(registry))
    await lead(registry, id, "check", TODAY)
    words = ("sold", "cancelled", "same_name", "late_data")
    answers = await asyncio.gather(
        *(take(registry, "judge", id, verdict=word, subject=f"village-{word}") for word in words)
    )
    assert sorted(answers) == ["accepted", *["doubt-not-now"] * 3]


async def test_an_office_sees_what_lies_on_its_desk_and_what_is_overdue_comes_first(registry: Api):
    await move_clock(registry, "2016-04-01")
    home = await register(registry)
    late = await a_doubt(registry, home, rule="a.late")
    await move_clock(registry, "2016-04-05")
    fresh = await a_doubt(registry, home, rule="a.fresh")
    await move_clock(registry, "2016-04-07")
    listed = (await get(registry, "/doubts/worklist?limit=1000", "county_office"))["items"]
    mine = [row for row in listed if row["id"] in (late, fresh)]
    assert [(row["id"], row["overdue"]) for row in mine] == [(late, True), (fresh, False)]
    assert all(row["desk"] == "county" for row in listed)
    overdue = (await get(registry, "/doubts/worklist?overdue=true&limit=1000"))["items"]
    assert late in {row["id"] for row in overdue}
    assert fresh not in {row["id"] for row in overdue}
    assert await take(registry, "assign_town", late) == "accepted"
    of_town = await get(registry, "/doubts/worklist?limit=1000", "town_cadre", division=VILLAGE[:9])
    assert late in {row["id"] for row in of_town["items"]}
    elsewhere = await get(registry, "/doubts/worklist?limit=1000", "town_cadre", division=OTHER_VILLAGE[:9])
    assert late not in {row["id"] for row in elsewhere["items"]}


async def test_the_next_county_neither_sees_nor_touches_a_doubt(registry: Api):
    id = await a_doubt(registry, await register(registry))
    async with registry.client("county_office", division="220623") as client:
        assert (await client.get(f"/doubts/{id}")).status_code == 404
        answer = (await client.post("/doubts/town-assignments", json={"items": [{"id": id}]})).json()["items"][0]
    assert answer["problem"]["type"] == "urn:tuopin:problem:no-such-doubt"


async def test_a_retry_with_the_same_key_is_the_same_answer_and_one_step(registry: Api):
    id = await a_doubt(registry, await register(registry))
    async with registry.client("county_office", subject="office-1") as client:
        key = {"Idempotency-Key": str(uuid7())}
        answers = [
            await client.post("/doubts/town-assignments", json={"items": [{"id": id}]}, headers=key) for _ in range(3)
        ]
    assert len({answer.text for answer in answers}) == 1
    assert len((await get(registry, f"/doubts/{id}"))["steps"]) == 2
