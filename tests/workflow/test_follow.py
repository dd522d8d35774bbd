"""A village that is merged or split takes its open cases, their notices, objections and batches along."""

import json
from typing import Any

import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import PAPER, slug
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
from tests.support.world import move_clock, register

DAY = "2016-03-01"


@pytest.fixture(scope="module", autouse=True)
async def today(registry: Api) -> None:
    await move_clock(registry, DAY)


async def redivided(api: Api, path: str, **body: Any) -> dict[str, Any]:
    async with api.client("county_office", division=COUNTY) as client:
        answer = await client.post(f"/divisions/{path}", json={"id": str(uuid7()), "ground": "省民政厅批复", **body})
    assert answer.status_code == 200, answer.text
    while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        continue
    return answer.json()


async def merged(api: Api, codes: list[str], into: str, day: str = "2016-03-01") -> None:
    await redivided(api, "mergers", codes=codes, into={"code": into, "name": "合心村"}, day=day)


async def procedure(api: Api, *villages: str, steps: list[dict[str, Any]] | None = None) -> str:
    """A town whose villages visit, post a notice, review and decide; answers its code."""
    code = await town(api, *villages)
    await ruled(api, code, *(steps or [step("visit"), step("notice"), step("review"), step("decision")]))
    return code


async def worklist(api: Api, at: str, role: str = "village_cadre") -> list[str]:
    async with api.client(role, division=at) as client:
        return [one["id"] for one in (await client.get("/cases", params={"limit": 1000})).json()["items"]]


async def published(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    """What the last event of a case says of it."""
    row = await api.worker.pool.fetchrow(
        """SELECT type, convert_from(payload, 'UTF8') AS said FROM outbox WHERE headers ->> 'subject' = $1
        ORDER BY (headers ->> 'sequence')::integer DESC LIMIT 1""",
        case["id"],
    )
    return {"verb": row["type"].split(".")[2], **json.loads(row["said"])}


async def test_a_case_in_a_village_that_is_merged_is_finished_in_the_new_one(registry: Api):
    code = await procedure(registry, "201", "202")
    old, new = code + "201", code + "202"
    case = await opened(registry, old)
    await done(registry, case, "visit", day=DAY, at=old)
    due = (await detail(registry, case))["due_on"]
    await merged(registry, [old], new)
    moved = await detail(registry, case)
    assert (moved["division"], moved["step"], moved["due_on"]) == (new, "notice", due)
    assert await worklist(registry, old) == []
    assert await worklist(registry, new) == [case["id"]]
    said = await published(registry, case)
    assert (said["verb"], said["division"]) == ("moved", new)
    await done(registry, case, "notice", day=DAY, at=new)
    await move_clock(registry, "2016-03-08")
    assert [await decided(registry, name, case, at=new) for name in ("review", "decision")] == [[None], [None]]
    async with registry.client("village_cadre", division=new) as client:
        home = (await client.get(f"/households/{case['household_id']}")).json()
    assert (home["division"], home["status"]) == (new, "registered")


async def test_a_household_of_the_register_takes_its_case_along_and_a_new_case_is_not_blocked(registry: Api):
    code = await procedure(registry, "201", "202")
    await ruled(registry, code, step("visit"), step("decision"), procedure="removal")
    old, new = code + "201", code + "202"
    home = await register(registry, 2, village=old)
    body = {"id": str(uuid7()), "procedure": "removal", "household_id": home["id"], "ground": "群众反映"}
    assert (await sent(registry, "/cases", body, at=old))[0]["status"] == "accepted"
    await merged(registry, [old], new, "2016-03-08")
    assert await worklist(registry, new) == [body["id"]]
    again = {**body, "id": str(uuid7())}
    assert slug((await sent(registry, "/cases", again, at=new))[0]) == "case-open"
    item = {"id": body["id"], "reason": "改按新村办理"}
    assert (await sent(registry, "/cases/withdrawals", item, at=new, subject="new-cadre"))[0]["status"] == "accepted"
    assert (await sent(registry, "/cases", again, at=new))[0]["status"] == "accepted"


async def test_what_is_decided_stays_where_it_was_decided(registry: Api):
    code = await procedure(registry, "201", "202", steps=[step("visit"), step("decision")])
    old, new = code + "201", code + "202"
    case = await opened(registry, old)
    await done(registry, case, "visit", day=DAY, at=old)
    assert await decided(registry, "decision", case, at=old) == [None]
    await merged(registry, [old], new, "2016-03-08")
    assert (await detail(registry, case))["division"] == old


async def test_a_notice_that_hangs_and_an_objection_to_it_go_along(registry: Api):
    code = await procedure(registry, "201", "202")
    old, new = code + "201", code + "202"
    cases = [await opened(registry, old) for _ in range(2)]
    for case in cases:
        await done(registry, case, "visit", day="2016-03-08", at=old)
    posting = {"kind": "notice", "place": "村务公开栏"}
    together = [{"id": case["id"], "step": "notice", "record": posting} for case in cases]
    await sent(registry, "/cases/steps", *together, at=old)
    notice = (await detail(registry, cases[0]))["notice_id"]
    first = {"id": str(uuid7()), "notice_id": notice, "case_id": cases[0]["id"], "content": "其子有车"}
    await sent(registry, "/notices/objections", first, at=old)
    await merged(registry, [old], new, "2016-03-08")
    second = {"id": str(uuid7()), "notice_id": notice, "case_id": cases[1]["id"], "content": "在城里有房"}
    assert (await sent(registry, "/notices/objections", second, at=new, subject="listener"))[0][
        "status"
    ] == "accepted"
    answers = [{"id": one["id"], "upheld": False, "answer": "经核实不属实"} for one in (first, second)]
    replies = await sent(registry, "/notices/objection-answers", *answers, at=new, level="town", subject="answerer")
    assert {reply["status"] for reply in replies} == {"accepted"}
    assert [(await detail(registry, case))["notice_until"] for case in cases] == ["2016-03-15"] * 2
    async with registry.client("village_cadre", division=new) as client:
        assert (await client.get(f"/notices/{notice}")).json()["division"] == new


async def test_a_list_of_households_that_hangs_goes_along_with_what_was_said_against_it(registry: Api):
    code = await procedure(registry, "201", "202")
    old, new = code + "201", code + "202"
    await register(registry, 2, village=old)
    body = {"id": str(uuid7()), "kind": "household_list", "division": old, "place": "村务公开栏"}
    async with registry.client("village_cadre", division=old) as client:
        assert (await client.post("/notices", json=body)).status_code == 201
    objection = {"id": str(uuid7()), "notice_id": body["id"], "content": "甲家有房"}
    await sent(registry, "/notices/objections", objection, at=old)
    await merged(registry, [old], new, "2016-03-08")
    async with registry.client("town_cadre", division=new[:9]) as client:
        listed = (await client.get(f"/notices/{body['id']}/objections")).json()["items"]
    assert [(one["id"], one["division"]) for one in listed] == [(objection["id"], new)]


async def test_a_village_that_is_split_gives_each_case_to_the_part_where_its_household_goes(registry: Api):
    code = await procedure(registry, "201")
    old, north, south = code + "201", code + "211", code + "212"
    await ruled(registry, code, step("visit"), step("decision"), procedure="removal")
    homes = [await register(registry, 2, village=old) for _ in range(2)]
    bodies = [
        {"id": str(uuid7()), "procedure": "removal", "household_id": home["id"], "ground": "群众反映"}
        for home in homes
    ]
    await sent(registry, "/cases", *bodies, at=old)
    newcomers = [await opened(registry, old) for _ in range(2)]
    into = [{"code": north, "name": "北村"}, {"code": south, "name": "南村"}]
    goes = [{"household_id": home["id"], "into": part} for home, part in zip(homes, (north, south), strict=True)]
    body = {"code": old, "into": into, "day": "2016-03-08", "households": goes, "natural_villages": []}
    placed = [{"case_id": case["id"], "into": part} for case, part in zip(newcomers, (south, north), strict=True)]
    for cases in ([], placed[:1], [*placed, {"case_id": str(uuid7()), "into": north}]):
        async with registry.client("county_office", division=COUNTY) as client:
            asked = {"id": str(uuid7()), "ground": "省民政厅批复", **body, "cases": cases}
            refused = await client.post("/divisions/splits", json=asked)
        assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[1]) == (422, "not-assigned")
        number = 2 - len(cases) if len(cases) < 2 else 1
        assert f"{number}件未登记户的办理事项没有指定去向" in refused.json()["title"]
    await redivided(registry, "splits", **body, cases=placed)
    assert [(await detail(registry, case))["division"] for case in bodies] == [north, south]
    assert [(await detail(registry, case))["division"] for case in newcomers] == [south, north]
    assert await worklist(registry, old) == []


