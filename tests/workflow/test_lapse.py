"""Cases whose household moves by itself, or ends, while they are open."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import slug
from tests.support.procedures import batched, detail, done, opened, recorded, ruled, sent, step, town
from tests.support.world import by_two, move_clock, register

DAY = "2016-03-01"
STEPS = [step("visit"), step("notice"), step("review"), step("decision")]


@pytest.fixture(scope="module", autouse=True)
async def today(registry: Api) -> None:
    await move_clock(registry, DAY)


async def place(api: Api, *villages: str) -> str:
    """A town in whose villages households are cleared out by a visit, a notice, a review and a decision."""
    code = await town(api, *villages)
    await ruled(api, code, *STEPS, procedure="removal")
    return code


async def removal(api: Api, home: dict[str, Any], *, posted: bool = True) -> dict[str, Any]:
    """An open case of clearing out a household, whose notice hangs."""
    body = {"id": str(uuid7()), "procedure": "removal", "household_id": home["id"], "ground": "群众反映"}
    assert (await sent(api, "/cases", body, at=home["division"]))[0]["status"] == "accepted"
    await done(api, body, *(("visit", "notice") if posted else ()), day=DAY, at=home["division"])
    return body


def change(kind: str, home: dict[str, Any], reason: str, **parts: Any) -> dict[str, Any]:
    about = {"household_id": home["id"], "effective_on": DAY, "ground": "派出所证明"}
    return {"id": str(uuid7()), "kind": kind, "reason": reason, **about, **parts}


async def changed(api: Api, item: dict[str, Any], role: str = "county_office") -> None:
    (answer,) = await by_two(api, item, role=role)
    assert answer["status"] == "accepted", answer


async def waiting(api: Api, at: str, role: str = "town_cadre") -> list[str]:
    async with api.client(role, division=at) as client:
        return [task["kind"] for task in (await client.get("/tasks")).json()["items"]]


async def notice(api: Api, case: dict[str, Any], at: str) -> dict[str, Any]:
    async with api.client("village_cadre", division=at) as client:
        listed = (await client.get("/notices")).json()["items"]
    id = (await detail(api, case))["notice_id"]
    return next(one for one in listed if one["id"] == id)


async def test_a_household_that_moves_to_another_village_takes_its_open_case_notice_and_objection_along(
    registry: Api,
):
    code = await place(registry, "201", "202")
    old, new = code + "201", code + "202"
    home = await register(registry, 2, village=old)
    case = await removal(registry, home)
    hanging = (await detail(registry, case))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": hanging, "case_id": case["id"], "content": "其家确实困难"}
    await sent(registry, "/notices/objections", objection, at=old, subject="listener")
    await changed(registry, change("move", home, "village_changed", division=new))
    moved = await detail(registry, case)
    assert (moved["division"], moved["step"], moved["status"]) == (new, "notice", "open")
    assert (await notice(registry, case, new))["status"] == "posted"
    assert await waiting(registry, old) == []
    assert await waiting(registry, new) == ["objection"]
    answer = {"id": objection["id"], "upheld": True, "answer": "情况属实"}
    said = await sent(registry, "/notices/objection-answers", answer, at=new, level="town", subject="answerer")
    assert said[0]["status"] == "accepted"
    assert (await detail(registry, case))["status"] == "refused"


@pytest.mark.parametrize(
    ("end", "zh", "en"),
    [
        ("extinct", "该户已不在册（整户自然减少），本事项终止办理", "nobody of the household is left"),
        ("merged", "该户已不在册（并户），本事项终止办理", "households merged"),
        ("removed", "该户已不在册（整户迁出），本事项终止办理", "moved out"),
    ],
)
async def test_a_case_lapses_with_its_reason_when_its_household_ends(registry: Api, end: str, zh: str, en: str):
    at = await place(registry) + "201"
    home = await register(registry, 2, village=at)
    case = await removal(registry, home)
    hanging = (await detail(registry, case))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": hanging, "case_id": case["id"], "content": "其子有车"}
    await sent(registry, "/notices/objections", objection, at=at, subject="listener")
    people = [one["id"] for one in home["members"]]
    if end == "extinct":
        departures = [{"person_id": id, "reason": "death"} for id in people]
        await changed(registry, change("removal", home, "household_extinct", departures=departures))
    elif end == "merged":
        other = await register(registry, 1, village=at)
        members = [{"person_id": id, "relation": "其他"} for id in people]
        await changed(registry, change("merge", home, "merged", merge={"into_id": other["id"], "members": members}))
    else:
        await changed(registry, change("removal", home, "moved_out"))
    ended = await detail(registry, case)
    assert (ended["status"], ended["step"], ended["notice_until"]) == ("lapsed", None, None)
    assert ended["reasons"][-1]["zh"] == zh
    assert en in ended["reasons"][-1]["en"]
    assert await waiting(registry, at) == []
    assert (await notice(registry, case, at))["status"] == "ended"
    late = await recorded(registry, case, "visit", DAY, at=at, subject="somebody-else")
    assert slug(late) == "case-closed"


async def test_a_notice_stays_up_for_those_of_its_cases_that_go_on(registry: Api):
    at = await place(registry) + "201"
    homes = [await register(registry, 1, village=at) for _ in range(2)]
    gone, stays = [await removal(registry, home, posted=False) for home in homes]
    for case in (gone, stays):
        await done(registry, case, "visit", day=DAY, at=at)
    posting = {"kind": "notice", "place": "村务公开栏"}
    together = [{"id": case["id"], "step": "notice", "record": posting} for case in (gone, stays)]
    await sent(registry, "/cases/steps", *together, at=at)
    await changed(registry, change("removal", homes[0], "moved_out"))
    assert (await notice(registry, stays, at))["status"] == "posted"
    assert [(await detail(registry, case))["status"] for case in (gone, stays)] == ["lapsed", "open"]
    item = {"id": stays["id"], "reason": "重新核实"}
    assert (await sent(registry, "/cases/withdrawals", item, at=at))[0]["status"] == "accepted"
    assert (await notice(registry, stays, at))["status"] == "ended"


async def test_a_decision_that_clears_out_a_household_ends_its_own_case_as_approved(registry: Api):
    at = await place(registry) + "201"
    home = await register(registry, 1, village=at)
    case = await removal(registry, home)
    await move_clock(registry, "2016-03-08")
    for name in ("review", "decision"):
        await batched(registry, name, case, at=at)
        item = {"id": case["id"], "approve": True, "reason": "属实"}
        level = "town" if name == "review" else "county"
        answers = await sent(registry, "/cases/decisions", item, at=at, level=level, subject=f"{level}-decider")
        assert answers[0]["status"] == "accepted", answers
    assert (await detail(registry, case))["status"] == "approved"


async def test_the_end_of_a_household_leaves_cases_of_others_alone(registry: Api):
    at = await place(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("decision"))
    newcomer = await opened(registry, at)
    home = await register(registry, 1, village=at)
    await changed(registry, change("removal", home, "moved_out"))
    assert (await detail(registry, newcomer))["status"] == "open"
