"""Notices show what may be shown, as a page and on paper, and take objections."""

import io
from datetime import date
from typing import Any

import pypdfium2
import pytest

from shared.names.ids import uuid7
from shared.notices.columns import catalogue
from tests.support.api import Api
from tests.support.cases import PAPER, act, detail, done, opened, slug, step
from tests.support.people import VILLAGE, household, member
from tests.support.world import decide, move_clock, register, villages

# What a notice must not show, whatever a kind or a clerk asks for.
FORBIDDEN = ["identity_number", "document_number", "born", "phone", "bank_card", "bank", "health", "illness"]
FORBIDDEN += ["main_cause", "disability", "member_names", "child_name", "student_name"]


@pytest.fixture(scope="module", autouse=True)
async def village(registry: Api) -> list[dict[str, Any]]:
    await villages(registry)
    await move_clock(registry, "2016-03-01")
    orphan = member(born=date(2004, 2, 29))
    return [
        await register(registry, 3),
        await register(registry, 1, members=[orphan | {"name": "孤小某"}]),
        await register(registry, 1, members=[member() | {"name": "<b>甲</b>&乙"}]),
    ]


def body(**facts: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "kind": "household_list", "division": VILLAGE, "place": "村务公开栏", **facts}


async def post(api: Api, **facts: Any) -> Any:
    async with api.client("village_cadre", division=VILLAGE) as client:
        return await client.post("/notices", json=body(**facts))


async def shown(api: Api, notice: str, form: str) -> Any:
    async with api.client("village_cadre", division=VILLAGE) as client:
        return await client.get(f"/notices/{notice}/{form}")


def printed(content: bytes) -> str:
    """The text of a PDF, without spaces (Typst sets some between Chinese and figures)."""
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    pages = [document[page].get_textpage().get_text_range() for page in range(len(document))]
    return "".join("".join(pages).split())


@pytest.mark.parametrize("column", FORBIDDEN)
async def test_a_column_that_shows_what_is_nobodys_business_is_refused(registry: Api, column: str):
    answer = await post(registry, columns=["head_name", column])
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tuopin:problem:notice-column-sensitive")
    assert answer.json()["field"] == "columns"


def test_the_catalogue_marks_every_forbidden_column_and_no_other():
    assert sorted(name for name, column in catalogue().items() if "shows" in column) == sorted(FORBIDDEN)


@pytest.mark.parametrize("columns", [["shoe_size"], [], ["size", "size"]])
async def test_columns_come_from_the_catalogue_once_each(registry: Api, columns: list[str]):
    assert (await post(registry, columns=columns)).status_code == 422


