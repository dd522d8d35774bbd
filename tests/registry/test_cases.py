"""Identification, inclusion, removal and return, step by step: who may, when, and what becomes of the household."""

from typing import Any

import pytest

from tests.registry.test_changes import change
from tests.support import cases
from tests.support.api import Api
from tests.support.cases import NATIONAL, SEED, VILLAGE, act, decided, detail, done, opened, sign, slug, step
from tests.support.people import household
from tests.support.staffing import assign, charge, person
from tests.support.world import by_two, enter, move_clock, register

SEED_VILLAGE, LEADER_VILLAGE = "220622105201", "220622105202"
TO_NOTICE = ("application", "visit", "discussion", "comparison", "vote", "first_notice")


@pytest.fixture(scope="module", autouse=True)
async def counties(registry: Api) -> None:
    for county, codes in ((NATIONAL, [VILLAGE]), (SEED, [SEED_VILLAGE, LEADER_VILLAGE])):
        async with registry.client("county_office", division=county) as client:
            items = [{"code": code, "name": f"村{code[-3:]}", "valid_from": "2000-01-01"} for code in codes]
            assert (await client.post("/divisions", json={"items": items})).status_code == 200
    await move_clock(registry, "2016-03-01")
    await cases.signatories(registry, SEED_VILLAGE)
    await cases.signatories(registry, LEADER_VILLAGE, second="team_leader")


async def standing(api: Api, household_id: str, at: str = VILLAGE) -> dict[str, Any] | None:
    async with api.client("county_office", division=at[:6]) as client:
        answer = await client.get(f"/households/{household_id}")
    return answer.json() if answer.status_code == 200 else None


async def story(api: Api, household_id: str, at: str = VILLAGE) -> list[tuple[str, str, str]]:
    async with api.client("auditor", division=at[:6]) as client:
        chapters = (await client.get(f"/households/{household_id}/history")).json()
    return [(chapter["kind"], chapter["reason"], chapter["effective_on"]) for chapter in chapters]


async def at_seed_notice(api: Api, day: str, procedure: str = "inclusion", **facts: Any) -> dict[str, Any]:
    """A case of the seed county whose notice begins on a day."""
    await move_clock(api, day)
    at = facts.pop("at", SEED_VILLAGE)
    case = await opened(api, procedure, at=at, **facts)
    await done(api, case, "visit", "notice", day=day, at=at)
    return case


async def both_sign(api: Api, case: dict[str, Any], at: str = SEED_VILLAGE, second: str = "first_secretary") -> None:
    for post in ("village_secretary", second):
        role = post.removeprefix("village_")
        assert (await sign(api, case, post, f"{role}-{at}", at))["status"] == "accepted"


async def test_a_household_is_identified_through_all_ten_steps_of_the_national_procedure(registry: Api):
    await move_clock(registry, "2016-03-01")
    case = await opened(registry)
    await done(registry, case, *TO_NOTICE, day="2016-03-01")
    await move_clock(registry, "2016-03-08")
    assert [answer["status"] for answer in await decided(registry, "town_review", case, day="2016-03-08")] == [
        "accepted"
    ]
    await done(registry, case, "second_notice", day="2016-03-08")
    await move_clock(registry, "2016-03-15")
    assert await standing(registry, case["household_id"]) is None
    assert [answer["status"] for answer in await decided(registry, "county_decision", case, day="2016-03-15")] == [
        "accepted"
    ]
    assert (await step(registry, case, "announcement", "2016-03-15"))["status"] == "accepted"
    home, decision = await standing(registry, case["household_id"]), await detail(registry, case)
    assert home
    assert (home["status"], home["identified_on"]) == ("registered", "2016-03-15")
    assert await story(registry, case["household_id"]) == [("new_entry", "newly_poor", "2016-03-15")]
    assert (decision["status"], decision["decided_on"], decision["step"]) == ("approved", "2016-03-15", None)
    assert [one["state"] for one in decision["steps"]] == ["done"] * 10
    assert [policy["key"] for policy in decision["policies"]] == ["procedure.identification", "screening.grounds"]
    spoken = {reason["code"]: (reason["zh"], reason["en"]) for reason in decision["reasons"]}
    assert spoken["vote"][0].endswith("应到45人，到会30人，同意28人")
    assert spoken["vote"][1].endswith("30 of 45 present, 28 in favour")


