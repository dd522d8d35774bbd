"""Households as the registry takes them: lines of the import file, and bodies of single registrations."""

import csv
import io
from typing import Any

from demo.generator import living
from demo.generator.households import Household, Item
from demo.generator.persons import Person

HEADER = [
    *("户标识", "人标识", "行政村代码", "户编号", "人编号", "姓名", "证件号码", "与户主关系", "性别", "出生日期"),
    *("民族", "文化程度", "健康状况", "劳动技能", "贫困户属性", "主要致贫原因", "识别日期", "户联系电话"),
    *("银行卡号", "耕地面积", "人均纯收入", "是否危房户", "危房级别", "住房面积", "在校生状况"),
]


def csv_file(homes: list[Household]) -> str:
    """The import file of a register, one line a person, with the items that are known of the first household."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    first = homes[0]
    of_home = {header: key for header, key in living.HOUSEHOLD.items() if key in first.items}
    of_person = {header: key for header, key in living.PERSON.items() if key in first.members[0].items}
    writer.writerow([*HEADER, *of_home, *of_person])
    for home in homes:
        shared = [_cell(home.items[key]) for key in of_home.values()]
        for who in home.members:
            writer.writerow([*_line(home, who), *shared, *(_cell(who.items[key]) for key in of_person.values())])
    return out.getvalue()


def _line(home: Household, who: Person) -> list[str]:
    return [
        str(home.id),
        str(who.id),
        home.village,
        home.number,
        who.number,
        who.name,
        who.document,
        who.relation,
        "男" if who.male else "女",
        who.born.isoformat(),
        "汉",
        who.education,
        who.health,
        who.labour,
        home.attribute,
        home.cause,
        home.identified_on.isoformat(),
        home.phone,
        home.card,
        home.land,
        f"{home.income / 100:.2f}",
        "是" if home.unsafe_house else "否",
        home.unsafe_grade,
        home.house,
        who.school,
    ]


def _cell(item: Item) -> str:
    return item if isinstance(item, str) else "是" if item else "否"


def household(home: Household) -> dict[str, Any]:
    """The body of a new entry."""
    return {
        "id": str(home.id),
        "division": home.village,
        "number": home.number,
        "identified_on": home.identified_on.isoformat(),
        "attribute": home.attribute,
        "main_cause": home.cause,
        "land_mu": home.land,
        "income": f"{home.income / 100:.2f}",
        "unsafe_house": home.unsafe_house,
        "unsafe_grade": home.unsafe_grade or None,
        "house_m2": home.house,
        "phone": home.phone,
        "bank_card": home.card,
        **home.items,
        "members": [member(who) for who in home.members],
    }


def member(who: Person) -> dict[str, Any]:
    """The body of a person who joins."""
    return {
        "id": str(who.id),
        "number": who.number,
        "name": who.name,
        "identity_number": who.document,
        "relation": who.relation,
        "sex": "男" if who.male else "女",
        "born": who.born.isoformat(),
        "ethnicity": "汉",
        "education": who.education or None,
        "school": who.school,
        "health": [who.health],
        "labour": who.labour,
        **who.items,
    }
