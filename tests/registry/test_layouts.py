"""National layouts: columns by their Chinese header in any order, villages by name, nothing taken that is a guess."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.exchange.imports.gather import households
from services.registry.exchange.imports.lines import to_household
from services.registry.exchange.imports.places import places_of
from services.registry.exchange.layouts.catalogue import headers, layouts
from services.registry.exchange.layouts.records import Given
from services.registry.exchange.layouts.rules import is_header, plan_of
from services.registry.register.fields.records import Fault
from shared.names.ids import uuid7
from shared.problems import Problem
from shared.sheets.records import DataFile, Header, Position, Rows, Table
from shared.sheets.tables import find_header
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.imports import load_import
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, identity_number
from tests.support.world import villages

# registry.md 1.2, as published for the national monitoring system in 2022.
EXPORTED_2021 = [
    "县",
    "乡",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "人数",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "务工时间(月)",
    "是否参加大病保险",
    "致贫原因1",
    "危房户",
    "是否解决安全饮用水",
    "人均纯收入",
    "户联系电话",
    "人联系电话",
    "首次识别时间",
    "人员识别时间",
    "户类型",
    "易返贫致贫户(监测对象)类型",
    "风险是否消除",
    "风险识别时间",
    "风险消除时间",
]
COUNTY, TOWN, OTHER_TOWN = "220622", "220622100", "220622101"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, COUNTY, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE)


def line(**cells: Any) -> dict[str, Any]:
    given = {
        "县": "村622",
        "乡": "村100",
        "行政村": "村201",
        "姓名": "李某",
        "证件号码": identity_number(),
        "人数": 1,
        "与户主关系": "户主",
        "民族": "汉族",
        "致贫原因1": "因病",
        "危房户": "否",
        "首次识别时间": "20141001",
        "户编号": household()["number"],
        "人均纯收入": 2100.5,
    }
    return given | cells


async def load(
    api: Api, *lines: dict[str, Any], header: list[str] = EXPORTED_2021, query: str = ""
) -> dict[str, Any]:
    async with api.client("county_office") as client:
        return await load_import(api, client, book(list(lines), header=header), query or "mode=accept_good")


def test_the_layout_of_2021_has_the_columns_of_the_national_export():
    assert list(layouts()["2021"].columns) == EXPORTED_2021


def test_every_column_of_every_layout_is_known_and_stands_once():
    for layout in layouts().values():
        known = {**headers().household, **headers().member, "户主姓名": "", "户主证件号码": ""}
        assert set(layout.columns) <= known.keys(), layout.key
        assert len(set(layout.columns)) == len(layout.columns)


def test_each_year_asks_for_its_own_items():
    assert "饮水是否安全" in layouts()["2015"].columns
    assert "饮水是否安全" not in layouts()["2018"].columns
    assert "是否解决安全饮用水" in layouts()["2018"].columns
    assert "是否解决安全饮用水" not in layouts()["2015"].columns


@given(st.permutations(EXPORTED_2021))
def test_columns_are_found_in_any_order(columns: list[str]):
    plan = plan_of(tuple(columns), Given())
    assert {columns[at]: field for at, field in (*plan.household, *plan.member)} == {
        header: (headers().household | headers().member)[header] for header in columns
    }
    assert (plan.layout.key, plan.unknown) == ("2021", ())
    assert set(plan.not_kept) == {"自然村", "人员识别时间"}


def test_missing_doubled_and_foreign_columns_are_named():
    with pytest.raises(Problem) as missing:
        plan_of(tuple(name for name in EXPORTED_2021 if name not in ("致贫原因1", "行政村")), Given())
    assert missing.value.sentence("zh") == "文件缺少列：行政村代码或行政村、主要致贫原因"
    with pytest.raises(Problem) as doubled:
        plan_of((*EXPORTED_2021, "主要致贫原因"), Given())
    assert doubled.value.sentence("zh").endswith("请只留一列：致贫原因1、主要致贫原因")
    assert plan_of((*EXPORTED_2021, "备注", "导入结果"), Given()).unknown == ("备注",)


def test_the_header_is_found_below_titles():
    found = find_header("靖宇县贫困人口\n\n户编号, 姓 名 ,*证件号码", is_header)
    assert found == Header(3, ("户编号", "姓名", "证件号码"))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        *(
            (cell, date(2014, 10, 1))
            for cell in ("2014-10-01", "20141001", "2014/10/1", "2014年10月1日", "2014.10.1")
        ),
        *((cell, None) for cell in ("2014-02-30", "20141301", "41913", "2014", "201410", "十月", "1412534400")),
    ],
)
def test_a_day_is_read_as_it_is_meant_or_not_at_all(cell: str, day: date | None):
    plan = plan_of(tuple(EXPORTED_2021), Given())
    cells = [{"首次识别时间": cell, "户编号": "1", "姓名": "李"}.get(name, "") for name in EXPORTED_2021]
    table = Table(Header(1, plan.columns), Position(1, 2))
    rows = Rows(table, table.rows, [",".join(cells).encode()], ended=True, over=True)
    (lines,) = households(rows, plan, DataFile(uuid7(), "220622", "csv", 1, (table,), None), {})
    values, faults = to_household(lines, plan, Given())
    assert values.get("identified_on") == day
    assert [fault.field for fault in faults] == ([] if day else ["identified_on"])


def test_a_village_is_found_by_its_names_and_never_guessed():
    names = {"220601": "东县", "220601001": "东乡", "220601002": "西乡", "220601001201": "太平村"}
    names |= {"220601002201": "太平村", "220601002202": "新村"}
    places = places_of(names.items())
    assert places.code("东县", "东乡", "太平村") == "220601001201"
    assert places.code(None, None, "新 村") == "220601002202"
    for asked in (("东县", None, "太平村"), ("东县", "东乡", "新村"), ("西县", None, "新村"), (None, None, None)):
        assert isinstance(places.code(*asked), Fault)


async def test_a_national_export_is_registered_with_its_villages_found_by_name(registry: Api):
    one = line()
    state = await load(registry, one)
    assert (state["layout"], state["created"], state["errors"]) == ("2021", 1, [])
    assert state["not_kept"] == ["自然村", "人员识别时间"]
    row = await registry.worker.pool.fetchrow(
        "SELECT h.division, h.attribute, m.facts FROM household h JOIN membership m ON m.household_id = h.id"
        " WHERE h.number = $1",
        one["户编号"],
    )
    assert (row["division"], row["attribute"]) == (VILLAGE, "一般贫困户")
    assert '"ethnicity": "汉"' in row["facts"]


async def test_unknown_and_ambiguous_village_names_are_errors_by_line(registry: Api):
    state = await load(registry, line(行政村="无此村"), line(乡=""), line(乡="无此乡"))
    assert [(error["line"], error["field"], error["rule"]) for error in state["errors"]] == [
        (2, "行政村", "a village of yours"),
        (3, "行政村", "one village"),
        (4, "行政村", "a village of yours"),
    ]


async def test_the_number_of_persons_is_the_number_of_lines(registry: Api):
    state = await load(registry, line(人数=3))
    assert [(error["line"], error["field"], error["rule"]) for error in state["errors"]] == [
        (2, "人数", "a line a person")
    ]


async def test_numbers_of_15_20_and_22_digits_are_taken_as_what_they_are(registry: Api):
    card = identity_number()
    lines = [line(证件号码=number) for number in ("220622600504001", card + "41", identity_number() + "41B1")]
    state = await load(registry, *lines, line(证件号码=card + "42"))
    assert state["created"] == 3
    assert [(error["line"], error["rule"]) for error in state["errors"]] == [(5, "once in the register")]
    kinds = await registry.worker.pool.fetch(
        "SELECT p.document_kind, p.sex, p.born FROM household h JOIN membership m ON m.household_id = h.id"
        " JOIN person p ON p.id = m.person_id WHERE h.number = ANY($1) ORDER BY h.number",
        [one["户编号"] for one in lines],
    )
    assert [(row["document_kind"], row["sex"]) for row in kinds] == [("old15", "男"), *[("disability", "男")] * 2]
    assert {row["born"] for row in kinds} == {date(1960, 5, 4)}


async def test_masked_numbers_and_impossible_days_are_refused_with_the_reason(registry: Api):
    masked, day, old = (
        line(证件号码="220622********0011"),
        line(首次识别时间="20140230"),
        line(证件号码="220622991332001"),
    )
    state = await load(registry, masked, day, old, line(首次识别时间="2030-01-01"))
    rules = {(error["line"], error["field"], error["rule"]) for error in state["errors"]}
    assert {
        (2, "证件号码", "plain number"),
        (3, "首次识别时间", "a day"),
        (4, "证件号码", "number or birth date and sex"),
        (5, "首次识别时间", "not in the future"),
    } <= rules
    assert (state["created"], state["rejected"]) == (0, 4)


async def test_what_no_line_says_is_said_of_the_whole_file(registry: Api):
    header = [name for name in EXPORTED_2021 if name != "首次识别时间"]
    one = line()
    query = "mode=accept_good&identified_on=2014-11-05&attribute=低保贫困户"
    state = await load(registry, one, header=header, query=query)
    assert (state["created"], state["errors"]) == (1, [])
    row = await registry.worker.pool.fetchrow(
        "SELECT attribute, identified_on FROM household WHERE number = $1", one["户编号"]
    )
    assert (row["attribute"], row["identified_on"]) == ("低保贫困户", date(2014, 11, 5))