async def test_a_case_that_goes_to_another_town_leaves_the_batch_of_the_old_one(registry: Api):
    steps = [step("visit"), step("review"), step("decision")]
    here, there = [await procedure(registry, "201", "202", steps=steps) for _ in range(2)]
    old, new = here + "201", there + "201"
    leaving, staying = await opened(registry, old), await opened(registry, here + "202")
    for case, at in ((leaving, old), (staying, here + "202")):
        await done(registry, case, "visit", day="2016-03-08", at=at)
    batch = await batched(registry, "review", leaving, staying, at=old)
    await merged(registry, [old], new, "2016-03-08")
    assert (await detail(registry, leaving))["batch_id"] is None
    async with registry.client("town_cadre", division=here) as client:
        assert (await client.get(f"/cases/batches/{batch}")).json()["cases"] == [staying["id"]]
    assert await decided(registry, "review", leaving, at=new) == [None]


async def test_a_town_that_is_merged_takes_its_batches_along(registry: Api):
    steps = [step("visit"), step("review"), step("decision")]
    here, there = [await procedure(registry, "201", steps=steps) for _ in range(2)]
    at, now = here + "201", there + "202"
    case = await opened(registry, at)
    await done(registry, case, "visit", day="2016-03-08", at=at)
    batch = await batched(registry, "review", case, at=at)
    into = {"code": there, "name": "合并镇"}
    recoded = [{"code": at, "into": now}]
    await redivided(registry, "mergers", codes=[here], into=into, day="2016-03-08", villages=recoded)
    assert (await detail(registry, case))["division"] == now
    async with registry.client("town_cadre", division=there) as client:
        assert (await client.get(f"/cases/batches/{batch}")).json()["cases"] == [case["id"]]
    item = {"id": case["id"], "approve": True, "reason": "属实"}
    (answer,) = await sent(registry, "/cases/decisions", item, at=now, level="town", subject="town-decider")
    assert answer["status"] == "accepted", answer


async def test_papers_that_a_case_names_are_asked_for_where_they_were_named(registry: Api):
    code = await procedure(registry, "201", "202")
    old, new = code + "201", code + "202"
    case = await opened(registry, old)
    await recorded(registry, case, "visit", "2016-03-08", at=old, photos=[PAPER])
    await merged(registry, [old], new, "2016-03-08")
    assert opening(new)["household"]["division"] == new
    async with registry.client("town_cadre", division=code) as client:
        missing = (await client.get("/attachments/missing")).json()["items"]
    assert [one["division"] for one in missing] == [old]
