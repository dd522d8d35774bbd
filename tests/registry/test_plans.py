"""One plan, one set of measures, one countdown a household: measures answer causes, a day moves with a ground."""

import asyncio
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import decide, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


def measure(batch: str = "medical", cause: str = "因病", *days: str, **more: Any) -> dict[str, Any]:
    points = [
        {"id": str(uuid7()), "title": f"节点{n}", "due_on": day} for n, day in enumerate(days or ("2016-06-30",))
    ]
    what = {"id": str(uuid7()), "batch": batch, "cause": cause, "what": "签约家庭医生", "owner": "村医李某"}
    return what | {"milestones": points} | more


def plan(household: dict[str, Any], *measures: dict[str, Any], exit_year: int = 2016) -> dict[str, Any]:
    listed = list(measures or (measure(),))
    return {"id": str(uuid7()), "household_id": household["id"], "exit_year": exit_year, "measures": listed}


async def in_force(api: Api, household: dict[str, Any], *measures: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = plan(household, *measures, **more)
    [answer] = await decide(api, "/plans", body, role="village_cadre")
    assert answer["status"] == "accepted", answer
    [answer] = await decide(api, "/plans/approvals", {"id": body["id"]}, role="town_cadre")
    assert answer["status"] == "accepted", answer
    return body


def slug(answer: dict[str, Any]) -> str:
    return answer["problem"]["type"].rpartition(":")[2]


async def test_a_plan_answers_every_cause_with_a_batch_that_fits_it(registry: Api):
    home = await register(registry, main_cause="因病", other_causes=["缺技术"])
    answers = await decide(
        registry,
        "/plans",
        plan(home, measure("medical", "因病")),
        plan(home, measure("medical", "因病"), measure("relocation", "缺技术")),
        plan(home, measure("medical", "因病"), measure("production", "因学")),
        plan(home, measure("medical", "因病"), measure("industry", "缺技术")),
        plan(home, measure("medical", "因病"), measure("production", "缺技术")),
        role="village_cadre",
    )
    unknown = answers[3]["problem"]
    assert unknown["type"].endswith(":no-such-batch")
    assert unknown["title"].startswith("没有这一帮扶措施，缺技术可选：发展生产")
    assert "production" in unknown["fitting"]
    assert [slug(answer) for answer in answers[:3]] == ["cause-uncovered", "batch-does-not-fit", "not-its-cause"]
    assert answers[2]["problem"]["field"] == "items[2].measures[1].cause"
    assert answers[1]["problem"]["title"] == "“易地搬迁”不适用于致贫原因“缺技术”"
    assert answers[4]["status"] == "accepted"


async def test_the_platform_suggests_the_batches_that_fit_a_households_causes(registry: Api):
    home = await register(registry, main_cause="因学")
    async with registry.client("village_cadre") as client:
        found = (await client.get(f"/households/{home['id']}/measures/suggested")).json()
    assert [(one["cause"], one["zh"]) for one in found] == [
        ("因学", "发展教育"),
        ("因学", "发展生产"),
        ("因学", "社会保障兜底"),
    ]


async def test_who_proposes_a_plan_does_not_approve_it(registry: Api):
    body = plan(await register(registry))
    await decide(registry, "/plans", body, role="town_cadre", subject="cadre-zhao")
    [same] = await decide(registry, "/plans/approvals", {"id": body["id"]}, role="town_cadre", subject="cadre-zhao")
    [other] = await decide(registry, "/plans/approvals", {"id": body["id"]}, role="town_cadre", subject="cadre-qian")
    assert (slug(same), other["status"]) == ("separate-people", "accepted")


async def test_a_household_has_one_plan_in_force_and_the_next_takes_its_place(registry: Api):
    home = await register(registry)
    first = await in_force(registry, home)
    second = plan(home, measure("production"), exit_year=2017)
    again = plan(home)
    answers = await decide(registry, "/plans", second, again, second, role="village_cadre")
    assert [answer["status"] for answer in answers] == ["accepted", "refused", "refused"]
    assert slug(answers[1]) == "proposed-already"
    async with registry.client("village_cadre", division=VILLAGE) as client:
        both = (await client.get(f"/households/{home['id']}/plan")).json()
    assert [(one["id"], one["status"]) for one in both] == [(first["id"], "approved"), (second["id"], "proposed")]
    await decide(registry, "/plans/approvals", {"id": second["id"]}, role="town_cadre")
    async with registry.client("village_cadre", division=VILLAGE) as client:
        [now] = (await client.get(f"/households/{home['id']}/plan")).json()
    assert (now["id"], now["exit_year"]) == (second["id"], 2017)
    assert {one["key"] for one in now["policies"]} == {"plan.batches", "plan.measures", "plan.years"}


async def test_the_same_plan_again_is_unchanged_and_another_under_its_id_is_refused(registry: Api):
    body = plan(await register(registry))
    await decide(registry, "/plans", body, role="village_cadre")
    [again] = await decide(registry, "/plans", body, role="village_cadre")
    [other] = await decide(registry, "/plans", body | {"exit_year": 2017}, role="village_cadre")
    assert (again["status"], slug(other)) == ("unchanged", "plan-differs")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"exit_year": 2015}, "exit-year-wrong"),
        ({"exit_year": 2022}, "exit-year-wrong"),
        ({"measures": [measure("medical", "因病", "2017-01-01")]}, "due-wrong"),
        ({"measures": [measure("medical", "因病", "2016-02-29")]}, "due-wrong"),
        ({"measures": [measure(staff_id="01890000-0000-7000-8000-000000000000")]}, "no-such-staff"),
    ],
    ids=["a year that is over", "too far away", "after the year of exit", "before today", "an owner nobody knows"],
)
async def test_a_countdown_ends_in_the_year_of_exit(registry: Api, change: dict[str, Any], expected: str):
    [answer] = await decide(registry, "/plans", plan(await register(registry)) | change, role="village_cadre")
    assert slug(answer) == expected