async def test_the_seed_county_takes_in_who_was_left_out_by_visit_notice_two_signatures_and_decision(registry: Api):
    case = await at_seed_notice(registry, "2016-03-20")
    await move_clock(registry, "2016-03-26")
    early = await sign(registry, case, "village_secretary", f"secretary-{SEED_VILLAGE}", SEED_VILLAGE)
    assert (slug(early), early["problem"]["until"]) == ("notice-runs", "2016-03-27")
    await move_clock(registry, "2016-03-27")
    await both_sign(registry, case)
    (answer,) = await decided(registry, "county_decision", case, day="2016-03-27", at=SEED_VILLAGE)
    assert answer["status"] == "accepted"
    assert await story(registry, case["household_id"], SEED) == [("new_entry", "omitted", "2016-03-27")]


async def test_where_there_is_no_first_secretary_the_team_leader_signs_and_only_there(registry: Api):
    with_first = await at_seed_notice(registry, "2016-03-28")
    without = await at_seed_notice(registry, "2016-03-28", at=LEADER_VILLAGE)
    await move_clock(registry, "2016-04-04")
    refused = await sign(registry, with_first, "team_leader", f"team_leader-{SEED_VILLAGE}", SEED_VILLAGE)
    assert slug(refused) == "other-post-signs"
    await both_sign(registry, without, LEADER_VILLAGE, "team_leader")
    assert (await detail(registry, without, SEED))["step"] == "county_decision"
    nobody = await sign(registry, with_first, "village_secretary", "somebody", SEED_VILLAGE)
    assert slug(nobody) == "not-the-holder"
    waiting = await detail(registry, with_first, SEED)
    assert (waiting["step"], waiting["posts"]) == ("signatures", ["village_secretary", "first_secretary"])
    assert refused["problem"]["title"] == "该村有第一书记，应由其签字"
    asked = next(one for one in waiting["steps"] if one["step"] == "signatures")
    assert asked["missing_zh"] == "待签字：村党支部书记、第一书记"


async def test_an_objection_between_the_signatures_starts_the_notice_anew_and_both_sign_again(registry: Api):
    case = await at_seed_notice(registry, "2016-04-04")
    await move_clock(registry, "2016-04-11")
    assert (await sign(registry, case, "village_secretary", f"secretary-{SEED_VILLAGE}", SEED_VILLAGE))[
        "status"
    ] == "accepted"
    notice = (await detail(registry, case, SEED))["notice_id"]
    objection = {"id": household()["id"], "notice_id": notice, "case_id": case["id"], "content": "其子有车"}
    await act(registry, "/notices/objections", objection, level="village", at=SEED_VILLAGE)
    blocked = await sign(registry, case, "first_secretary", f"first_secretary-{SEED_VILLAGE}", SEED_VILLAGE)
    assert slug(blocked) == "objection-open"
    answer = {"id": objection["id"], "upheld": False, "answer": "车系借用"}
    await act(registry, "/notices/objection-answers", answer, level="county", at=SEED_VILLAGE, subject="answerer")
    assert (await detail(registry, case, SEED))["notice_until"] == "2016-04-18"
    await move_clock(registry, "2016-04-18")
    await both_sign(registry, case)
    assert (await detail(registry, case, SEED))["step"] == "county_decision"


async def test_one_person_cannot_give_both_signatures(registry: Api):
    village = "220622106201"
    async with registry.client("county_office") as client:
        place = {"code": village, "name": "独任村", "valid_from": "2000-01-01"}
        await client.post("/divisions", json={"items": [place]})
    both = await person(registry, post="village_secretary", subject="one-man")
    posts = [charge(post, both, "2015-01-01", village=village) for post in ("village_secretary", "first_secretary")]
    assert {answer["status"] for answer in await assign(registry, *posts)} == {"accepted"}
    case = await at_seed_notice(registry, "2016-04-19", at=village)
    await move_clock(registry, "2016-04-26")
    assert (await sign(registry, case, "village_secretary", "one-man", village))["status"] == "accepted"
    assert slug(await sign(registry, case, "first_secretary", "one-man", village)) == "two-people-sign"
    assert (await detail(registry, case, SEED))["posts"] == ["first_secretary"]


