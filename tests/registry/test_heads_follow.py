"""A head who dies, hands over or is corrected: cases, notices that hang, and certificates name who is head by now."""

from typing import Any

import pytest

from tests.registry.test_cancellations import cancel
from tests.registry.test_cases import at_seed_notice
from tests.registry.test_certificates import certificates, issue
from tests.registry.test_late_changes import correct, heads, leaves, made, who
from tests.registry.test_notices import body, printed
from tests.support.api import Api
from tests.support.cases import detail, opened
from tests.support.people import VILLAGE, member
from tests.support.world import move_clock, register, villages

LIVING = {"labour": "普通劳动力"}


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-06-10")


async def named(api: Api, head: str, heir: str, village: str = VILLAGE) -> dict[str, Any]:
    """A household of a head and a grown son."""
    people = [member() | {"name": head}, member("之子", **LIVING) | {"name": heir}]
    return await register(api, members=people, village=village)


def dies(home: dict[str, Any], day: str) -> dict[str, Any]:
    return leaves(home, 0, day, successor_id=who(home, 1))


async def notice_of(api: Api, id: str) -> dict[str, Any]:
    async with api.client("town_cadre", division=VILLAGE[:9]) as client:
        answer = await client.get(f"/notices/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(notice: dict[str, Any]) -> list[str]:
    at = notice["columns"].index("head_name")
    return [row[at] for row in notice["rows"]]


async def test_a_case_is_about_the_son_once_the_head_has_died_and_the_notice_names_him(registry: Api):
    home = await named(registry, "周老户主", "周接任")
    case = await opened(registry, "removal", at=VILLAGE, household_id=home["id"])
    assert (await detail(registry, case, VILLAGE))["name"] == "周老户主"
    await made(registry, dies(home, "06-05"))
    now = await detail(registry, case, VILLAGE)
    assert (now["name"], now["size"]) == ("周接任", 1)


async def test_a_notice_that_hangs_keeps_its_row_and_says_below_who_is_head_now(registry: Api):
    home = await named(registry, "吴老户主", "吴接任")
    posted = body()
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answer = await client.post("/notices", json=posted)
        assert answer.status_code == 201, answer.text
    before = await notice_of(registry, posted["id"])
    place = names(before).index("吴老户主") + 1
    assert before["corrections"] == []
    await correct(registry, home, 1, "2016-06-06", land_mu="6.25")
    assert (await notice_of(registry, posted["id"]))["corrections"] == []
    await made(registry, dies(home, "06-05"))
    after = await notice_of(registry, posted["id"])
    assert names(after) == names(before)
    sentence = f"第{place}号户主由吴老户主更正为吴接任（2016年6月10日）"
    assert [one["zh"] for one in after["corrections"]] == [sentence]
    async with registry.client("village_cadre", division=VILLAGE) as client:
        page = await client.get(f"/notices/{posted['id']}/page")
        paper = await client.get(f"/notices/{posted['id']}/pdf")
    assert f"更正：{sentence}。" in page.text
    assert f"更正：{sentence}。" in printed(paper.content)


async def test_a_head_who_dies_in_the_middle_of_a_notice_is_named_right_by_case_and_notice_and_the_case_goes_on(
    registry: Api,
):
    home = await named(registry, "卫老户主", "卫接任")
    case = await at_seed_notice(registry, "2016-06-10", "removal", at=VILLAGE, household_id=home["id"])
    before = await detail(registry, case, VILLAGE)
    await made(registry, dies(home, "06-10"))
    now = await detail(registry, case, VILLAGE)
    assert (now["name"], now["step"], now["due_on"]) == ("卫接任", before["step"], before["due_on"])
    hangs = await notice_of(registry, now["notice_id"])
    assert names(hangs) == ["卫老户主"]
    assert [one["zh"] for one in hangs["corrections"]] == ["第1号户主由卫老户主更正为卫接任（2016年6月10日）"]


async def test_a_notice_is_corrected_back_where_the_death_is_taken_back(registry: Api):
    home = await named(registry, "郑老户主", "郑接任")
    posted = body()
    async with registry.client("village_cadre", division=VILLAGE) as client:
        await client.post("/notices", json=posted)
    wrong = dies(home, "06-07")
    await made(registry, wrong)
    await made(registry, cancel(wrong))
    said = [one["zh"].split("户主", 1)[1] for one in (await notice_of(registry, posted["id"]))["corrections"]]
    assert said == ["由郑老户主更正为郑接任（2016年6月10日）", "由郑接任更正为郑老户主（2016年6月10日）"]


async def test_a_head_whose_name_is_corrected_has_it_in_the_case_and_on_the_notice(registry: Api):
    home = await named(registry, "冯错字", "冯接任")
    case = await opened(registry, "removal", at=VILLAGE, household_id=home["id"])
    posted = body()
    async with registry.client("village_cadre", division=VILLAGE) as client:
        await client.post("/notices", json=posted)
    path = f"/households/{home['id']}/members/{who(home, 0)}"
    patch = {"effective_on": "2016-06-09", "ground": "核对户口簿", "name": "冯正字"}
    async with registry.client("county_office") as client:
        answer = await client.patch(path, json=patch, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert (await detail(registry, case, VILLAGE))["name"] == "冯正字"
    (said,) = (await notice_of(registry, posted["id"]))["corrections"]
    assert "户主由冯错字更正为冯正字" in said["zh"]


async def test_a_notice_that_came_down_is_not_corrected(registry: Api):
    home = await named(registry, "陈老户主", "陈接任")
    posted = body()
    async with registry.client("village_cadre", division=VILLAGE) as client:
        await client.post("/notices", json=posted)
    hangs = await notice_of(registry, posted["id"])
    await move_clock(registry, hangs["ends_on"])
    await made(registry, heads(home, 1, "06-09"))
    assert (await notice_of(registry, posted["id"]))["corrections"] == []


async def test_a_certificate_of_before_a_late_death_of_the_head_is_replaced_by_one_that_names_the_heir(registry: Api):
    home = await named(registry, "褚老户主", "褚接任")
    await issue(registry, home)
    (old,) = await certificates(registry, home)
    await correct(registry, home, 1, "2016-06-08", land_mu="6.25")
    await made(registry, dies(home, "06-02"))
    (standing,) = await certificates(registry, home)
    assert (standing["serial"], standing["standing"]) == (old["serial"], "outdated")
    await issue(registry, home)
    now = {one["serial"]: one["standing"] for one in await certificates(registry, home)}
    assert sorted(now.values()) == ["superseded", "valid"]
    assert now[old["serial"]] == "superseded"