async def test_the_countdown_shows_days_left_and_whose_day_has_passed_is_overdue(registry: Api):
    home = await register(registry)
    body = await in_force(registry, home, measure("medical", "因病", "2016-03-20", "2016-03-31", "2016-12-01"))
    early, middle, _ = body["measures"][0]["milestones"]
    done = {"id": early["id"], "done_on": "2016-03-01", "note": "已签约", "evidence": ["cd" * 32]}
    [answer] = await decide(registry, "/milestones/completions", done, role="village_cadre")
    assert answer["status"] == "accepted"
    await move_clock(registry, "2016-04-02")
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        [found] = (await client.get(f"/households/{home['id']}/plan")).json()
        late = (await client.get("/milestones/overdue")).json()["items"]
    assert [one["days_left"] for one in found["measures"][0]["milestones"]] == [None, -2, 243]
    mine = [one for one in late if one["household_id"] == home["id"]]
    assert [(one["id"], one["days_late"], one["batch"]) for one in mine] == [(middle["id"], 2, "medical")]


async def test_a_milestone_is_moved_only_with_a_ground_and_within_the_plans_years_and_the_first_day_stays(
    registry: Api,
):
    body = await in_force(registry, await register(registry), measure("medical", "因病", "2016-09-01"))
    point = body["measures"][0]["milestones"][0]["id"]

    def shift(day: str) -> dict[str, Any]:
        return {"id": str(uuid7()), "milestone_id": point, "due_on": day, "ground": "药品未到货"}

    good, late = shift("2016-10-01"), shift("2017-01-15")
    answers = await decide(registry, "/milestones/shifts", good, late, role="town_cadre")
    [again] = await decide(registry, "/milestones/shifts", good, role="town_cadre")
    assert ([answers[0]["status"], slug(answers[1])], again["status"]) == (["accepted", "due-wrong"], "unchanged")
    async with registry.client("county_office") as client:
        [found] = (await client.get(f"/households/{body['household_id']}/plan")).json()
    [milestone] = found["measures"][0]["milestones"]
    assert milestone["due_on"] == "2016-10-01"
    assert milestone["shifts"] == [
        {"from": "2016-09-01", "to": "2016-10-01", "ground": "药品未到货", "by": "town_cadre"}
    ]


async def test_of_a_plan_that_is_not_approved_nothing_can_be_reached(registry: Api):
    body = plan(await register(registry))
    await decide(registry, "/plans", body, role="village_cadre")
    done = {"id": body["measures"][0]["milestones"][0]["id"], "done_on": "2016-03-01"}
    [answer] = await decide(registry, "/milestones/completions", done, role="village_cadre")
    assert slug(answer) == "plan-not-in-force"


async def test_households_without_a_plan_are_listed_with_the_day_by_which_they_need_one(registry: Api):
    """Sixty days after identification is the policy of this test's county (assumed)."""
    home = await register(registry, village=OTHER_VILLAGE, identified_on="2016-02-01")
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        before = (await client.get("/plans/missing")).json()["items"]
    assert [(one["id"], one["due_on"]) for one in before] == [(home["id"], "2016-04-01")]
    await in_force(registry, home, measure("medical", "因病", "2016-12-01"))
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        assert (await client.get("/plans/missing")).json()["items"] == []


async def test_of_two_plans_proposed_at_the_same_moment_one_waits_and_the_other_is_told(registry: Api):
    home = await register(registry)
    bodies = [plan(home, measure("medical", "因病", "2016-12-01")) for _ in range(2)]
    async with registry.client("village_cadre") as client:
        answers = await asyncio.gather(*(client.post("/plans", json={"items": [body]}) for body in bodies))
    statuses = sorted(answer.json()["items"][0]["status"] for answer in answers)
    assert statuses == ["accepted", "refused"]


async def test_a_village_does_not_plan_for_the_household_of_another(registry: Api):
    home = await register(registry, village=OTHER_VILLAGE)
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answer = (await client.post("/plans", json={"items": [plan(home)]})).json()["items"][0]
    assert slug(answer) == "no-such-household"
