"""Cases are taken back by those who brought them, sent back by those whose turn it is, and brought in as a list."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import OFFICES, slug
from tests.support.procedures import (
    COUNTY,
    batched,
    decided,
    detail,
    done,
    opened,
    opening,
    recorded,
    ruled,
    sent,
    step,
    town,
)
from tests.support.world import move_clock

DAY = "2016-03-01"


@pytest.fixture(scope="module", autouse=True)
async def today(registry: Api) -> None:
    await move_clock(registry, DAY)


async def village(api: Api) -> str:
    """A village whose cases are visited, discussed, reviewed by the town and decided by the county."""
    at = await town(api) + "201"
    steps = [step("visit"), step("discussion"), step("review"), step("decision"), step("announcement")]
    await ruled(api, at[:9], *steps)
    return at


async def withdraw(
    api: Api,
    case: dict[str, Any],
    at: str,
    *,
    level: str = "village",
    subject: str = "v-other",
    reason: str = "材料有误",
) -> dict[str, Any]:
    item = {"id": case["id"], "reason": reason}
    return (await sent(api, "/cases/withdrawals", item, at=at, level=level, subject=subject))[0]


async def send_back(
    api: Api, case: dict[str, Any], to: str, at: str, *, level: str = "town", reason: str = "入户情况不清"
) -> dict[str, Any]:
    item = {"id": case["id"], "to": to, "reason": reason}
    return (await sent(api, "/cases/returns", item, at=at, level=level))[0]


async def test_a_case_that_was_opened_with_other_content_is_not_opened_again_as_if_nothing_differed(registry: Api):
    at = await village(registry)
    case = await opened(registry, at)
    home = case["household"]
    others = [{"ground": "另有原因"}, {"household": home | {"attribute": "低保户"}}]
    answers = [(await sent(registry, "/cases", case | more, at=at))[0] for more in ({}, *others)]
    assert [answer["status"] for answer in answers] == ["unchanged", "refused", "refused"]
    assert {slug(answer) for answer in answers[1:]} == {"case-asked-otherwise"}
    assert answers[1]["problem"]["title"] == "该事项已提出，内容与此次不同；如需更正请补正材料"
    assert (await detail(registry, case))["ground"] == case["ground"]


async def told(api: Api, case: dict[str, Any]) -> list[str]:
    """The verbs under which a case was published."""
    rows = await api.worker.pool.fetch(
        "SELECT type FROM outbox WHERE headers ->> 'subject' = $1 ORDER BY (headers ->> 'sequence')::integer",
        case["id"],
    )
    return [row["type"].split(".")[2] for row in rows]


async def test_a_case_is_taken_back_by_its_office_before_the_decision_and_its_household_is_free_again(registry: Api):
    at = await village(registry)
    case = await opened(registry, at)
    await done(registry, case, "visit", day=DAY, at=at)
    again = opening(at) | {"household_id": case["household_id"], "household": case["household"]}
    assert slug((await sent(registry, "/cases", again, at=at))[0]) == "case-open"
    answers = [await withdraw(registry, case, at) for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["accepted", "unchanged"]
    ended = await detail(registry, case)
    assert (ended["status"], ended["step"], ended["decided_on"]) == ("withdrawn", None, DAY)
    assert ended["reasons"] == [{"code": "withdrawn", "zh": "撤回：材料有误", "en": "withdrawn: 材料有误"}]
    assert slug(await recorded(registry, case, "discussion", DAY, at=at)) == "case-closed"
    assert (await sent(registry, "/cases", again, at=at))[0]["status"] == "accepted"
    assert await told(registry, case) == ["opened", "advanced", "withdrawn"]
    kept = await registry.worker.pool.fetchval("SELECT secret FROM case_file WHERE id = $1", case["id"])
    assert kept is None


async def test_a_case_is_not_taken_back_by_another_office_nor_after_the_decision(registry: Api):
    at = await village(registry)
    case = await opened(registry, at)
    for level in ("town", "county"):
        answer = await withdraw(registry, case, at, level=level, subject="somebody")
        assert slug(answer) == "not-yours-to-withdraw"
        assert answer["problem"]["title"] == "只有提出该事项的人或其所在单位（村级）可以撤回"
    other_place = await village(registry)
    assert slug(await withdraw(registry, case, other_place)) == "no-such-case"
    await done(registry, case, "visit", "discussion", day=DAY, at=at)
    assert [await decided(registry, name, case, at=at) for name in ("review", "decision")] == [[None], [None]]
    assert slug(await withdraw(registry, case, at, subject="v-cadre")) == "case-closed"


async def test_who_opened_a_case_takes_it_back_also_from_another_office(registry: Api):
    at = await village(registry)
    case = await opened(registry, at)
    answer = await withdraw(registry, case, at, level="town", subject="V-cadre ")
    assert answer["status"] == "accepted"


async def test_a_withdrawn_case_leaves_its_batch_and_the_others_are_decided(registry: Api):
    at = await village(registry)
    one, other = [await opened(registry, at) for _ in range(2)]
    for case in (one, other):
        await done(registry, case, "visit", "discussion", day=DAY, at=at)
    batch = await batched(registry, "review", one, other, at=at)
    assert (await withdraw(registry, one, at))["status"] == "accepted"
    async with registry.client("town_cadre", division=at[:9]) as client:
        assert (await client.get(f"/cases/batches/{batch}")).json()["cases"] == [other["id"]]
    items = [{"id": case["id"], "approve": True, "reason": "属实"} for case in (one, other)]
    answers = await sent(registry, "/cases/decisions", *items, at=at, level="town", subject="town-decider")
    assert [slug(answer) for answer in answers] == ["case-closed", None]


async def test_the_office_whose_turn_it_is_sends_a_case_back_with_the_reason_and_it_is_done_again(registry: Api):
    at = await village(registry)
    case = await opened(registry, at)
    await done(registry, case, "visit", "discussion", day=DAY, at=at)
    assert slug(await send_back(registry, case, "visit", at, level="village")) == "not-yours-to-return"
    await batched(registry, "review", case, at=at)
    answers = [await send_back(registry, case, "visit", at) for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["accepted", "unchanged"]
    back = await detail(registry, case)
    assert (back["step"], back["since"], back["due_on"], back["batch_id"]) == ("visit", DAY, "2016-03-11", None)
    assert back["returns"] == [{"to": "visit", "reason": "入户情况不清", "on": DAY, "by": "t-cadre"}]
    assert [one["state"] for one in back["steps"]][:3] == ["due", "waiting", "waiting"]
    assert slug(await recorded(registry, case, "discussion", DAY, at=at)) == "case-wrong-step"
    await move_clock(registry, "2016-03-02")
    early = await recorded(registry, case, "visit", "2016-02-29", at=at)
    assert slug(early) == "case-day"
    await done(registry, case, "visit", "discussion", day="2016-03-02", at=at)
    assert [await decided(registry, name, case, at=at) for name in ("review", "decision")] == [[None], [None]]
    rows = await registry.worker.pool.fetch(
        "SELECT step, void FROM case_step WHERE case_id = $1 AND part = '' ORDER BY recorded_at, position", case["id"]
    )
    first_time, second_time = [("visit", True), ("discussion", True)], [("visit", False), ("discussion", False)]
    assert [tuple(row) for row in rows][:4] == first_time + second_time
    verbs = await told(registry, case)
    assert verbs == ["opened", *["advanced"] * 3, "returned", *["advanced"] * 5, "approved"]


@pytest.mark.parametrize(
    ("to", "refusal"), [("review", "not-sent-back"), ("decision", "not-sent-back"), ("dance", "case-no-such-step")]
)
async def test_a_case_is_sent_back_only_to_a_step_before_that_was_done(registry: Api, to: str, refusal: str):
    at = await village(registry)
    case = await opened(registry, at)
    await done(registry, case, "visit", "discussion", day=DAY, at=at)
    assert slug(await send_back(registry, case, to, at)) == refusal


async def test_nothing_is_sent_back_after_the_decision_or_while_an_objection_is_open(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("notice"), step("review"), step("decision"))
    case = await opened(registry, at)
    await done(registry, case, "visit", "notice", day=DAY, at=at)
    notice = (await detail(registry, case))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": notice, "case_id": case["id"], "content": "其子有车"}
    await sent(registry, "/notices/objections", objection, at=at)
    assert slug(await send_back(registry, case, "visit", at, level="village")) == "objection-open"


async def posted(api: Api, *, several: int = 1) -> tuple[str, list[dict[str, Any]]]:
    """A village, and cases whose notice hangs on one sheet."""
    at = await town(api) + "201"
    await ruled(api, at[:9], step("visit"), step("notice"), step("review"), step("decision"))
    cases = [await opened(api, at) for _ in range(several)]
    for case in cases:
        await done(api, case, "visit", day=DAY, at=at)
    hangs = {"step": "notice", "record": {"kind": "notice", "place": "村务公开栏"}}
    await sent(api, "/cases/steps", *({"id": case["id"], **hangs} for case in cases), at=at)
    return at, cases


async def sheet(api: Api, at: str) -> str:
    """Whether the one notice of a village hangs."""
    async with api.client("village_cadre", division=at) as client:
        (one,) = (await client.get("/notices")).json()["items"]
    return str(one["status"])


async def test_a_case_whose_notice_hangs_is_sent_back_and_the_notice_comes_down_with_the_last_case_on_it(
    registry: Api,
):
    at, (one, other) = await posted(registry, several=2)
    refused = await send_back(registry, one, "visit", at, level="county")
    assert slug(refused) == "not-yours-to-return"
    assert refused["problem"]["title"] == "该事项现由村级、乡镇级岗位退回，您的岗位不能退回"
    assert refused["problem"]["offices"] == ["village", "town"]
    answers = [await send_back(registry, one, "visit", at, level="village") for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["accepted", "unchanged"]
    back = await detail(registry, one)
    assert (back["step"], back["notice_until"], back["notice_id"]) == ("visit", None, None)
    assert await sheet(registry, at) == "posted"
    assert (await send_back(registry, other, "visit", at, level="town"))["status"] == "accepted"
    assert await sheet(registry, at) == "ended"
    await move_clock(registry, "2016-03-03")
    await done(registry, one, "visit", "notice", day="2016-03-03", at=at)
    assert (await detail(registry, one))["notice_until"] == "2016-03-10"


async def test_a_case_whose_notice_hangs_is_taken_back_and_the_notice_comes_down(registry: Api):
    at, (case,) = await posted(registry)
    assert slug(await withdraw(registry, case, at, level="town")) == "not-yours-to-withdraw"
    assert (await withdraw(registry, case, at))["status"] == "accepted"
    assert await sheet(registry, at) == "ended"


async def listed(api: Api, at: str, *items: dict[str, Any], level: str = "town", id: str | None = None) -> Any:
    role, digits = OFFICES[level]
    async with api.client(role, division=at[:digits], subject="lister") as client:
        return await client.post("/cases/intakes", json={"id": id or str(uuid7()), "items": list(items)})


async def planned(api: Api) -> str:
    """A village whose procedure begins with a plan list of the town."""
    at = await town(api, "201", "202") + "201"
    list_of_town = {"zh": "年度计划名单", "en": "plan list", "level": "town", "roles": ["town_cadre"]}
    await ruled(api, at[:9], step("visit"), step("decision"), intake=list_of_town)
    return at


async def test_a_procedure_that_begins_with_a_list_takes_several_subjects_together_each_its_own_case(registry: Api):
    at = await planned(registry)
    items = [opening(at), opening(at[:9] + "202"), opening("220621999201")]
    alone = (await sent(registry, "/cases", items[0], at=at))[0]
    assert (slug(alone), alone["problem"]["title"]) == (
        "begins-with-list",
        "此程序从“年度计划名单”开始，须列入名单后办理",
    )
    id = str(uuid7())
    answers = [(await listed(registry, at, *items, id=id)).json()["items"] for _ in range(2)]
    assert [[answer["status"] for answer in one] for one in answers] == [
        ["accepted", "accepted", "refused"],
        ["unchanged", "unchanged", "refused"],
    ]
    later = opening(at)
    assert (await listed(registry, at, later, id=id)).json()["items"][0]["status"] == "accepted"
    async with registry.client("town_cadre", division=at[:9]) as client:
        plan = (await client.get(f"/cases/batches/{id}")).json()
    assert sorted(plan["cases"]) == sorted([items[0]["id"], items[1]["id"], later["id"]])
    assert (plan["step"], plan["sample"]) == ("intake", [])
    assert (await detail(registry, items[0]))["step"] == "visit"
    await done(registry, items[0], "visit", day=DAY, at=at)
    assert await decided(registry, "decision", items[0], at=at) == [None]


async def test_a_plan_list_is_drawn_up_by_the_office_that_the_procedure_names_and_its_id_is_its_own(registry: Api):
    at, free, id = await planned(registry), await village(registry), str(uuid7())
    by_county = await listed(registry, at, opening(at), level="county")
    assert slug(by_county.json()["items"][0]) == "case-not-your-step"
    assert (await listed(registry, at, opening(at), level="village")).status_code == 403
    unasked = await listed(registry, free, opening(free))
    assert slug(unasked.json()["items"][0]) == "no-list-needed"
    assert (await listed(registry, at, opening(at), id=id)).status_code == 200
    other = await planned(registry)
    foreign = await listed(registry, other, opening(other), id=id)
    assert (foreign.status_code, foreign.json()["type"]) == (409, "urn:tuopin:problem:batch-differs")
    async with registry.client("county_office", division=COUNTY) as client:
        assert len((await client.get(f"/cases/batches/{id}")).json()["cases"]) == 1


async def test_who_draws_up_a_plan_list_does_not_decide_on_it(registry: Api):
    at = await planned(registry)
    item = opening(at)
    async with registry.client("town_cadre", division=at[:9], subject="county-decider") as client:
        await client.post("/cases/intakes", json={"id": str(uuid7()), "items": [item]})
    await done(registry, item, "visit", day=DAY, at=at)
    assert await decided(registry, "decision", item, at=at) == ["separate-people"]
