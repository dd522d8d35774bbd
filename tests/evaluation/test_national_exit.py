"""An exit by the national steps: plan list, review, verification, signature, two notices, decision, announcement."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.exits import EVIDENCE, PAPER, opening, slug
from tests.support.told import known_household
from tests.support.world import move_clock

COUNTY, TOWN, VILLAGE = "220699", "220699100", "220699100201"
OFFICES = {"village": ("village_cadre", 12), "town": ("town_cadre", 9), "county": ("county_office", 6)}
STEPS = [
    *("democratic_review", "verification", "consent", "village_notice"),
    *("town_verification", "town_notice", "county_decision", "announcement"),
]


async def act(api: Api, path: str, item: dict[str, Any], level: str, subject: str | None = None) -> dict[str, Any]:
    role, digits = OFFICES[level]
    async with api.client(role, division=VILLAGE[:digits], subject=subject or f"{level}-clerk") as client:
        answer = await client.post(path, json={"items": [item]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["items"][0]
    return found


async def intake(api: Api, *items: dict[str, Any], level: str = "town", id: str | None = None) -> Any:
    role, digits = OFFICES[level]
    async with api.client(role, division=VILLAGE[:digits], subject=f"{level}-planner") as client:
        return await client.post("/cases/intakes", json={"id": id or str(uuid7()), "items": list(items)})


async def step(api: Api, case: str, name: str, level: str = "village", **record: Any) -> dict[str, Any]:
    subject = record.pop("subject", None)
    return await act(api, "/cases/steps", {"id": case, "step": name, "record": record}, level, subject)


def vote(day: str, in_favour: int = 22) -> dict[str, Any]:
    counts = {"representatives": 30, "present": 24, "in_favour": in_favour, "against": 24 - in_favour}
    return {"kind": "vote", "on": day, **counts, "abstained": 0, "findings_read": True}


def verification(day: str) -> dict[str, Any]:
    went = ["village-clerk", "team-leader"]
    return {"kind": "visit", "on": day, "visitors": went, "supports": True, "finding": "属实"}


def consent(day: str, **facts: Any) -> dict[str, Any]:
    return {"kind": "consent", "on": day, "agrees": True, "signed_by": "王某", "evidence": [PAPER], **facts}


def inspection(day: str, *visitors: str) -> dict[str, Any]:
    went = list(visitors or ("town-clerk", "town-second", "town-third"))
    return {"kind": "inspection", "on": day, "visitors": went, "supports": True, "finding": "达到标准"}


def later(day: str, days: int = 7) -> str:
    return f"{day[:8]}{int(day[8:]) + days:02d}"


async def walk(api: Api, case: str, day: str, until: str, since: str = STEPS[0]) -> str:
    """Take a case through its steps up to one that is then due; answers the day on which that is."""
    for name in STEPS[STEPS.index(since) : STEPS.index(until)]:
        record, level = _record(name, day), "town" if name.startswith("town") else "village"
        answer = await step(api, case, name, level, **record)
        assert answer["status"] == "accepted", (name, answer)
        if record["kind"] == "notice":
            day = later(day)
            await move_clock(api, day)
    return day


def _record(name: str, day: str) -> dict[str, Any]:
    made = {"democratic_review": vote, "verification": verification, "consent": consent}
    if name.endswith("notice"):
        return {"kind": "notice", "place": "村务公开栏"}
    return made.get(name, inspection)(day)


async def listed(api: Api, wage: str = "9000.00", **facts: Any) -> str:
    """A case on a plan list."""
    household = await known_household(api, division=VILLAGE)
    line = {"id": str(uuid7()), "household_id": household["id"], "year": 2016, "kind": "wage", "amount": wage}
    async with api.client("village_cadre", division=VILLAGE) as client:
        assert (await client.post("/incomes", json={"items": [line]})).status_code == 200
    item = opening(household, **facts)
    answer = await intake(api, item)
    assert answer.json()["items"][0]["status"] == "accepted", answer.text
    return str(item["id"])


async def read(api: Api, path: str) -> Any:
    async with api.client("auditor", division=COUNTY) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def drawn(api: Api, case: str) -> dict[str, Any]:
    """The county puts a case into a batch."""
    async with api.client("county_office", division=COUNTY, subject="county-clerk") as client:
        body = {"id": str(uuid7()), "step": "county_decision", "case_ids": [case]}
        found: dict[str, Any] = (await client.post("/cases/batches", json=body)).json()
    return found


async def seen(api: Api, case: str, day: str, *, confirmed: bool = True) -> dict[str, Any]:
    item = {"id": case, "on": day, "confirmed": confirmed, "finding": "抽查入户情况"}
    return await act(api, "/cases/spot-checks", item, "county", "county-checker")


async def approved(api: Api, case: str, subject: str | None = None) -> dict[str, Any]:
    item = {"id": case, "approve": True, "reason": "符合退出条件"}
    return await act(api, "/cases/decisions", item, "county", subject)


@pytest.fixture(scope="module", autouse=True)
async def day(evaluation: Api) -> None:
    await move_clock(evaluation, "2016-01-01")


async def test_a_household_leaves_poverty_by_every_step_from_the_plan_list_to_the_announcement(evaluation: Api):
    case = await listed(evaluation)
    day = await walk(evaluation, case, "2016-01-01", "county_decision")
    assert day == "2016-01-15"  # two notices of seven days
    assert (await drawn(evaluation, case))["sample"] == [case]  # a tenth of one is one
    assert (await seen(evaluation, case, day))["status"] == "accepted"
    assert (await approved(evaluation, case))["status"] == "accepted"
    announced = {"kind": "announcement", "on": day, "place": "村务公开栏"}
    assert (await step(evaluation, case, "announcement", **announced))["status"] == "accepted"
    titles = [notice["title"] for notice in (await read(evaluation, "/notices"))["items"]]
    assert "关于本村拟退出贫困户名单的公示" in titles  # nobody has told this service what the village is called
    assert any(title.endswith("乡镇审核公示") for title in titles)
    assert any(title.endswith("退出贫困户名单的公告") for title in titles)
    found = await read(evaluation, f"/exits/{case}")
    assert (found["status"], found["step"], found["per_capita"]) == ("approved", None, "4500.00")
    assert [(one["zh"], one["met"]) for one in found["criteria"]] == [
        ("人均纯收入", True),
        ("识别后年数", True),
        ("不愁吃", True),
        ("不愁穿", True),
        ("义务教育", True),
        ("基本医疗", True),
        ("住房安全", True),
    ]
    assert found["reasons"][1]["zh"] == "民主评议（2016-01-01）：应到30人，到会24人，同意22人"


async def test_a_procedure_that_begins_with_a_list_is_not_begun_by_a_village_alone(evaluation: Api):
    household = await known_household(evaluation, division=VILLAGE)
    item = opening(household)
    assert slug(await act(evaluation, "/cases", item, "village")) == "begins-with-list"
    async with evaluation.client("village_cadre", division=VILLAGE) as client:
        assert (await client.post("/cases/intakes", json={"id": str(uuid7()), "items": [item]})).status_code == 403


async def test_who_is_not_complete_on_a_plan_list_is_named_and_goes_onto_the_same_list_later(evaluation: Api):
    homes = [await known_household(evaluation, division=VILLAGE) for _ in range(2)]
    whole, part = opening(homes[0]), opening(homes[1], {"food": EVIDENCE["food"]})
    list_id = str(uuid7())
    answers = (await intake(evaluation, whole, part, id=list_id)).json()["items"]
    assert [answer["status"] for answer in answers] == ["accepted", "refused"]
    assert answers[1]["problem"]["title"] == "缺少佐证：不愁穿、义务教育、基本医疗、住房安全"
    answers = (await intake(evaluation, whole, part | {"evidence": EVIDENCE}, id=list_id)).json()["items"]
    assert [answer["status"] for answer in answers] == ["unchanged", "accepted"]


async def test_a_household_that_the_village_votes_against_stays(evaluation: Api):
    case = await listed(evaluation)
    assert (await step(evaluation, case, "democratic_review", **vote("2016-01-15", 12)))["status"] == "accepted"
    found = await read(evaluation, f"/exits/{case}")
    assert (found["status"], found["reasons"][0]["zh"]) == ("refused", "到会24人，同意12人，未过半数")


async def test_a_town_verifies_with_three_people_who_went_there(evaluation: Api):
    case, day = await listed(evaluation), "2016-01-15"
    await walk(evaluation, case, day, "verification")
    alone = verification(day) | {"visitors": ["village-clerk", "VILLAGE-CLERK"]}
    assert slug(await step(evaluation, case, "verification", **alone)) == "too-few-visitors"
    await walk(evaluation, case, day, "consent", "verification")
    assert slug(await step(evaluation, case, "consent", **consent(day, evidence=[]))) == "step-evidence-missing"
    day = await walk(evaluation, case, day, "town_verification", "consent")
    for visitors, refusal in (
        (("town-clerk", "town-second"), "too-few-visitors"),
        (("town-clerk", "town-second", "Town-Clerk "), "too-few-visitors"),
        (("a", "b", "c"), "visitor-missing"),
    ):
        answer = await step(evaluation, case, "town_verification", "town", **inspection(day, *visitors))
        assert slug(answer) == refusal, visitors
    answer = await step(evaluation, case, "town_verification", "town", **inspection(day))
    assert answer["status"] == "accepted"


async def test_a_household_below_the_national_line_is_refused_where_the_town_verifies(evaluation: Api):
    await move_clock(evaluation, "2016-02-01")
    case = await listed(evaluation, wage="5903.98")  # 2,951.99 for each of two
    day = await walk(evaluation, case, "2016-02-01", "town_verification")
    answer = await step(evaluation, case, "town_verification", "town", **inspection(day))
    assert (answer["status"], [one["zh"] for one in answer["reasons"]]) == (
        "accepted",
        ["人均纯收入2951.99元，低于2952.00元"],
    )
    assert answer["reasons"][0]["en"] == "2951.99 yuan a person, below 2952.00"
    found = await read(evaluation, f"/exits/{case}")
    assert (found["status"], found["reasons"]) == ("refused", answer["reasons"])


async def test_a_household_that_declines_is_shown_to_those_who_decide(evaluation: Api):
    case, day = await listed(evaluation), "2016-02-08"
    await walk(evaluation, case, day, "consent")
    declined = consent(day, agrees=False)
    assert slug(await step(evaluation, case, "consent", **declined)) == "refusal-reason-missing"
    answer = await step(evaluation, case, "consent", **declined, reason="担心不再享受政策")
    assert answer["status"] == "accepted"
    found = await read(evaluation, f"/cases/{case}")
    assert (found["status"], found["step"]) == ("open", "village_notice")
    given = next(one for one in found["steps"] if one["step"] == "consent")
    assert given["records"][0]["reason"] == "担心不再享受政策"
    await walk(evaluation, case, day, "county_decision", "village_notice")
    decision = next(one for one in (await read(evaluation, f"/cases/{case}"))["steps"] if one["state"] == "due")
    assert decision["missing_zh"] == "待列入批次并抽查；农户不同意：担心不再享受政策"


async def test_the_second_notice_runs_its_seven_days_and_an_objection_to_it_starts_it_anew(evaluation: Api):
    await move_clock(evaluation, "2016-03-01")
    case = await listed(evaluation)
    day = await walk(evaluation, case, "2016-03-01", "town_notice")
    posted = {"kind": "notice", "place": "乡镇公示栏"}
    assert (await step(evaluation, case, "town_notice", "town", **posted))["status"] == "accepted"
    found = await read(evaluation, f"/exits/{case}")
    assert (found["step"], found["notice_until"]) == ("town_notice", "2016-03-15")
    await move_clock(evaluation, "2016-03-14")
    assert (await drawn(evaluation, case))["title"].startswith("公示期未满")
    notice = (await read(evaluation, f"/cases/{case}"))["notice_id"]
    said = {"id": str(uuid7()), "notice_id": notice, "case_id": case, "content": "反映其有商铺"}
    assert (await act(evaluation, "/notices/objections", said, "village"))["status"] == "accepted"
    await move_clock(evaluation, "2016-03-15")
    assert (await drawn(evaluation, case))["type"] == "urn:tuopin:problem:objection-open"
    answer = {"id": said["id"], "upheld": False, "answer": "商铺系其兄所有"}
    assert slug(await act(evaluation, "/notices/objection-answers", answer, "town")) == "separate-people"
    said = await act(evaluation, "/notices/objection-answers", answer, "county", "county-third")
    assert said["status"] == "accepted"
    found = await read(evaluation, f"/exits/{case}")
    assert (found["step"], found["notice_from"], found["notice_until"]) == ("town_notice", "2016-03-15", "2016-03-22")
    assert day == "2016-03-08"


async def test_a_case_that_the_town_sends_back_is_reviewed_verified_and_posted_again(evaluation: Api):
    await move_clock(evaluation, "2016-04-01")
    case = await listed(evaluation)
    day = await walk(evaluation, case, "2016-04-01", "town_verification")
    back = {"id": case, "to": "verification", "reason": "入户核实记录缺住房照片"}
    assert slug(await act(evaluation, "/cases/returns", back, "village")) == "not-yours-to-return"
    assert (await act(evaluation, "/cases/returns", back, "town"))["status"] == "accepted"
    found = await read(evaluation, f"/cases/{case}")
    assert (found["step"], found["returns"][0]["reason"]) == ("verification", "入户核实记录缺住房照片")
    # While it is back, evidence is put right.
    better = {"id": case, "evidence": {"housing": {"met": True, "shown_by": "鉴定为B级", "papers": [PAPER]}}}
    assert (await act(evaluation, "/exits/completions", better, "village"))["status"] == "accepted"
    await walk(evaluation, case, day, "county_decision", "verification")
    assert (await read(evaluation, f"/cases/{case}"))["step"] == "county_decision"
    assert (await read(evaluation, f"/exits/{case}"))["criteria"][-1]["value"] == "鉴定为B级"


async def test_a_plan_is_withdrawn_by_the_office_that_drew_it_up_until_the_decision(evaluation: Api):
    case, back = await listed(evaluation), {"reason": "本年度不再列入计划"}
    assert (
        slug(await act(evaluation, "/cases/withdrawals", {"id": case, **back}, "village")) == "not-yours-to-withdraw"
    )
    assert (await act(evaluation, "/cases/withdrawals", {"id": case, **back}, "town"))["status"] == "accepted"
    found = await read(evaluation, f"/exits/{case}")
    assert (found["status"], found["reasons"][0]["zh"]) == ("withdrawn", "撤回：本年度不再列入计划")
    household = found["household_id"]
    again = (await intake(evaluation, opening({"id": household}))).json()["items"][0]
    assert again["status"] == "accepted"


async def test_a_county_does_not_approve_what_a_spot_check_contradicts_nor_what_it_planned_itself(evaluation: Api):
    await move_clock(evaluation, "2016-05-01")
    case = await listed(evaluation)
    day = await walk(evaluation, case, "2016-05-01", "county_decision")
    await drawn(evaluation, case)
    assert slug(await approved(evaluation, case)) == "spot-checks-missing"
    assert (await seen(evaluation, case, day, confirmed=False))["status"] == "accepted"
    assert slug(await approved(evaluation, case)) == "spot-check-contradicts"
    assert slug(await approved(evaluation, case, "Town-Planner")) == "separate-people"
    refusal = {"id": case, "approve": False, "reason": "抽查发现住房未达标"}
    assert (await act(evaluation, "/cases/decisions", refusal, "county"))["status"] == "accepted"
    found = await read(evaluation, f"/exits/{case}")
    assert (found["status"], found["reasons"][0]["zh"]) == ("refused", "县级审定不予通过：抽查发现住房未达标")


async def test_an_income_that_nobody_has_entered_is_not_zero_the_town_is_told_to_have_it_entered(evaluation: Api):
    await move_clock(evaluation, "2016-06-01")
    household = await known_household(evaluation, division=VILLAGE)
    item = opening(household)
    assert (await intake(evaluation, item)).json()["items"][0]["status"] == "accepted"
    day = await walk(evaluation, item["id"], "2016-06-01", "town_verification")
    answer = await step(evaluation, item["id"], "town_verification", "town", **inspection(day))
    assert (slug(answer), answer["problem"]["status"]) == ("exit-income-missing", 422)
    assert answer["problem"]["title"] == "该户2016年收入尚未录入，请先录入收入再核查"
    line = {"id": str(uuid7()), "household_id": household["id"], "year": 2016, "kind": "wage", "amount": "9000.00"}
    assert (await act(evaluation, "/incomes", line, "village"))["status"] == "accepted"
    answer = await step(evaluation, item["id"], "town_verification", "town", **inspection(day))
    assert (answer["status"], answer["reasons"]) == ("accepted", [])
