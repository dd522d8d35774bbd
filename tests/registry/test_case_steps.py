"""What stands in the way of a step: order, days, quorum, people, objections, spot checks, two hands at once."""

import asyncio
from datetime import date
from math import ceil
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from shared.time import workdays
from shared.workflow.procedure import Step
from shared.workflow.sampling import sample
from tests.support.api import Api
from tests.support.cases import (
    NATIONAL,
    TOWN,
    VILLAGE,
    act,
    checked,
    decide,
    decided,
    detail,
    done,
    drawn,
    opened,
    record,
    slug,
    spot,
    step,
    verdict,
)
from tests.support.people import household
from tests.support.world import move_clock

BEFORE_VOTE = ("application", "visit", "discussion", "comparison")
TO_NOTICE = (*BEFORE_VOTE, "vote", "first_notice")
OTHER = "220699100202"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    async with registry.client("county_office", division=NATIONAL) as client:
        items = [{"code": code, "name": f"村{code[-3:]}", "valid_from": "2000-01-01"} for code in (VILLAGE, OTHER)]
        assert (await client.post("/divisions", json={"items": items})).status_code == 200
    await move_clock(registry, "2016-03-01")


async def on_notice(api: Api, day: str, count: int = 1) -> list[dict[str, Any]]:
    """Cases whose first notice begins on a day."""
    await move_clock(api, day)
    cases = [await opened(api) for _ in range(count)]
    for case in cases:
        await done(api, case, *TO_NOTICE, day=day)
    return cases


async def object_to(api: Api, case: dict[str, Any], **facts: Any) -> dict[str, Any]:
    notice = (await detail(api, case))["notice_id"]
    body = {"id": str(uuid7()), "notice_id": notice, "case_id": case["id"], "content": "其子在城里有房", **facts}
    (answer,) = await act(api, "/notices/objections", body, level="village", subject="listener")
    assert answer["status"] == "accepted", answer
    return body


async def answer_to(api: Api, objection: dict[str, Any], subject: str = "answerer", **facts: Any) -> dict[str, Any]:
    body = {"id": objection["id"], "upheld": False, "answer": "经核实为借住亲戚家", **facts}
    return (await act(api, "/notices/objection-answers", body, level="town", subject=subject))[0]


async def test_no_step_can_be_skipped_and_none_done_twice(registry: Api):
    case = await opened(registry)
    for name in ("visit", "vote", "first_notice", "announcement"):
        assert slug(await step(registry, case, name, "2016-03-01")) == "case-wrong-step"
    (early,) = await act(registry, "/cases/decisions", verdict(case["id"]), level="county", subject="x")
    assert slug(early) == "case-wrong-step"
    await done(registry, case, "application", day="2016-03-01")
    assert (await step(registry, case, "application", "2016-03-01"))["status"] == "unchanged"
    assert slug(await step(registry, case, "application", "2016-03-01", statement="另一说法")) == "case-step-done"
    form = {"id": case["id"], "step": "visit", "record": record("discussion", "2016-03-01")}
    assert slug((await act(registry, "/cases/steps", form, level="village"))[0]) == "case-record-kind"
    unknown = form | {"step": "divination"}
    assert slug((await act(registry, "/cases/steps", unknown, level="village"))[0]) == "case-no-such-step"


async def test_a_step_belongs_to_the_office_that_the_procedure_names(registry: Api):
    case = await opened(registry)
    await done(registry, case, "application", "visit", "discussion", day="2016-03-01")
    item = {"id": case["id"], "step": "comparison", "record": record("comparison", "2016-03-01")}
    for level in ("village", "town"):
        assert slug((await act(registry, "/cases/steps", item, level=level))[0]) == "case-not-your-step"
    async with registry.client("county_office", division=TOWN) as client:
        answer = (await client.post("/cases/steps", json={"items": [item]})).json()["items"][0]
    assert slug(answer) == "case-not-your-step"
    assert (await act(registry, "/cases/steps", item, level="county"))[0]["status"] == "accepted"


