"""Notices and announcements read as offices write them: title, ground, table, period, whom to tell, who seals."""

import io
import re
from typing import Any

import pypdfium2
import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import slug
from tests.support.people import household, member
from tests.support.procedures import COUNTY, decided, detail, done, opened, ruled, sent, step, town
from tests.support.world import move_clock

DAY = "2016-03-01"


@pytest.fixture(scope="module", autouse=True)
async def today(registry: Api) -> None:
    await move_clock(registry, DAY)


async def read(api: Api, notice: str, at: str) -> tuple[dict[str, Any], list[str]]:
    """A notice, and the lines of text on its page; its paper says the same."""
    async with api.client("village_cadre", division=at) as client:
        body = (await client.get(f"/notices/{notice}")).json()
        page = (await client.get(f"/notices/{notice}/page")).text
        paper = (await client.get(f"/notices/{notice}/pdf")).content
    shown = re.sub(r"<style>.*</style>|<title>.*</title>", "", page, flags=re.DOTALL)
    lines = [line.strip() for line in re.sub(r"<br>|</t[hd]><t[hd]>", "\n", shown).splitlines()]
    lines = [line for line in (re.sub(r"<[^>]*>", "", line) for line in lines) if line]
    document = pypdfium2.PdfDocument(io.BytesIO(paper))
    printed = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    assert [line for line in lines if "".join(line.split()) not in printed] == []
    return body, lines


async def posted(api: Api, case: dict[str, Any], at: str) -> tuple[dict[str, Any], list[str]]:
    return await read(api, (await detail(api, case))["notice_id"], at)


async def announced(api: Api, at: str) -> list[str]:
    async with api.client("village_cadre", division=at) as client:
        listed = (await client.get("/notices")).json()["items"]
    return [one["id"] for one in listed if one["kind"] == "announcement"]


async def test_a_villages_notice_has_title_ground_table_period_address_and_seal(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("notice"), step("decision"))
    case = await opened(registry, at, household=(home := household(3, village=at)), household_id=home["id"])
    await done(registry, case, "visit", "notice", day=DAY, at=at)
    notice, lines = await posted(registry, case, at)
    where = f"第{at[6:9]}镇201村"
    assert lines == [
        f"关于{where}拟补录贫困户名单的公示",
        f"根据扶贫对象精准识别和动态管理有关规定，现将{where}拟补录贫困户名单（共1户）予以公示，接受群众监督。",
        *("序号", "村民组", "户主姓名", "家庭人口数", "贫困户属性", "拟办意见"),
        *("1", "王某", "3", "一般贫困户", "拟纳入"),
        "公示时间：2016年3月1日至2016年3月7日，共7天。公示地点：村务公开栏。",
        f"如有异议，请在公示期内以口头或书面形式向{where}村民委员会反映，可以匿名。受理地点：{where}村民委员会。监督电话：12317。",
        f"{where}村民委员会（盖章）",
        "2016年3月1日",
    ]
    assert (notice["kind"], notice["issuer"]) == ("case", f"{where}村民委员会")


async def test_what_a_town_has_examined_is_sealed_by_the_town(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("second_notice"), step("decision"))
    case = await opened(registry, at)
    await done(registry, case, "visit", "second_notice", day=DAY, at=at)
    _, lines = await posted(registry, case, at)
    place = f"第{at[6:9]}镇"
    assert lines[0] == f"关于{place}201村拟补录贫困户名单的乡镇审核公示"
    assert f"如有异议，请在公示期内以口头或书面形式向{place}人民政府反映" in lines[-3]
    assert lines[-2] == f"{place}人民政府（盖章）"


async def test_the_announcement_is_a_document_of_its_own_after_the_decision(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("decision"), step("announcement"))
    approved = [await opened(registry, at) for _ in range(2)]
    for case in approved:
        await done(registry, case, "visit", day=DAY, at=at)
    assert await decided(registry, "decision", *approved, at=at) == [None, None]
    assert await announced(registry, at) == []
    body = {"kind": "announcement", "on": DAY, "place": "村务公开栏"}
    items = [{"id": case["id"], "step": "announcement", "record": body} for case in approved]
    answers = [await sent(registry, "/cases/steps", *items, at=at) for _ in range(2)]
    assert [[one["status"] for one in answer] for answer in answers] == [["accepted"] * 2, ["unchanged"] * 2]
    (document,) = await announced(registry, at)
    notice, lines = await read(registry, document, at)
    where, place = f"第{at[6:9]}镇201村", f"第{at[6:9]}镇"
    assert lines[:2] == [
        f"关于{where}补录贫困户名单的公告",
        f"根据扶贫对象精准识别和动态管理有关规定，现将{where}补录贫困户名单（共2户）公告如下。",
    ]
    assert "公告时间：2016年3月1日至2016年3月7日，共7天。公告地点：村务公开栏。" in lines
    assert lines[-3:] == [
        "对公告内容有不同意见的，请按信访申诉程序反映。监督电话：12317。",
        f"{place}人民政府（盖章）",
        "2016年3月1日",
    ]
    assert [row[-1] for row in notice["rows"]] == ["纳入", "纳入"]
    late = {"id": str(uuid7()), "notice_id": document, "case_id": approved[0]["id"], "content": "来晚的异议"}
    refused = (await sent(registry, "/notices/objections", late, at=at))[0]
    assert (slug(refused), refused["problem"]["title"]) == (
        "objection-too-late",
        "该事项已办结，请按信访申诉程序反映",
    )


async def test_what_was_refused_is_not_announced(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("decision"), step("announcement"))
    case = await opened(registry, at)
    await done(registry, case, "visit", day=DAY, at=at)
    assert await decided(registry, "decision", case, at=at, approve=False) == [None]
    assert (await detail(registry, case))["step"] is None
    assert await announced(registry, at) == []


async def test_nothing_on_a_notice_is_a_code_an_id_or_a_word_of_programs(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("notice"), step("decision"))
    cases = []
    for relation in ("户主",):
        body = household(1, village=at, members=[member(relation)])
        cases.append(await opened(registry, at, household=body, household_id=body["id"]))
    for case in cases:
        await done(registry, case, "visit", "notice", day=DAY, at=at)
    _, lines = await posted(registry, cases[0], at)
    assert [line for line in lines if re.search(r"[A-Za-z_]|\d{6}", line)] == []


async def test_a_village_whose_name_is_not_known_is_called_this_village(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("notice"), step("decision"))
    case = await opened(registry, at)
    await done(registry, case, "visit", day=DAY, at=at)
    owner = await registry.owner()
    try:
        await owner.execute("UPDATE division SET code = '9' || substr(code, 2) WHERE code = ANY($1)", [at, at[:9]])
        await done(registry, case, "notice", day=DAY, at=at)
    finally:
        await owner.close()
    _, lines = await posted(registry, case, at)
    assert lines[0] == "关于本村拟补录贫困户名单的公示"
    assert lines[-2] == "本村村民委员会（盖章）"
    assert COUNTY not in "".join(lines)