async def test_who_was_included_by_mistake_is_cleared_out_on_the_day_of_the_decision(registry: Api):
    await move_clock(registry, "2016-04-27")
    body = await register(registry, 3, village=SEED_VILLAGE)
    case = await at_seed_notice(registry, "2016-04-27", "removal", household_id=body["id"])
    await move_clock(registry, "2016-05-04")
    await both_sign(registry, case)
    await decided(registry, "county_decision", case, day="2016-05-04", at=SEED_VILLAGE)
    assert (await story(registry, body["id"], SEED))[-1] == ("removal", "wrongly_included", "2016-05-04")


async def test_who_was_cleared_out_by_mistake_is_taken_back(registry: Api):
    await move_clock(registry, "2016-05-05")
    body = await register(registry, 2, village=SEED_VILLAGE)
    removal = change("removal", body["id"], "2016-05-05", "wrongly_included")
    await by_two(registry, removal, role="county_office")
    case = await at_seed_notice(registry, "2016-05-05", household_id=body["id"])
    await move_clock(registry, "2016-05-12")
    await both_sign(registry, case)
    await decided(registry, "county_decision", case, day="2016-05-12", at=SEED_VILLAGE)
    assert (await story(registry, body["id"], SEED))[-1] == ("restoration", "restored", "2016-05-12")


async def test_who_left_poverty_and_fell_back_is_on_the_register_again_and_counted_in_the_bridge(registry: Api):
    await move_clock(registry, "2016-05-13")
    body = await register(registry, 4, village=SEED_VILLAGE)
    await registry.worker.pool.execute("UPDATE household SET status = 'exited' WHERE id = $1", body["id"])
    case = await at_seed_notice(registry, "2016-05-13", "return", household_id=body["id"])
    await move_clock(registry, "2016-05-20")
    await both_sign(registry, case)
    await decided(registry, "county_decision", case, day="2016-05-20", at=SEED_VILLAGE)
    home = await standing(registry, body["id"], SEED)
    assert home
    assert home["status"] == "registered"
    assert (await story(registry, body["id"], SEED))[-1] == ("return", "fell_back", "2016-05-20")
    added = await registry.worker.pool.fetchrow("SELECT households, persons FROM change WHERE id = $1", case["id"])
    assert tuple(added) == (1, 4)


@pytest.mark.parametrize(
    ("procedure", "status"),
    [
        ("removal", "removed"),
        ("return", "registered"),
        ("return", "removed"),
        ("inclusion", "registered"),
        ("inclusion", "exited"),
    ],
)
async def test_a_procedure_is_for_households_in_some_states_only(registry: Api, procedure: str, status: str):
    body = await register(registry, village=SEED_VILLAGE)
    await registry.worker.pool.execute("UPDATE household SET status = $2 WHERE id = $1", body["id"], status)
    item = {"id": household()["id"], "procedure": procedure, "household_id": body["id"], "ground": "群众反映"}
    (answer,) = await act(registry, "/cases", item, level="village", at=SEED_VILLAGE)
    assert slug(answer) == "procedure-does-not-fit"


async def test_a_case_is_refused_where_facts_are_wrong_or_somebody_is_registered(registry: Api):
    body = await register(registry, village=SEED_VILLAGE)
    again = household(1, village=SEED_VILLAGE) | {"members": body["members"]}
    two_heads = household(1, village=SEED_VILLAGE)
    two_heads["members"] = two_heads["members"] * 1 + household(1)["members"]
    elsewhere = household(1, village=VILLAGE)
    nowhere = household(1, village="220622105299")
    items = [
        {"id": household()["id"], "procedure": "inclusion", "household_id": h["id"], "household": h, "ground": "漏评"}
        for h in (again, two_heads, elsewhere, nowhere)
    ]
    answers = await act(registry, "/cases", *items, level="county", at=SEED_VILLAGE)
    assert [slug(answer) for answer in answers] == [
        "person-registered",
        "household-not-acceptable",
        "division-forbidden",
        "no-such-village",
    ]