@pytest.mark.parametrize(
    ("name", "facts", "refusal"),
    [
        ("application", {"consents": False}, "consent-missing"),
        ("visit", {"visitors": ["v-cadre"]}, "too-few-visitors"),
        ("visit", {"visitors": ["v-cadre", "v-cadre"]}, "too-few-visitors"),
        ("visit", {"visitors": ["a", "b"]}, "visitor-missing"),
        ("visit", {"on": "2016-03-02"}, "case-day"),
        ("visit", {"on": "2016-02-28"}, "case-day"),
        ("vote", {"present": 29, "in_favour": 27}, "quorum-missing"),
        ("vote", {"in_favour": 29}, "votes-do-not-add-up"),
        ("vote", {"representatives": 29}, "votes-do-not-add-up"),
        ("vote", {"findings_read": False}, "findings-not-read"),
    ],
)
async def test_a_record_that_does_not_meet_the_rules_is_refused_and_the_step_stays_due(
    registry: Api, name: str, facts: dict[str, Any], refusal: str
):
    case = await opened(registry)
    await done(registry, case, *TO_NOTICE[: TO_NOTICE.index(name)], day="2016-03-01")
    assert slug(await step(registry, case, name, "2016-03-01", **facts)) == refusal
    assert (await detail(registry, case))["step"] == name


async def test_a_quorum_of_two_thirds_is_met_by_exactly_two_thirds(registry: Api):
    case = await opened(registry)
    await done(registry, case, *BEFORE_VOTE, day="2016-03-01")
    # 45 representatives: 30 are two thirds; the same with 44 takes 30 (29.33 rounded up), 29 are too few.
    few = {"representatives": 44, "present": 29, "in_favour": 29, "against": 0, "abstained": 0}
    assert slug(await step(registry, case, "vote", "2016-03-01", **few)) == "quorum-missing"
    assert (await step(registry, case, "vote", "2016-03-01"))["status"] == "accepted"


@pytest.mark.parametrize(
    ("name", "facts", "word"),
    [
        ("visit", {"supports": False}, "入户核实情况不支持"),
        ("discussion", {"supports": False}, "小组评议不同意"),
        (
            "comparison",
            {"findings": [{"ground": "vehicle", "source": "车管所", "holds": True, "evidence": "名下轿车一辆"}]},
            "部门比对发现排除情形：有小轿车、大型农机、工程机械",
        ),
        ("vote", {"in_favour": 15, "against": 15, "abstained": 0}, "到会30人，同意15人，未过半数"),
    ],
)
async def test_a_case_that_is_not_supported_ends_with_the_reason_in_words(
    registry: Api, name: str, facts: dict[str, Any], word: str
):
    case = await opened(registry)
    await done(registry, case, *TO_NOTICE[: TO_NOTICE.index(name)], day="2016-03-01")
    assert (await step(registry, case, name, "2016-03-01", **facts))["status"] == "accepted"
    ended = await detail(registry, case)
    assert (ended["status"], ended["step"], ended["reasons"][0]["zh"]) == ("refused", None, word)
    assert slug(await step(registry, case, "first_notice", "2016-03-01")) == "case-closed"


async def test_a_hit_that_was_explained_does_not_exclude(registry: Api):
    case = await opened(registry)
    await done(registry, case, "application", "visit", "discussion", day="2016-03-01")
    unheard = [{"ground": "shoe_size", "source": "某局", "holds": True, "evidence": "名下所有"}]
    assert slug(await step(registry, case, "comparison", "2016-03-01", findings=unheard)) == "ground-unknown"
    lent = [{"ground": "vehicle", "source": "车管所", "holds": False, "evidence": "车辆系挂名，实为亲戚所有"}]
    await step(registry, case, "comparison", "2016-03-01", findings=lent)
    compared = await detail(registry, case)
    assert compared["step"] == "vote"
    assert [used["key"] for used in compared["policies"]] == ["procedure.identification", "screening.grounds"]


