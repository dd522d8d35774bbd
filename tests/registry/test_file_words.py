"""Files as offices write them: headers, units, words for none, months for days, words of each data year."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from services.registry.exchange.layouts.records import Given
from services.registry.exchange.layouts.rules import is_header, plan_of
from services.registry.register.fields.headers import find, plain
from shared.sheets.problems import ColumnsMissing
from tests.support.api import Api
from tests.support.feeds import deliver
from tests.support.imports import load_import, send_import
from tests.support.people import VILLAGE, identity_number
from tests.support.people import household as body
from tests.support.world import move_clock, villages

COUNTY, TOWN, OTHER_TOWN = "220622", "220622100", "220622101"
SAME_NAME = "220622101201"  # 村201 as well
# Below each header what a line says; a test writes some of them under other names.
LINE = {
    "县": "村622",
    "乡": "村100",
    "行政村": "村201",
    "姓名": "何某",
    "人数": "1",
    "与户主关系": "户主",
    "性别": "男",
    "民族": "汉族",
    "贫困户属性": "一般贫困户",
    "主要致贫原因": "缺技术",
    "识别日期": "2014-10-01",
    "人均纯收入": "2300",
    "耕地面积": "5.5",
}


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, COUNTY, TOWN, OTHER_TOWN, VILLAGE, SAME_NAME)
    await move_clock(registry, "2016-05-02")


def line(**cells: str) -> dict[str, str]:
    return LINE | {"户编号": body()["number"], "证件号码": identity_number()} | cells


def file(*lines: dict[str, str], called: dict[str, str] | None = None) -> bytes:
    """The lines as CSV, some columns under other headers."""
    out, header = io.StringIO(), list(dict.fromkeys(name for one in lines for name in one))
    writer = csv.writer(out)
    writer.writerow([(called or {}).get(name, name) for name in header])
    writer.writerows([one.get(name, "") for name in header] for one in lines)
    return out.getvalue().encode()


async def load(api: Api, content: bytes, query: str = "mode=accept_good") -> dict[str, Any]:
    async with api.client("county_office") as client:
        return await load_import(api, client, content, query)


async def registered(api: Api, number: str) -> dict[str, Any]:
    owner = await api.owner()
    try:
        id = await owner.fetchval("SELECT id FROM household WHERE number = $1", number)
    finally:
        await owner.close()
    async with api.client("county_office") as client:
        home: dict[str, Any] = (await client.get(f"/households/{id}")).json()
    return home


async def test_headers_under_the_names_of_the_national_lists_are_understood_and_the_town_is_used(registry: Api):
    one = line()
    called = {
        "县": "县（市、区、旗）",
        "乡": "乡(镇)",
        "行政村": "村",
        "户编号": "户编码*",
        "证件号码": "公民身份号码",
        "人均纯收入": "人均纯收入（元）",
        "耕地面积": "耕地面积 （亩）",
    }
    state = await load(registry, file(one, called=called))
    assert (state["errors"], state["created"], state["unknown"]) == ([], 1, [])
    home = await registered(registry, one["户编号"])
    assert (home["division"], home["income"], home["land_mu"]) == (VILLAGE, "2300.00", "5.5")


@pytest.mark.parametrize(
    ("item", "header", "cell", "key", "value"),
    [
        ("人均纯收入", "人均纯收入（万元）", "0.23", "income", "2300.00"),
        ("人均纯收入", "人均纯收入(千元)", "2.3", "income", "2300.00"),
        ("耕地面积", "耕地面积(公顷)", "0.2", "land_mu", "3"),
        ("耕地面积", "耕地面积（分）", "15", "land_mu", "1.5"),
    ],
)
async def test_another_unit_behind_a_header_is_converted_exactly(registry: Api, item, header, cell, key, value):
    one = line(**{item: cell})
    assert (await load(registry, file(one, called={item: header})))["created"] == 1
    assert (await registered(registry, one["户编号"]))[key] == value


async def test_a_unit_that_cannot_be_converted_is_refused_with_the_cure(registry: Api):
    async with registry.client("county_office") as client:
        answer = await client.post("/imports", content=file(line(), called={"耕地面积": "耕地面积（平方米）"}))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tuopin:problem:unit-unknown")
    assert answer.json()["title"] == "“耕地面积（平方米）”的单位不能准确换算，请换算为亩后重新上传"


@pytest.mark.parametrize("left_out", ["户编号", "姓名", "证件号码", "与户主关系", "行政村", "主要致贫原因"])
def test_what_a_household_lacks_is_not_hidden_by_what_its_members_have(left_out):
    columns = (*(name for name in (*LINE, "户编号", "证件号码") if name != left_out), "人编号", "人联系电话")
    with pytest.raises(ColumnsMissing) as refused:
        plan_of(columns, Given())
    assert any(left_out in name for name in refused.value.sentence("zh").split("、")) or (
        left_out in refused.value.sentence("zh")
    )


def test_codes_of_the_national_system_are_headers():
    columns = ("AAR006", "AAC001", "AAB002", "AAB004", "AAB006", "AAC006", "AAC007", "识别时间", "AAC301", "AAB017")
    plan = plan_of(columns, Given())
    assert plan.unknown == ()
    assert is_header(columns)
    assert {field for _, field in plan.household} >= {"division", "number", "attribute", "main_cause", "land_mu"}
    assert {field for _, field in plan.member} == {"name", "identity_number", "relation", "health"}


def test_a_remark_behind_a_header_makes_no_other_column():
    assert find("姓名（必填）", {"姓名": ""}) == ("姓名", "必填")
    assert plain(" 户 编号＊：") == "户编号"


@pytest.mark.parametrize("none", ["无", "/", "—", "-", "－", "——"])
async def test_words_for_none_in_an_optional_cell_say_nothing(registry: Api, none):
    one = line(户联系电话=none, 开户银行=none, 其他致贫原因=none, 健康状况=none, 人数="1.0")
    state = await load(registry, file(one))
    assert (state["created"], state["errors"]) == (1, [])
    home = await registered(registry, one["户编号"])
    assert home["other_causes"] == []
    assert home["phone"] is None
    assert home.get("bank_name") is None


async def test_none_where_something_is_required_is_told_as_missing_and_none_means_no_for_yes_and_no(registry: Api):
    one, other = line(主要致贫原因="/"), line(有无卫生厕所="无")
    state = await load(registry, file(one | {"有无卫生厕所": ""}, other))
    assert state["created"] == 1
    assert [(error["field"], error["zh"]) for error in state["errors"]] == [("主要致贫原因", "必填")]
    assert (await registered(registry, other["户编号"]))["sanitary_toilet"] is False


async def test_two_phones_in_a_cell_are_refused_with_the_right_form(registry: Api):
    state = await load(registry, file(line(户联系电话="13800138000/13900139000")))
    assert [error["zh"] for error in state["errors"]] == ["一格只填一个电话号码，如13800138000"]


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2014年12月", "2014-12-01", "2014-12-31"),
        ("201502", "2015-02-01", "2015-02-28"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2014", "2014-01-01", "2014-12-31"),
    ],
)
async def test_months_and_years_count_as_the_day_that_was_told_with_the_import_and_keep_a_note(
    registry: Api, cell, first, last
):
    refused = await load(registry, file(line(识别日期=cell)))
    assert [error["zh"] for error in refused["errors"]] == ["只有年月，请在导入时说明按哪一天登记（月初或月末）"]
    for which, day, said in (("first", first, "初"), ("last", last, "末")):
        one = line(识别日期=cell)
        assert (await load(registry, file(one), f"mode=accept_good&months_as={which}"))["created"] == 1
        home = await registered(registry, one["户编号"])
        assert home["identified_on"] == day
        assert home["dates_note"].startswith(f"识别日期：{cell}（按")
        assert home["dates_note"].endswith(f"{said}登记）")


async def test_a_day_as_a_spreadsheet_writes_it_is_a_day_and_a_birth_date_has_to_say_its_day(registry: Api):
    one = line(识别日期="2014/12/1 0:00")
    assert (await load(registry, file(one)))["created"] == 1
    assert (await registered(registry, one["户编号"]))["identified_on"] == "2014-12-01"
    state = await load(registry, file(line(出生日期="1966年5月")), "mode=accept_good&months_as=first")
    assert "须填到日，如1960-05-01" in [error["zh"] for error in state["errors"]]


async def test_a_word_in_no_list_is_answered_with_the_nearest_or_with_the_day_from_which_it_is_one(registry: Api):
    near, later = line(主要致贫原因="缺少技术"), line(与户主关系="户主")
    nephew = later | {"与户主关系": "之侄儿", "证件号码": identity_number(), "姓名": "何小某"}
    state = await load(registry, file(near, later | {"人数": "2"}, nephew | {"人数": "2"}))
    said = {error["field"]: error["zh"] for error in state["errors"]}
    assert said["主要致贫原因"] == "“缺少技术”不在代码表内，相近的有：缺技术"
    assert said["与户主关系"] == "“之侄儿”不在代码表内（2019年1月1日起才有此项）"


async def test_relations_are_understood_as_families_say_them(registry: Api):
    head = line(人数="2")
    son = head | {"证件号码": identity_number(date(1999, 2, 3)), "姓名": "何小某", "与户主关系": "儿子"}
    assert (await load(registry, file(head, son)))["created"] == 1
    members = (await registered(registry, head["户编号"]))["members"]
    assert [one["relation"] for one in members] == ["户主", "之子"]


async def test_a_village_is_found_under_the_name_of_its_committee(registry: Api):
    one = line(行政村="村201村委会")
    async with registry.client("county_office") as client:
        state = await send_import(registry, client, file(one), "mode=accept_good&preview=true")
    assert [error["zh"] for error in state["errors"]] == ["辖区内没有该名称的行政村"]  # 村201村 is another name
    item = {"code": "220622100209", "name": "红星村", "valid_from": "2000-01-01"}
    async with registry.client("county_office") as client:
        assert (await client.post("/divisions", json={"items": [item]})).status_code == 200
    for name in ("红星村委会", "红星村村民委员会", "红星 村"):
        assert (await load(registry, file(line(行政村=name))))["created"] == 1, name


async def test_words_of_the_lists_of_2019_are_taken_from_then_on(registry: Api):
    await move_clock(registry, "2021-06-01")
    head = line(人数="3")
    brother = head | {"证件号码": identity_number(date(1970, 2, 3)), "姓名": "何二", "与户主关系": "之兄弟姐妹"}
    pupil = head | {"证件号码": identity_number(date(2005, 2, 3)), "姓名": "何三", "与户主关系": "之侄儿"}
    lines = [one | {"在校生状况": ""} for one in (head, brother)] + [pupil | {"在校生状况": "普通高中一年级"}]
    state = await load(registry, file(*lines))
    assert (state["created"], state["errors"]) == (1, [])
    wrong = head | {"户编号": body()["number"], "证件号码": identity_number(), "人数": "2"}
    sister_in_law = wrong | {"证件号码": identity_number(), "与户主关系": "之兄弟媳妇", "姓名": "何四"}
    state = await load(registry, file(wrong, sister_in_law | {"性别": "男"}))
    assert [error["zh"] for error in state["errors"]] == ["与户主关系“之兄弟媳妇”与性别不符"]


async def test_a_departments_file_comes_with_its_own_headers(registry: Api):
    headers = "号牌号码,所有人,居民身份证号码,车辆类型,购置价（元）,注册登记日期"
    content = f'{headers}\n吉F00001,何某,{identity_number()},小型轿车,"85,000",2015-03-01\n'
    assert (await deliver(registry, "vehicles", content))["fresh"] == 1


async def test_a_departments_list_without_record_numbers_is_kept_once_however_often_it_comes(registry: Api):
    number = identity_number()
    content = f"姓名,身份证号码,车辆类型,购置价(万元)\n何某,{number},小型轿车,8.5\n何某,{number},大型农机,12\n"
    first, again = await deliver(registry, "vehicles", content), await deliver(registry, "vehicles", content)
    assert (first["fresh"], first["rejected"]) == (2, 0)
    assert (again["fresh"], again["unchanged"]) == (0, 2)
    owner = await registry.owner()
    try:
        kept = await owner.fetch("SELECT details ->> 'price' AS price FROM feed_record WHERE record_no LIKE 'auto-%'")
    finally:
        await owner.close()
    assert sorted(row["price"] for row in kept) == ["120000", "85000.0"]  # from ten thousands of yuan
    async with registry.client("county_office") as client:
        other = f"姓名,身份证号码,车辆类型,购置价(美元)\n何某,{number},小型轿车,8.5\n"
        answer = await client.post("/feed-files?feed=vehicles", content=other)
    assert answer.json()["type"] == "urn:tuopin:problem:unit-unknown"
