"""Notices and announcements read as offices write them: title, ground, table, period, whom to tell, who seals."""

import io
import re
from typing import Any

import pypdfium2
import pytest

from shared.names.ids import uuid7
from shared.notices import rules
from shared.notices.records import Bodies
from tests.support.api import Api
from tests.support.cases import slug
from tests.support.people import household, member
from tests.support.procedures import COUNTY, decided, detail, done, opened, opening, ruled, sent, step, town
from tests.support.world import move_clock

DAY = "2016-03-01"
BODIES: Bodies = {
    "village": {"zh": "村民委员会", "en": ""},
    "community": {"zh": "居民委员会", "en": ""},
    "town": {"zh": "人民政府", "en": ""},
    "street": {"zh": "办事处", "en": ""},
    "county": {"zh": "扶贫开发领导小组", "en": ""},
}


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
        f"根据扶贫对象动态管理有关规定，经入户核实，现将{where}拟补录贫困户名单（共1户、3人）予以公示，接受群众监督。",
        *("序号", "户主姓名", "家庭人口数", "贫困户属性", "拟办意见"),
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
    where = f"第{at[6:9]}镇201村"
    assert lines[:2] == [
        f"关于{where}补录贫困户名单的公告",
        f"根据扶贫对象动态管理有关规定，经入户核实、县级审定，现将{where}补录贫困户名单（共2户、4人）公告如下。",
    ]
    assert "公告时间：2016年3月1日至2016年3月7日，共7天。公告地点：村务公开栏。" in lines
    assert lines[-3:] == [
        "对公告内容有不同意见的，可向本县扶贫开发领导小组反映，或者按信访申诉程序反映。监督电话：12317。",
        "本县扶贫开发领导小组（盖章）",
        "2016年3月1日",
    ]
    assert (notice["titles"][-1], [row[-1] for row in notice["rows"]]) == ("审定结果", ["纳入", "纳入"])
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


async def test_the_county_that_is_known_by_name_seals_the_announcement_and_a_community_its_own_notices(registry: Api):
    await town(registry)
    code = f"{COUNTY}999"
    places = [(COUNTY, "辉南县"), (code, "朝阳街道"), (code + "201", "红星居委会"), (code + "202", "柳河村委会")]
    items = [{"code": place, "name": name, "valid_from": "2000-01-01"} for place, name in places]
    await sent(registry, "/divisions", *items, at=COUNTY, level="county")
    steps = step("visit"), step("notice"), step("second_notice"), step("decision"), step("announcement")
    await ruled(registry, code, *steps)
    issuers = {}
    for at in (code + "201", code + "202"):
        case = await opened(registry, at)
        await done(registry, case, "visit", "notice", day=DAY, at=at)
        notice, lines = await posted(registry, case, at)
        issuers[at] = (lines[0], notice["issuer"])
    assert issuers == {
        code + "201": ("关于朝阳街道红星社区拟补录贫困户名单的公示", "朝阳街道红星社区居民委员会"),
        code + "202": ("关于朝阳街道柳河村拟补录贫困户名单的公示", "朝阳街道柳河村村民委员会"),
    }
    at = f"{code}201"
    assert rules.issuer("town", at, dict(places), BODIES) == "朝阳街道办事处"
    assert rules.issuer("county", at, dict(places), BODIES) == "辉南县扶贫开发领导小组"


async def test_the_group_of_a_newcomer_stands_on_the_notice_and_is_where_it_lives_once_it_is_taken_in(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("notice"), step("decision"))
    group = {"id": str(uuid7()), "division": at, "kind": "group", "name": "四组", "valid_from": "2010-01-01"}
    await sent(registry, "/natural-villages", group | {"source": "村委会"}, at=at)
    case = await opened(registry, at, natural_village_id=group["id"])
    await done(registry, case, "visit", "notice", day=DAY, at=at)
    notice, _ = await posted(registry, case, at)
    assert notice["titles"][:3] == ["序号", "村民组", "户主姓名"]
    assert [row[1] for row in notice["rows"]] == ["四组"]
    elsewhere = await town(registry) + "201"
    other = {**group, "id": str(uuid7()), "division": elsewhere, "source": "村委会"}
    await sent(registry, "/natural-villages", other, at=elsewhere)
    (refused,) = await sent(registry, "/cases", opening(at, natural_village_id=other["id"]), at=at)
    assert slug(refused) == "no-such-natural-village"
    await move_clock(registry, "2016-03-08")
    assert await decided(registry, "decision", case, at=at) == [None]
    owner = await registry.owner()
    try:
        living = "SELECT natural_village_id FROM household_place WHERE household_id = $1"
        assert str(await owner.fetchval(living, case["household_id"])) == group["id"]
    finally:
        await owner.close()


async def test_a_long_list_hangs_on_several_sheets_with_its_head_on_each_and_one_seal(registry: Api):
    at = await town(registry) + "201"
    await ruled(registry, at[:9], step("visit"), step("notice"), step("decision"))
    await move_clock(registry, "2016-03-08")
    cases = [await opened(registry, at) for _ in range(60)]
    for case in cases:
        await done(registry, case, "visit", day="2016-03-08", at=at)
    posting = {"kind": "notice", "place": "村务公开栏"}
    items = [{"id": case["id"], "step": "notice", "record": posting} for case in cases]
    await sent(registry, "/cases/steps", *items, at=at)
    notice = (await detail(registry, cases[0]))["notice_id"]
    async with registry.client("village_cadre", division=at) as client:
        paper = (await client.get(f"/notices/{notice}/pdf")).content
    texts = [
        "".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(io.BytesIO(paper))
    ]
    assert len(texts) >= 2
    assert ["户主姓名" in text for text in texts] == [True] * len(texts)
    assert [f"第{number}页，共{len(texts)}页" in text for number, text in enumerate(texts, 1)] == [True] * len(texts)
    assert sum("（盖章）" in text for text in texts) == 1
    assert "（共60户、120人）" in texts[0]


COMMITTEES = {
    **dict.fromkeys(["新岗村", "新岗村委会", "新岗村民委员会", "新岗村村民委员会"], "大安镇新岗村村民委员会"),
    **dict.fromkeys(["红星社区", "红星居委会", "红星社区居民委员会"], "大安镇红星社区居民委员会"),
}


@pytest.mark.parametrize("name", COMMITTEES)
def test_a_village_is_signed_for_by_its_committee_however_it_is_called(name: str):
    at = f"{COUNTY}100201"
    assert rules.issuer("village", at, {at: f"大安镇{name}"}, BODIES) == COMMITTEES[name]
