"""Labels on households, and lists narrowed by them and by what a household is."""

import itertools
import json

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import by_two, decide, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


def label(body: dict, text: str = "重点户", **facts: object) -> dict:
    return {"id": str(uuid7()), "household_id": body["id"], "label": text, "on": "2016-02-01", **facts}


async def listed(api: Api, division: str = "220622", **asked: object) -> list[str]:
    async with api.client("county_office", division=division) as client:
        answer = await client.get("/households", params=asked | {"limit": 1000})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


async def refusal(api: Api, item: dict, role: str = "county_office") -> str | None:
    answer = (await decide(api, "/labels", item, role=role))[0]
    return answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None


async def test_a_labelled_household_is_listed_under_its_label_until_the_label_ends(registry: Api):
    body, bare = await register(registry), await register(registry)
    given = label(body, ground="走访发现")
    answers = await decide(registry, "/labels", given, role="village_cadre")
    assert answers[0]["status"] == "accepted"
    assert body["id"] in await listed(registry, label="重点户")
    assert bare["id"] not in await listed(registry, label="重点户")
    await decide(registry, "/labels", label(body, action="end", on="2016-02-20"), role="village_cadre")
    assert body["id"] not in await listed(registry, label="重点户")
    async with registry.client("auditor") as client:
        story = (await client.get("/labels", params={"household_id": body["id"]})).json()["items"]
    assert [(one["label"], one["begins_on"], one["ends_on"]) for one in story] == [
        ("重点户", "2016-02-01", "2016-02-20")
    ]


async def test_labels_are_set_in_lists_and_one_refusal_spoils_no_other(registry: Api):
    bodies = [await register(registry) for _ in range(4)]
    items = [label(body, "边缘户") for body in bodies] + [label(bodies[0], "好人户")]
    answers = await decide(registry, "/labels", *items, role="county_office")
    assert [answer["status"] for answer in answers] == ["accepted"] * 4 + ["refused"]
    again = await decide(registry, "/labels", *items[:4], role="county_office")
    assert {answer["status"] for answer in again} == {"unchanged"}


async def test_a_label_that_does_not_fit_is_refused_with_its_reason(registry: Api):
    body = await register(registry)
    given = label(body)
    assert await refusal(registry, given) is None
    assert await refusal(registry, label(body)) == "labelled-already"
    assert await refusal(registry, given | {"label": "边缘户"}) == "label-differs"
    assert await refusal(registry, label(body, "边缘户", on="2016-03-02")) == "label-in-future"
    assert await refusal(registry, label(body, "不存在")) == "label-unknown"
    assert await refusal(registry, label(body, "监测户", action="end")) == "not-labelled"
    assert await refusal(registry, label(body, action="end", on="2016-01-31")) == "ends-before-it-began"
    assert await refusal(registry, label({"id": str(uuid7())})) == "no-such-household"


async def test_a_label_can_end_and_be_set_anew_in_one_list(registry: Api):
    body = await register(registry)
    await decide(registry, "/labels", label(body), role="county_office")
    items = [label(body, action="end"), label(body, on="2016-02-10")]
    answers = await decide(registry, "/labels", *items, role="county_office")
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    assert body["id"] in await listed(registry, label="重点户")


async def test_a_label_goes_with_a_household_that_moves(registry: Api):
    body = await register(registry)
    await decide(registry, "/labels", label(body, "独居老人户"), role="county_office")
    move = {
        "id": str(uuid7()), "kind": "move", "household_id": body["id"], "effective_on": "2016-02-15",
        "reason": "village_changed", "division": OTHER_VILLAGE,
    }  # fmt: skip
    answers = await by_two(registry, move, role="county_office")
    assert answers[0]["status"] == "accepted", answers
    assert await listed(registry, OTHER_VILLAGE, label="独居老人户") == [body["id"]]
    assert await listed(registry, VILLAGE, label="独居老人户") == []


async def test_a_list_is_narrowed_by_everything_that_is_asked(registry: Api):
    facts = {"main_cause": ["因病", "因残"], "attribute": ["一般贫困户", "低保贫困户"], "unsafe_house": [True, False]}
    bodies = {
        combination: await register(
            registry, size, village="220622100201", identified_on=day, **dict(zip(facts, combination, strict=True))
        )
        for size, (day, combination) in enumerate(
            itertools.product(("2013-05-01", "2014-05-01"), itertools.product(*facts.values())), 1
        )
        if size <= 8
    }
    params = ("cause", "attribute", "unsafe_house")
    for combination, body in bodies.items():
        asked = dict(zip(params, (*combination[:2], json.dumps(combination[2])), strict=True))
        year, size = body["identified_on"][:4], len(body["members"])
        for width in range(4):
            for some in itertools.combinations(asked, width):
                assert body["id"] in await listed(registry, **{name: asked[name] for name in some})
        assert await listed(registry, **asked, year=year, size_min=size, size_max=size) == [body["id"]]
        assert body["id"] not in await listed(registry, **asked, size_min=size + 1)
        assert body["id"] not in await listed(registry, **asked, year=int(year) + 1)


async def test_a_list_that_cannot_be_is_refused(registry: Api):
    async with registry.client("county_office") as client:
        crossed = await client.get("/households", params={"size_min": 5, "size_max": 2})
        unknown = await client.get("/households", params={"colour": "red"})
    assert (crossed.status_code, crossed.json()["field"]) == (422, "size_min")
    assert unknown.status_code == 422


async def test_labels_of_another_village_are_not_seen(registry: Api):
    body = await register(registry)
    await decide(registry, "/labels", label(body), role="county_office")
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        seen = (await client.get("/labels", params={"household_id": body["id"]})).json()["items"]
        answer = await client.post("/labels", json={"items": [label(body, "边缘户")]})
    assert seen == []
    assert answer.json()["items"][0]["problem"]["type"] == "urn:tuopin:problem:no-such-household"
