"""How a household lives, by the items of the national field table: land, water, house, road, income by kind."""

from datetime import date
from decimal import Decimal
from random import Random

from demo.generator.households import Household, Item
from demo.generator.money import yuan
from demo.generator.persons import NO_PUPIL, Person

# The header of the file, and the key of the interface.
HOUSEHOLD = {
    "开户银行": "bank_name",
    "是否军烈属": "martyr_family",
    "工资性收入": "wage_income",
    "生产经营性收入": "business_income",
    "生产经营性支出": "business_expense",
    "财产性收入": "property_income",
    "转移性收入": "transfer_income",
    "低保金": "minimum_living_money",
    "五保金": "five_guarantees_money",
    "养老保险金": "pension_money",
    "计划生育金": "family_planning_money",
    "生态补偿金": "ecological_money",
    "其他转移性收入": "other_transfer_income",
    "有效灌溉面积": "irrigated_mu",
    "林地面积": "forest_mu",
    "退耕还林面积": "returned_forest_mu",
    "林果面积": "orchard_mu",
    "牧草地面积": "pasture_mu",
    "水面面积": "water_mu",
    "是否通生产用电": "production_power",
    "是否通生活用电": "domestic_power",
    "是否通广播电视": "broadcast",
    "饮水是否困难": "water_difficult",
    "饮水是否安全": "water_safe",
    "与村主干路距离": "road_km",
    "入户路类型": "road_type",
    "主要燃料类型": "fuel",
    "有无卫生厕所": "sanitary_toilet",
    "是否加入农民专业合作社": "in_cooperative",
}
PERSON = {
    "是否参加城乡居民基本医疗保险": "medical_insurance",
    "是否参加城乡居民基本养老保险": "pension_insurance",
    "是否参加大病保险": "serious_illness_insurance",
    "是否现役军人": "soldier",
    "是否享受农村低保": "on_allowance",
}
ALLOWANCE, FIVE = "低保贫困户", "五保贫困户"
_PENSION, _PENSION_AGE = 66_000, 60  # fen a year; years
_LEAST = 10_000  # fen: of smaller amounts nobody keeps a book


def settle(random: Random, home: Household, day: date) -> None:
    """What is known of a household and its members on a day, beside who they are."""
    dry = random.random() < 0.06
    home.items = {
        "bank_name": "中国农业银行靖宇县支行",
        "martyr_family": random.random() < 0.006,
        "irrigated_mu": "0.00",
        "forest_mu": f"{random.choice((0, 0, 0, 2, 4, 7, 12))}.{random.randrange(10)}0",
        "returned_forest_mu": "0.00",
        "orchard_mu": "0.00",
        "pasture_mu": "0.00",
        "water_mu": "0.00",
        "production_power": random.random() < 0.97,
        "domestic_power": True,
        "broadcast": random.random() < 0.96,
        "water_difficult": dry,
        "water_safe": not dry,
        "road_km": f"{random.randrange(1, 20) / 10:.1f}",
        "road_type": random.choice(("泥土路", "砂石路", "水泥路", "水泥路")),
        "fuel": random.choice(("柴草", "柴草", "柴草", "煤炭")),
        "sanitary_toilet": random.random() < 0.2,
        "in_cooperative": random.random() < 0.15,
    }
    home.items |= _incomes(home, random.randrange(20, 60), day)
    for who in home.members:
        settle_person(home, who)


def settle_person(home: Household, who: Person) -> None:
    """What is known of a member, beside who they are."""
    grown = who.school == NO_PUPIL and bool(who.education)
    who.items = {
        "medical_insurance": True,
        "pension_insurance": grown and who.id.int % 5 > 0,
        "serious_illness_insurance": True,
        "soldier": False,
        "on_allowance": home.attribute == ALLOWANCE,
    }


def pension(home: Household, day: date) -> int:
    """What the old of a household are paid in a year, fen."""
    return _PENSION * sum(who.age(day) >= _PENSION_AGE for who in home.members)


def _incomes(home: Household, share: int, day: date) -> dict[str, Item]:
    """Income by kind, which adds up to the net income a person; ``share`` of a hundred earned are wages."""
    total, old = home.income * home.size, pension(home, day)
    allowance = (total - old) * 40 // 100 if home.attribute == ALLOWANCE else 0
    five = (total - old) * 70 // 100 if home.attribute == FIVE else 0
    earned = total - old - allowance - five if home.workers() else 0
    wage = _kept(earned * share // 100)
    business = _kept((earned - wage) * 8 // 10)
    cost = business * 40 // 100
    other = total - old - allowance - five - wage - business
    amounts = {
        "wage_income": wage,
        "business_income": business + cost,
        "business_expense": cost,
        "property_income": 0,
        "transfer_income": old + allowance + five + other,
        "minimum_living_money": allowance,
        "five_guarantees_money": five,
        "pension_money": old,
        "family_planning_money": 0,
        "ecological_money": 0,
        "other_transfer_income": other,
    }
    return {key: yuan(amount) for key, amount in amounts.items()}


def paid_anew(home: Household, day: date) -> tuple[str, str] | None:
    """The pensions and all transfers of a household in which somebody reached the age or left; None where it is as
    it was.
    """
    was, now = Decimal(str(home.items["pension_money"])), Decimal(yuan(pension(home, day)))
    transfers = Decimal(str(home.items["transfer_income"])) - was + now
    return None if was == now else (str(now), str(transfers))


def _kept(amount: int) -> int:
    return amount if amount >= _LEAST else 0
