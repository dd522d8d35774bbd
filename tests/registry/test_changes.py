"""Changes to the register, year statistics, exits by event, imports."""

from typing import Any
from uuid import UUID

import pytest

from services.registry.register.codes import KINDS, reasons
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, member
from tests.support.world import by_two, leave_poverty, move_clock, register, villages


def change(kind: str, household_id: str, day: str, reason: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": kind,
        "household_id": household_id,
        "effective_on": day,
        "reason": reason,
        **more,
    }


async def year(api: Api, number: int, **params: Any) -> dict[str, Any]:
    async with api.client("auditor") as client:
        answer = await client.get(f"/years/{number}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def figure(api: Api, name: str, **params: Any) -> int:
    """A figure, proven: the rows behind it are paged through and add up to it."""
    async with api.client("auditor") as client:
        value = (await client.get(f"/figures/{name}", params=params)).json()
        first = f"{value['rows']}{'&' if '?' in value['rows'] else '?'}limit=2"
        total, rows = 0, first
        while rows:
            page = (await client.get(f"http://tuopin.test{rows}")).json()
            total += sum(row["adds"] for row in page["items"])
            rows = page["next"] and f"{first}&cursor={page['next']}"
    assert total == value["value"]
    return total


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2014-12-05")


async def test_a_year_bridge_explains_every_household_and_person_by_reason(registry: Api):
    start = await year(registry, 2015)
    small, large, other = [await register(registry, size) for size in (1, 4, 2)]
    await move_clock(registry, "2015-06-10")
    newcomer = household(3, identified_on="2015-06-01")
    answers = await by_two(
        registry,
        change("removal", small["id"], "2015-03-01", "wrongly_included"),
        change("member_added", large["id"], "2015-04-01", "birth", member=member("之孙子", labour=None)),
        change("member_left", other["id"], "2015-05-01", "death", person_id=other["members"][1]["id"]),
        change("new_entry", newcomer["id"], "2015-06-05", "omitted", household=newcomer),
        role="county_office",
    )
    assert [answer["status"] for answer in answers] == ["accepted"] * 4
    after = await year(registry, 2015)
    spans = {span["reason"]: (span["households"], span["persons"]) for span in after["bridge"]}
    assert spans["wrongly_included"] == (-1, -1)
    assert {(s["zh"], s["en"]) for s in after["bridge"] if s["reason"] == "birth"} == {("新生儿", "birth")}
    assert spans["birth"] == (0, 1)
    assert spans["death"] == (0, -1)
    assert spans["omitted"] == (1, 3)
    for what in ("households", "persons"):
        assert after["opening"][what] + sum(s[what] for s in after["bridge"]) == after["closing"][what]
    assert after["opening"]["households"] - start["opening"]["households"] == 3
    assert await figure(registry, "opening-households", year=2015) == after["opening"]["households"]
    assert await figure(registry, "opening-persons", year=2015) == after["opening"]["persons"]
    assert await figure(registry, "change-persons", year=2015) == sum(s["persons"] for s in after["bridge"])


async def test_the_list_of_changes_can_be_paged_through_without_gap_or_repeat(registry: Api):
    for _ in range(3):
        await register(registry)
    async with registry.client("auditor") as client:
        rows = (await client.get("/changes?limit=1000")).json()["items"]
        whole = [row["id"] for row in rows]
        paged, cursor = [], ""
        while cursor is not None:
            page = (await client.get(f"/changes?limit=2{cursor and '&cursor=' + cursor}")).json()
            paged += [row["id"] for row in page["items"]]
            cursor = page["next"]
    assert paged == whole
    assert len(whole) >= 3
    said = {tuple(row[name] for name in ("kind", "kind_zh", "kind_en", "reason", "zh", "en")) for row in rows}
    assert ("registration", "登记入库", "registration", "identified", "识别纳入", "identified") in said


def test_every_kind_of_change_has_words():
    assert set().union(*reasons().values()) == set(KINDS)


async def test_a_removed_household_can_be_restored_and_both_days_remain_askable(registry: Api):
    body = await register(registry, 2)
    await move_clock(registry, "2015-07-01")
    remove = change("removal", body["id"], "2015-06-20", "wrongly_included")
    restore = change("restoration", body["id"], "2015-06-25", "restored")
    for item in (remove, restore):
        [answer] = await by_two(registry, item, role="county_office")
        assert answer["status"] == "accepted", answer
    async with registry.client("auditor") as client:
        states = [
            (await client.get(f"/households/{body['id']}/as-of", params={"as_of": day})).json()["status"]
            for day in ("2015-06-19", "2015-06-20", "2015-06-24", "2015-06-25")
        ]
        known = {"as_of": "2015-06-21", "known_at": "2015-06-15T00:00:00+08:00"}
        earlier = await client.get(f"/households/{body['id']}/as-of", params=known)
    assert states == ["registered", "removed", "removed", "registered"]
    assert earlier.json()["status"] == "registered"


async def test_the_same_change_again_is_unchanged_and_with_other_content_refused(registry: Api):
    body = await register(registry)
    item = change("removal", body["id"], "2015-06-26", "moved_out")
    first = await by_two(registry, item, role="county_office")
    again = await by_two(registry, item, role="county_office")
    other = await by_two(registry, item | {"reason": "duplicate"}, role="county_office")
    assert [answers[0]["status"] for answers in (first, again, other)] == ["accepted", "unchanged", "refused"]


async def test_one_refused_change_leaves_the_others_alone_and_says_why(registry: Api):
    good, bad = await register(registry), await register(registry)
    answers = await by_two(
        registry,
        change("removal", bad["id"], "2015-06-26", "birth"),
        change("restoration", bad["id"], "2015-06-26", "restored"),
        change("removal", good["id"], "2015-06-26", "moved_out"),
        change("removal", str(uuid7()), "2015-06-26", "moved_out"),
        change("removal", bad["id"], "2099-01-01", "moved_out"),
        role="county_office",
    )
    assert [answer["status"] for answer in answers] == ["refused", "refused", "accepted", "refused", "refused"]
    slugs = [answer["problem"]["type"].rsplit(":", 1)[1] for answer in answers if answer["problem"]]
    assert slugs == ["reason-does-not-fit", "not-removed", "no-such-household", "effective-in-future"]
    assert answers[0]["problem"]["field"] == "items[0].reason"


async def test_when_the_head_dies_another_member_becomes_head(registry: Api):
    body = await register(registry, 2)
    head, heir = (person["id"] for person in body["members"])
    death = change("member_left", body["id"], "2015-06-27", "death", person_id=head)
    assert (await by_two(registry, death, role="county_office"))[0]["status"] == "refused"
    death = death | {"id": str(uuid7()), "successor_id": heir}
    assert (await by_two(registry, death, role="county_office"))[0]["status"] == "accepted"
    async with registry.client("auditor") as client:
        now = (await client.get(f"/households/{body['id']}")).json()
    assert [(person["id"], person["relation"]) for person in now["members"]] == [(heir, "户主")]


async def test_a_town_cannot_change_a_household_of_another_town(registry: Api):
    body = await register(registry, village=OTHER_VILLAGE)
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        item = change("removal", body["id"], "2015-06-27", "moved_out")
        answer = (await client.post("/changes", json={"items": [item]})).json()["items"][0]
    assert answer["problem"]["type"] == "urn:tuopin:problem:no-such-household"


async def test_knowledge_that_comes_after_the_close_stands_beside_the_frozen_year(registry: Api):
    body = await register(registry, 5)
    await move_clock(registry, "2016-01-10")
    before = await year(registry, 2015)
    async with registry.client("county_leader") as client:
        closing = {"division": "220622", "year": 2015}
        assert (await client.post("/year-closings", json=closing)).status_code == 201
        assert (await client.post("/year-closings", json=closing)).status_code == 409
        assert (await client.post("/year-closings", json=closing | {"year": 2016})).status_code == 422
    await move_clock(registry, "2016-02-01")
    await leave_poverty(registry, body["id"], "2015-12-20")
    frozen, following = await year(registry, 2015), await year(registry, 2016, by="village")
    assert frozen["closing"] == before["closing"] == following["opening"]
    span = next(span for span in following["bridge"] if span["late"])
    assert (span["reason"], span["households"], span["persons"]) == ("exited", -1, -5)
    assert sum(part["closing"]["persons"] for part in following["parts"]) == following["closing"]["persons"]
    assert await figure(registry, "opening-persons", year=2016) == following["opening"]["persons"]


async def test_an_approved_exit_marks_the_household_once_however_often_it_is_told(registry: Api):
    body = await register(registry, 3, identified_on="2016-01-15")
    await move_clock(registry, "2016-11-20")
    decision, before = str(uuid7()), await figure(registry, "exits-persons", year=2016)
    for _ in range(3):
        await leave_poverty(registry, body["id"], "2016-11-15", decision)
    async with registry.client("auditor") as client:
        now = (await client.get(f"/households/{body['id']}")).json()
        story = (await client.get(f"/households/{body['id']}/history")).json()
    assert (now["status"], now["version"], UUID(decision).version) == ("exited", 2, 7)
    assert [(chapter["kind"], chapter["effective_on"]) for chapter in story][1] == ("exit", "2016-11-15")
    assert await figure(registry, "exits-persons", year=2016) == before + 3