async def test_a_notice_runs_its_seven_days_from_the_day_it_was_recorded_and_nobody_shortens_it(registry: Api):
    (case,) = await on_notice(registry, "2016-03-02")
    running = await detail(registry, case)
    assert (running["notice_until"], running["steps"][5]["state"]) == ("2016-03-09", "running")
    await move_clock(registry, "2016-03-08")
    async with registry.client("town_cadre", division=TOWN) as client:
        body = {"id": str(uuid7()), "step": "town_review", "case_ids": [case["id"]]}
        early = await client.post("/cases/batches", json=body)
        assert early.json()["type"] == "urn:tuopin:problem:notice-runs"
    await move_clock(registry, "2016-03-09")
    assert (await detail(registry, case))["step"] == "town_review"
    while await run_one_step(registry.worker, registry.service.jobs, registry.app.state.runtime.keys):
        continue
    row = await registry.worker.pool.fetchrow("SELECT step, since, due_on FROM case_file WHERE id = $1", case["id"])
    assert tuple(row) == ("town_review", date(2016, 3, 9), date(2016, 3, 19))


async def test_another_countys_notice_hangs_for_five_days_where_its_policy_says_so(registry: Api):
    owner = await registry.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            SELECT gen_random_uuid(), key, '220699100', '2016-01-01', 9, jsonb_set(value, '{steps,5,days}', '5'),
                '五日公示', 'five days', 'test' FROM policy
            WHERE key = 'procedure.identification' AND division = ''"""
        )
        (case,) = await on_notice(registry, "2016-03-10")
        assert (await detail(registry, case))["notice_until"] == "2016-03-15"
        used = (await detail(registry, case))["policies"][0]
        assert (used["division"], used["version"]) == (TOWN, 9)
        await owner.execute("UPDATE policy SET valid_from = '2099-01-01' WHERE version = 9 AND used_at IS NULL")
    finally:
        await owner.execute("ALTER TABLE policy DISABLE TRIGGER USER; DELETE FROM policy WHERE version = 9")
        await owner.execute("ALTER TABLE policy ENABLE TRIGGER USER")
        await owner.close()


async def test_a_dismissed_objection_starts_the_notice_anew_and_an_upheld_one_sends_back(registry: Api):
    (case,) = await on_notice(registry, "2016-03-16")
    await move_clock(registry, "2016-03-22")
    first = await object_to(registry, case)
    blocked = await detail(registry, case)
    assert (blocked["step"], blocked["open_objections"]) == ("first_notice", 1)
    assert slug(await answer_to(registry, first, subject="v-cadre")) == "separate-people"
    assert (await answer_to(registry, first))["status"] == "accepted"
    again = await detail(registry, case)
    assert (again["notice_until"], again["notice_id"] != first["notice_id"]) == ("2016-03-29", True)
    second = await object_to(registry, case)
    assert (await answer_to(registry, second, upheld=True))["status"] == "accepted"
    back = await detail(registry, case)
    assert (back["step"], back["since"], back["notice_until"]) == ("visit", "2016-03-22", None)
    assert slug(await step(registry, case, "visit", "2016-03-21")) == "case-day"
    await done(registry, case, *TO_NOTICE[1:], day="2016-03-22")
    assert (await detail(registry, case))["notice_until"] == "2016-03-29"


async def test_an_upheld_objection_to_the_second_notice_ends_the_case(registry: Api):
    (case,) = await on_notice(registry, "2016-04-01")
    await move_clock(registry, "2016-04-08")
    await decided(registry, "town_review", case, day="2016-04-08")
    await done(registry, case, "second_notice", day="2016-04-08")
    objection = await object_to(registry, case, objector="李某")
    await answer_to(registry, objection, upheld=True)
    assert (await detail(registry, case))["reasons"][0]["zh"] == "公示异议成立"


async def test_a_late_objection_takes_a_case_off_its_list_and_back_on_notice(registry: Api):
    case, other = await on_notice(registry, "2016-04-09", 2)
    await move_clock(registry, "2016-04-16")
    listed = await drawn(registry, "town_review", case, other)
    objection = await object_to(registry, case)
    (stopped,) = await decide(registry, "town_review", verdict(case["id"]))
    assert slug(stopped) == "objection-open"
    await answer_to(registry, objection)
    assert (await detail(registry, case))["notice_until"] == "2016-04-23"
    async with registry.client("town_cadre", division=TOWN) as client:
        left = (await client.get(f"/cases/batches/{listed['id']}")).json()
    assert (left["cases"], left["sample"]) == ([other["id"]], [other["id"]])


async def test_a_list_is_decided_only_after_its_share_was_checked_on_the_spot(registry: Api):
    cases = await on_notice(registry, "2016-04-17", 6)
    await move_clock(registry, "2016-04-24")
    ids = [case["id"] for case in cases]
    (unlisted,) = await decide(registry, "town_review", verdict(ids[0]))
    assert slug(unlisted) == "case-not-listed"
    listed = await drawn(registry, "town_review", *cases)
    assert len(listed["sample"]) == 2  # a fifth of six, rounded up
    seed = await registry.worker.pool.fetchval("SELECT seed FROM case_batch WHERE id = $1", UUID(listed["id"]))
    assert listed["sample"] == [str(id) for id in sample(seed, map(UUID, ids), 20)]
    assert seed not in (*ids, listed["id"], "town_review")
    async with registry.client("town_cadre", division=TOWN) as client:
        for some, status in ((ids, 201), (ids[:5], 409)):
            body = {"id": listed["id"], "step": "town_review", "case_ids": some}
            again = await client.post("/cases/batches", json=body)
            assert (again.status_code, status == 409 or again.json() == listed) == (status, True)
        elsewhere = await client.post("/cases/batches", json=body | {"id": str(uuid7())})
        assert elsewhere.json()["type"] == "urn:tuopin:problem:in-batch-already"
    undrawn = next(id for id in ids if id not in listed["sample"])
    (chosen,) = await act(
        registry, "/cases/spot-checks", spot(undrawn, "2016-04-24"), level="town", subject="town-decider"
    )
    assert slug(chosen) == "not-drawn"
    await checked(registry, "town_review", spot(listed["sample"][0], "2016-04-24"))
    (short,) = await decide(registry, "town_review", verdict(undrawn))
    assert (slug(short), short["problem"]["needed"], short["problem"]["done"]) == ("spot-checks-missing", 2, 1)
    false = spot(listed["sample"][1], "2016-04-24", confirmed=False, finding="家有小轿车")
    await checked(registry, "town_review", false)
    answers = await decide(registry, "town_review", *[verdict(id) for id in ids])
    refused = {answer["id"]: slug(answer) for answer in answers if answer["status"] == "refused"}
    assert refused == {listed["sample"][1]: "spot-check-contradicts"}
    (ended,) = await decide(registry, "town_review", verdict(listed["sample"][1], approve=False, reason="抽查不实"))
    assert ended["status"] == "accepted"
    again = await decide(registry, "town_review", *[verdict(id) for id in ids if id != listed["sample"][1]])
    assert {answer["status"] for answer in again} == {"unchanged"}


async def test_who_proposed_does_not_review_check_or_decide(registry: Api):
    (case,) = await on_notice(registry, "2016-04-25")
    await move_clock(registry, "2016-05-02")
    await drawn(registry, "town_review", case)
    for path, item in (("spot-checks", spot(case["id"], "2016-05-02")), ("decisions", verdict(case["id"]))):
        for subject in ("v-cadre", "v-other", "c-cadre"):
            (answer,) = await act(registry, f"/cases/{path}", item, level="town", subject=subject)
            assert slug(answer) == "separate-people", (path, subject)


async def test_one_household_has_one_open_case_even_where_two_open_it_at_once(registry: Api):
    home = household(1, village=VILLAGE)
    items = [
        {
            "id": str(uuid7()),
            "procedure": "inclusion",
            "household_id": home["id"],
            "household": home,
            "ground": "漏评",
        }
        for _ in range(2)
    ]

    async def send(item: dict[str, Any]) -> str:
        async with registry.client("village_cadre", division=VILLAGE) as client:
            answer = await client.post("/cases", json={"items": [item]})
        return answer.json()["items"][0]["status"] if answer.status_code == 200 else str(answer.status_code)

    statuses = await asyncio.gather(*map(send, items))
    assert sorted(statuses) in (["409", "accepted"], ["accepted", "refused"])
    (again,) = await act(registry, "/cases", items[statuses.index("accepted")], level="village")
    assert again["status"] == "unchanged"


async def test_two_who_decide_the_same_case_at_once_decide_it_once(registry: Api):
    (case,) = await on_notice(registry, "2016-05-03")
    await move_clock(registry, "2016-05-10")
    await decided(registry, "town_review", case, day="2016-05-10")
    await done(registry, case, "second_notice", day="2016-05-10")
    await move_clock(registry, "2016-05-17")
    listed = await drawn(registry, "county_decision", case)
    await checked(registry, "county_decision", *[spot(id, "2016-05-17") for id in listed["sample"]])
    answers = await asyncio.gather(
        *(
            act(registry, "/cases/decisions", verdict(case["id"]), level="county", subject=f"leader-{n}")
            for n in range(3)
        )
    )
    assert sorted(answer["status"] for (answer,) in answers) == ["accepted", "refused", "refused"]
    changes = await registry.worker.pool.fetchval("SELECT count(*) FROM change WHERE id = $1", UUID(case["id"]))
    assert changes == 1


async def test_an_office_finds_its_work_overdue_first(registry: Api):
    await move_clock(registry, "2016-05-18")
    await opened(registry, at=OTHER)
    await move_clock(registry, "2016-05-30")
    fresh = await opened(registry, at=OTHER)
    async with registry.client("village_cadre", division=OTHER) as client:
        work = (await client.get("/cases", params={"level": "village", "limit": 50})).json()["items"]
        mine = (await client.get("/cases", params={"subject_id": fresh["household_id"]})).json()["items"]
        none = (await client.get("/cases", params={"level": "county"})).json()["items"]
    assert [one["overdue"] for one in work] == [True, False]
    assert [(one["step"], one["zh"], one["due_on"]) for one in mine] == [
        ("application", "农户申请与授权承诺", "2016-06-09")
    ]
    assert none == []


@given(st.lists(st.uuids(), min_size=1, max_size=60, unique=True), st.integers(0, 100))
def test_a_sample_is_the_share_rounded_up_and_does_not_depend_on_the_order(ids: list[UUID], percent: int):
    chosen = sample("town_review", ids, percent)
    assert len(chosen) == ceil(len(ids) * percent / 100)
    assert chosen == sample("town_review", reversed(ids), percent)
    assert set(chosen) <= set(ids)


@given(st.lists(st.uuids(), min_size=1, max_size=5, unique=True))
def test_no_id_that_somebody_chose_is_safe_from_being_drawn(ids: list[UUID]):
    assert {sample(str(chance), ids, 20)[0] for chance in range(200)} == set(ids)


def test_a_step_whose_policy_says_working_days_is_due_and_ends_on_working_days():
    facts = {"step": "notice", "kind": "notice", "zh": "公示", "en": "notice", "level": "village", "roles": []}
    working = Step.model_validate(facts | {"within": 3, "days": 5, "unit": "workdays"})
    # From Friday 30 September 2016: 8, 9 and 10 October are worked after the holiday, then 11 and 12.
    assert (working.due(date(2016, 9, 30)), working.ends(date(2016, 9, 30))) == (
        date(2016, 10, 10),
        date(2016, 10, 12),
    )
    natural = Step.model_validate(facts | {"within": 3, "days": 5})
    assert (natural.due(date(2016, 9, 30)), natural.ends(date(2016, 9, 30))) == (date(2016, 10, 3), date(2016, 10, 5))


def test_working_days_follow_the_announced_holidays():
    # National Day 2016: 1 to 7 October free, Saturday the 8th and Sunday the 9th worked instead.
    assert workdays.after(date(2016, 9, 30), 1, "workdays") == date(2016, 10, 8)
    assert workdays.after(date(2016, 9, 30), 3, "workdays") == date(2016, 10, 10)
    assert workdays.after(date(2016, 9, 30), 3) == date(2016, 10, 3)
    with pytest.raises(workdays.NotAnnounced, match="1999"):
        workdays.after(date(1999, 1, 1), 1, "workdays")