async def test_what_is_to_be_registered_is_kept_encrypted_until_the_decision_and_no_longer(registry: Api):
    pool = registry.worker.pool
    case = await at_seed_notice(registry, "2016-05-21")
    home = case["household"]
    numbers = [home["phone"], home["bank_card"], *(person["identity_number"] for person in home["members"])]
    kept = "SELECT coalesce(string_agg(t::text, ' '), '') FROM {} AS t"
    held = [await pool.fetchval(kept.format(table)) for table in ("case_file", "case_step", "notice", "audit_entry")]
    told = await pool.fetchval("SELECT string_agg(convert_from(payload, 'UTF8'), ' ') FROM outbox")
    assert [number for number in numbers if any(number in one for one in (*held, told))] == []
    assert await pool.fetchval("SELECT secret IS NOT NULL FROM case_file WHERE id = $1", case["id"])
    notice = (await detail(registry, case, SEED))["notice_id"]
    objection = {"id": household()["id"], "notice_id": notice, "case_id": case["id"], "content": "其子有车"}
    await act(registry, "/notices/objections", objection, level="village", at=SEED_VILLAGE)
    answer = {"id": objection["id"], "upheld": True, "answer": "情况属实"}
    await act(registry, "/notices/objection-answers", answer, level="county", at=SEED_VILLAGE, subject="answerer")
    ended = await step(registry, case, "visit", "2016-05-21", at=SEED_VILLAGE, supports=False)
    file = await detail(registry, case, SEED)
    assert (ended["status"], file["status"]) == ("accepted", "refused")
    assert [one["state"] for one in file["steps"]] == ["done", "dropped", "dropped", "dropped"]
    assert await pool.fetchval("SELECT secret IS NULL FROM case_file WHERE id = $1", case["id"])


async def test_who_looked_into_a_case_stands_in_the_record_of_the_household(registry: Api):
    case = await opened(registry, "inclusion", at=SEED_VILLAGE)
    await detail(registry, case, SEED)
    async with registry.client("auditor") as client:
        entries = (await client.get("/audit", params={"limit": 1000})).json()["items"]
    seen = [entry for entry in entries if entry["object_id"] == case["household_id"] and entry["action"] == "read"]
    assert [entry["reason"] for entry in seen] == [f"case {case['id']}"]


async def test_where_the_register_has_changed_meanwhile_the_approval_is_refused_and_the_others_stand(registry: Api):
    stale = await at_seed_notice(registry, "2016-05-22")
    sound = await at_seed_notice(registry, "2016-05-22")
    await move_clock(registry, "2016-05-29")
    for case in (stale, sound):
        await both_sign(registry, case)
    await enter(registry, stale["household"])
    answers = await decided(registry, "county_decision", stale, sound, day="2016-05-29", at=SEED_VILLAGE)
    assert [slug(answer) for answer in answers] == ["household-number-taken", None]
    assert answers[0]["problem"]["field"].startswith("items[0].")
    assert (await detail(registry, stale, SEED))["step"] == "county_decision"
    assert (await standing(registry, sound["household_id"], SEED)) is not None
    refusal = cases.verdict(stale["id"], approve=False, reason="该户已登记")
    assert (await cases.decide(registry, "county_decision", refusal, at=SEED_VILLAGE))[0]["status"] == "accepted"
    ended = await detail(registry, stale, SEED)
    assert ended["reasons"][-1]["zh"] == "县级审定不予通过：该户已登记"


async def test_the_same_request_again_is_answered_the_same_and_done_once(registry: Api):
    case = await at_seed_notice(registry, "2016-05-30")
    item = {"id": case["id"], "step": "notice", "record": cases.record("notice", "2016-05-30")}
    async with registry.client("village_cadre", division=SEED_VILLAGE, subject="v-cadre") as client:
        home = household(1, village=SEED_VILLAGE)
        about = {"procedure": "inclusion", "household_id": home["id"], "household": home, "ground": "漏评户"}
        opening = {"items": [{"id": household()["id"], **about}]}
        key = {"Idempotency-Key": "opening-once"}
        first, second = [await client.post("/cases", json=opening, headers=key) for _ in range(2)]
        fresh = await client.post("/cases", json=opening)
        posted = await client.post("/cases/steps", json={"items": [item]})
    assert first.json() == second.json()
    assert [one.json()["items"][0]["status"] for one in (first, fresh, posted)] == [
        "accepted",
        "unchanged",
        "unchanged",
    ]
    notices = await registry.worker.pool.fetchval("SELECT count(*) FROM notice WHERE $1 = ANY(case_ids)", case["id"])
    assert notices == 1
