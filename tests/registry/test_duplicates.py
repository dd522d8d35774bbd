"""Persons who may be registered twice: found with reasons that anybody can check, decided once."""

from datetime import date

import pytest
from hypothesis import given, strategies

from services.registry.verification.duplicates import rules
from shared.names.ids import uuid7
from tests.registry import test_imports as imports
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, identity_number, member
from tests.support.world import by_two, decide, move_clock, register, villages

BORN = date(1960, 5, 4)


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


async def person(api: Api, name: str, born: date = BORN, village: str = VILLAGE, **facts: object) -> dict:
    people = [member(name=name, born=born)]
    body = await register(api, members=people, village=village, phone=None, **facts)
    return body["members"][0]


async def like(api: Api, one: dict, division: str = "220622") -> dict[str, list[str]]:
    """Who may be the same as a person, with the codes of the reasons."""
    async with api.client("county_office", division=division) as client:
        answer = await client.get(f"/persons/{one['id']}/duplicates")
    assert answer.status_code == 200, answer.text
    for pair in answer.json():
        points = sum(reason["points"] for reason in pair["reasons"])
        assert pair["score"] == max(0, min(100, points)) >= 60
        assert all(reason["zh"] and reason["en"] for reason in pair["reasons"])
    return {pair["other"]["name"]: [reason["code"] for reason in pair["reasons"]] for pair in answer.json()}


async def test_same_name_and_birth_day_are_found_across_villages_with_their_reasons(registry: Api):
    here, _ = await person(registry, "郑成功"), await person(registry, "郑成功", village=OTHER_VILLAGE)
    assert await like(registry, here) == {"郑成功": ["same_name", "same_birth"]}


async def test_a_name_that_sounds_the_same_or_nearly_so_is_found_in_the_village(registry: Api):
    here = await person(registry, "李晓明", date(1961, 1, 1))
    await person(registry, "李小明", date(1961, 1, 1))
    await person(registry, "李小民", date(1961, 1, 1))
    await person(registry, "李小名", date(1961, 1, 2))
    await person(registry, "高大上", date(1961, 1, 1))
    assert await like(registry, here) == {
        "李小明": ["same_sound", "same_birth", "same_village"],
        "李小民": ["similar_name", "same_birth", "same_village"],
    }


async def test_members_of_one_household_are_not_doubted(registry: Api):
    twins = [member(name="双大", born=date(1962, 2, 2)), member("其他", name="双大", born=date(1962, 2, 2))]
    body = await register(registry, members=twins)
    assert await like(registry, body["members"][0]) == {}


async def test_an_old_number_of_fifteen_digits_is_known_as_the_same(registry: Api):
    number = identity_number(date(1963, 3, 3))
    one = await register(registry, members=[member(name="马超") | {"identity_number": number}], phone=None)
    old = number[:6] + number[8:17]
    lines = imports.home(1, 姓名="马岱", 证件号码=old, 性别="男", 出生日期="1963-03-03")
    state = await imports.load(registry, imports.file(lines, header=[*imports.HEADER, "性别", "出生日期"]))
    assert (state["created"], state["errors"]) == (1, [])
    assert "same_number" in (await like(registry, one["members"][0]))["马岱"]
    other = await registry.worker.pool.fetchval("SELECT id FROM person WHERE name = '马岱'")
    found = await like(registry, {"id": str(other)})
    assert "same_number" in found["马超"]


@given(serial=strategies.integers(0, 999), born=strategies.dates(date(1900, 1, 1), date(1999, 12, 31)))
def test_a_number_in_old_and_new_form_is_one_number(serial: int, born: date):
    body = f"220622{born:%Y%m%d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    assert rules.long_form(body[:6] + body[8:]) == number
    assert rules.long_form(number + "43") == rules.long_form(number + "43B1") == number


async def test_who_was_found_different_is_not_shown_again(registry: Api):
    here, there = await person(registry, "吴用"), await person(registry, "吴用")
    decision = {
        "id": str(uuid7()), "person_id": there["id"], "other_id": here["id"], "verdict": "different",
        "ground": "走访核实为同名两人",
    }  # fmt: skip
    assert "吴用" in await like(registry, here)
    assert (await decide(registry, "/duplicates/decisions", decision, role="village_cadre"))[0][
        "status"
    ] == "accepted"
    assert await like(registry, here) == await like(registry, there) == {}
    again = await decide(registry, "/duplicates/decisions", decision, role="village_cadre")
    other = await decide(
        registry, "/duplicates/decisions", decision | {"id": str(uuid7()), "verdict": "same"}, role="town_cadre"
    )
    assert again[0]["status"] == "unchanged"
    assert other[0]["problem"]["type"] == "urn:tuopin:problem:decided-already"
    async with registry.client("auditor") as client:
        listed = (await client.get("/duplicates/decisions")).json()["items"]
    assert ("different", "走访核实为同名两人") in [(row["verdict"], row["ground"]) for row in listed]


async def test_a_duplicate_that_was_removed_is_no_longer_listed(registry: Api):
    here = await person(registry, "林冲")
    twice = await register(registry, members=[member(name="林冲", born=BORN)], phone=None)
    assert "林冲" in await like(registry, here)
    removal = {
        "id": str(uuid7()), "kind": "removal", "household_id": twice["id"], "effective_on": "2016-02-01",
        "reason": "duplicate", "ground": "重复录入",
    }  # fmt: skip
    assert (await by_two(registry, removal, role="county_office"))[0]["status"] == "accepted"
    assert await like(registry, here) == {}


async def test_the_list_of_a_division_shows_each_pair_once_on_whatever_pages(registry: Api):
    here = await person(registry, "武松", date(1970, 7, 7), OTHER_VILLAGE)
    there = await person(registry, "武松", date(1970, 7, 7), OTHER_VILLAGE)
    async with registry.client("town_cadre", division=OTHER_VILLAGE[:9]) as client:
        whole = (await client.get("/duplicates?limit=1000")).json()
        singly, cursor = [], ""
        while cursor is not None:
            page = (await client.get(f"/duplicates?limit=1{cursor and '&cursor=' + cursor}")).json()
            singly, cursor = singly + page["items"], page["next"]
    pairs = [{pair["person"]["person_id"], pair["other"]["person_id"]} for pair in whole["items"]]
    assert pairs.count({here["id"], there["id"]}) == 1
    assert singly == whole["items"]


async def test_the_next_township_sees_no_pair_and_decides_nothing(registry: Api):
    here, there = await person(registry, "宋江"), await person(registry, "宋江")
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        one = await client.get(f"/persons/{here['id']}/duplicates")
        decision = {
            "id": str(uuid7()), "person_id": here["id"], "other_id": there["id"], "verdict": "same",
            "ground": "同一人",
        }  # fmt: skip
        answer = await client.post("/duplicates/decisions", json={"items": [decision]})
    assert one.status_code == 404
    assert answer.json()["items"][0]["problem"]["type"] == "urn:tuopin:problem:no-such-person"