async def test_a_policy_that_declares_a_forbidden_column_posts_nothing(registry: Api):
    owner = await registry.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            VALUES (gen_random_uuid(), 'notice.household_list', '220622100', '2016-01-01', 9,
                '{"columns": ["head_name", "health"], "days": 7}', '误设', 'wrong', 'test')"""
        )
        answer = await post(registry)
        assert answer.json()["type"] == "urn:tuopin:problem:notice-column-sensitive"
    finally:
        await owner.execute("ALTER TABLE policy DISABLE TRIGGER USER; DELETE FROM policy WHERE version = 9")
        await owner.execute("ALTER TABLE policy ENABLE TRIGGER USER")
        await owner.close()


async def test_a_notice_names_village_days_and_line_and_masks_a_minor(registry: Api):
    notice = (await post(registry)).json()
    rows = {row[1]: row for row in notice["rows"]}
    assert notice["titles"] == ["序号", "户主姓名", "家庭人口数", "贫困户属性"]
    assert rows["王某"] == [rows["王某"][0], "王某", "3", "一般贫困户"]
    assert sorted(int(row[0]) for row in notice["rows"]) == list(range(1, len(notice["rows"]) + 1))
    assert "孤**" in rows
    assert "孤小某" not in rows
    assert (notice["starts_on"], notice["ends_on"], notice["line"]) == ("2016-03-01", "2016-03-08", "12317")


async def test_a_notice_names_the_group_of_a_household_where_it_is_recorded(
    registry: Api, village: list[dict[str, Any]]
):
    group = {"id": str(uuid7()), "division": VILLAGE, "kind": "group", "name": "三组", "valid_from": "2010-01-01"}
    await decide(registry, "/natural-villages", group | {"source": "村委会"}, role="county_office")
    place = {"id": village[0]["id"], "natural_village_id": group["id"], "valid_from": "2016-01-01"}
    await decide(registry, "/natural-villages/households", place, role="county_office")
    rows = {row[2]: row for row in (await post(registry)).json()["rows"]}
    assert (rows["王某"][1], rows["孤**"][1]) == ("三组", "")


async def test_page_and_paper_show_the_same_and_no_number_of_anybody(registry: Api, village: list[dict[str, Any]]):
    notice = (await post(registry)).json()
    page, paper = await shown(registry, notice["id"], "page"), await shown(registry, notice["id"], "pdf")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert paper.headers["content-type"] == "application/pdf"
    text = printed(paper.content)
    for said in (
        "王某",
        "关于村201建档立卡贫困户名单的公示",
        "现将村201建档立卡贫困户名单（共3户、5人）予以公示，接受群众监督。",
        "2016年3月1日",
        "2016年3月7日",
        "12317",
        "村务公开栏",
        "村201村民委员会（盖章）",
    ):
        assert said in page.text
        assert said in text
    numbers = [person["identity_number"] for home in village for person in home["members"]]
    for number in [*numbers, village[0]["phone"], village[0]["bank_card"], "因病", "孤小某"]:
        assert number not in page.text
        assert number not in text


async def test_a_page_escapes_what_it_shows(registry: Api):
    notice = (await post(registry, place="<script>alert(1)</script>")).json()
    page = (await shown(registry, notice["id"], "page")).text
    assert "<script>" not in page
    assert "&lt;b&gt;甲&lt;/b&gt;&amp;乙" in page
    assert printed((await shown(registry, notice["id"], "pdf")).content).count("<b>甲</b>&乙") == 1


async def test_the_same_notice_again_is_the_same_and_its_days_are_not_the_clerks_to_choose(registry: Api):
    item = body()
    async with registry.client("village_cadre", division=VILLAGE) as client:
        first, again = [await client.post("/notices", json=item) for _ in range(2)]
        shorter = await client.post("/notices", json=body() | {"ends_on": "2016-03-02"})
        elsewhere = await client.post("/notices", json=body(division="220622101201"))
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert (shorter.status_code, elsewhere.status_code) == (422, 403)


async def test_photos_of_the_posting_are_added_once(registry: Api):
    notice = (await post(registry, photos=[PAPER])).json()
    for photos, status in (([PAPER], "unchanged"), ([PAPER, "cd" * 32], "accepted")):
        item = {"id": notice["id"], "photos": photos}
        assert (await act(registry, "/notices/photos", item, level="village", at=VILLAGE))[0]["status"] == status
    async with registry.client("auditor") as client:
        assert (await client.get(f"/notices/{notice['id']}")).json()["photos"] == [PAPER, "cd" * 32]


async def test_an_objection_may_be_anonymous_is_answered_once_and_who_objected_stays_with_the_offices(registry: Api):
    notice = (await post(registry)).json()
    named = {"id": str(uuid7()), "notice_id": notice["id"], "content": "甲家在城里有房", "objector": "李某"}
    silent = {"id": str(uuid7()), "notice_id": notice["id"], "content": "乙家有小轿车"}
    answers = await act(registry, "/notices/objections", named, silent, named, level="village", at=VILLAGE)
    assert [answer["status"] for answer in answers] == ["accepted", "accepted", "refused"]
    wrong_case = {**silent, "id": str(uuid7()), "case_id": str(uuid7())}
    assert slug((await act(registry, "/notices/objections", wrong_case, level="village", at=VILLAGE))[0]) == (
        "not-on-notice"
    )
    reply = {"id": named["id"], "upheld": True, "answer": "核实后已更正"}
    for change, expected in (({}, "accepted"), ({}, "unchanged"), ({"upheld": False}, "refused")):
        given = await act(registry, "/notices/objection-answers", reply | change, level="town", at=VILLAGE)
        assert given[0]["status"] == expected
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        told = (await client.get(f"/notices/{notice['id']}/objections")).json()["items"]
        assert (await client.get(f"/notices/{notice['id']}")).json()["open_objections"] == 1
    assert {one["content"]: (one["objector"], one["upheld"]) for one in told} == {
        "甲家在城里有房": ("李某", True),
        "乙家有小轿车": (None, None),
    }
    async with registry.client("village_cadre", division=VILLAGE) as client:
        assert (await client.get(f"/notices/{notice['id']}/objections")).status_code == 403


async def test_cases_posted_together_hang_on_one_notice_of_their_village(registry: Api):
    cases = [await opened(registry, "inclusion", at=VILLAGE) for _ in range(3)]
    for case in cases:
        await done(registry, case, "visit", day="2016-03-01", at=VILLAGE)
    posting = {"kind": "notice", "place": "村务公开栏"}
    items = [{"id": case["id"], "step": "notice", "record": posting} for case in cases]
    await act(registry, "/cases/steps", *items, level="village", at=VILLAGE)
    hanging = {(await detail(registry, case, VILLAGE))["notice_id"] for case in cases}
    assert len(hanging) == 1
    page = (await shown(registry, hanging.pop(), "page")).text
    assert "关于村201拟补录贫困户名单的公示" in page
    assert page.count("拟纳入") == 3
    assert all(case["household"]["members"][0]["identity_number"] not in page for case in cases)


async def test_a_minor_who_heads_a_household_is_masked_on_the_notice_of_his_case(registry: Api):
    minor = member(born=date(2003, 5, 1)) | {"name": "孤童某"}
    home = household(1, members=[minor])
    case = await opened(registry, "inclusion", at=VILLAGE, household_id=home["id"], household=home)
    await done(registry, case, "visit", day="2016-03-01", at=VILLAGE)
    assert (await step(registry, case, "notice", "2016-03-01", at=VILLAGE))["status"] == "accepted"
    notice = (await detail(registry, case, VILLAGE))["notice_id"]
    page = (await shown(registry, notice, "page")).text
    assert "孤**" in page
    assert "孤童某" not in page


async def test_a_notice_is_over_when_its_days_have_run(registry: Api):
    notice = (await post(registry)).json()
    assert notice["status"] == "posted"
    await move_clock(registry, "2016-03-08")
    async with registry.client("auditor") as client:
        assert (await client.get(f"/notices/{notice['id']}")).json()["status"] == "ended"
    late = {"id": str(uuid7()), "notice_id": notice["id"], "content": "来晚了的异议"}
    assert slug((await act(registry, "/notices/objections", late, level="village", at=VILLAGE))[0]) == "notice-over"
