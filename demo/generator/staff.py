"""Who helps: organisations on five levels, their people, posts in villages, the diary of a month, the responsibility
list. The numbers are the county's; every name is invented.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from demo.generator import names
from demo.generator.numbers import Numbers
from demo.generator.places import COUNTY

SINCE, DIARY = date(2015, 1, 10), date(2016, 4, 1)
# Region digits far from the households', so that nobody of the staff has a number of somebody who is registered.
_REGION = 223622
_PEOPLE = 45
_ABSENT, _OVERDUE = 6, 12
_TOPICS = (
    *("发展改革", "教育", "科学技术", "民政", "司法", "财政", "人力社保", "国土资源"),
    *("环境保护", "住房建设", "交通运输", "水务", "农业", "林业", "商务", "文化"),
    *("卫生计生", "审计", "市场监管", "统计", "扶贫", "信访", "体育", "旅游"),
    *("档案", "地震", "气象", "人防", "公路", "供销", "粮食", "物价", "安全监管"),
    *("畜牧", "农机", "水产", "园林", "城管", "房产", "邮政", "税务", "烟草"),
    *("供电", "通信", "残联"),
)
_FIRST, _SECOND = "长白松鸿瑞丰泰恒新", "源达盛和康林矿泉农"
_RANKS = {"一般": 80, "副科": 14, "正科": 6}
_FOUND = ("房屋漏雨", "孩子开学缺学费", "慢性病药费高", "大棚缺管护", "井水浑浊", "想养牛没本钱", "低保金已到账")
_DONE = ("上报危房改造", "联系教育资助", "办理慢病备案", "请技术员上门", "报修水源", "介绍小额信贷", "登记入册")
# The kinds of the responsibility list by who owns them; the list itself is the registry's (and says it is invented).
_KINDS = {"leaders": ("L", 8), "departments": ("D", 10), "towns": ("T", 8), "posted": ("P", 8)}


@dataclass(slots=True)
class Staffing:
    """Bodies of requests in the order in which they are made, and what the driver keeps in mind."""

    organisations: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    charges: list[dict[str, Any]] = field(default_factory=list)
    pools: dict[str, list[str]] = field(default_factory=dict)
    loads: Counter[str] = field(default_factory=Counter)
    diary: list[dict[str, Any]] = field(default_factory=list)
    absences: list[dict[str, Any]] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    duties: list[dict[str, Any]] = field(default_factory=list)
    completions: list[dict[str, Any]] = field(default_factory=list)
    ids: Numbers = field(default_factory=lambda: Numbers(Random(0), _REGION))

    def helper(self, village: str) -> str:
        """Who has the fewest households: of the village's departments, or in a new village of everybody."""
        pool = self.pools.get(village) or [id for ids in self.pools.values() for id in ids]
        chosen = min(pool, key=self.loads.__getitem__)
        self.loads[chosen] += 1
        return chosen


def staffing(random: Random, places: list[tuple[str, str]], published: dict[str, Any]) -> Staffing:
    """Everybody, for the towns and villages of a county (code and name) and its published numbers."""
    made = Staffing(ids=Numbers(random, _REGION))
    towns = [(code, name) for code, name in places if len(code) == 9]
    villages = [(code, name) for code, name in places if len(code) == 12]
    helping = [
        *_named(
            made, "county_department", "county", [f"县{t}{s}" for s in ("局", "服务中心") for t in _TOPICS], published
        ),
        *_named(made, "enterprise", "county", [f"{a}{b}实业有限公司" for a in _FIRST for b in _SECOND], published),
    ]
    for number, office in enumerate(helping):
        village = villages[number % len(villages)][0]
        people = [_person(made, random, office, "staff", _rank(random))["id"] for _ in range(_PEOPLE)]
        made.pools.setdefault(village, []).extend(people)
        _charge(made, "department", office, village)
    _outside(made, random, [code for code, _ in villages], published["outside_helpers"])
    secretaries = _posts(made, random, villages, helping, published)
    _write_diary(made, random)
    _list_duties(made, random, helping, towns, secretaries)
    return made


def _named(
    made: Staffing, kind: str, level: str, names: list[str], published: dict[str, Any]
) -> list[dict[str, Any]]:
    count = {"county_department": "county_departments", "enterprise": "enterprises"}[kind]
    return [_organisation(made, kind, level, name) for name in names[: published[count]]]


def _organisation(made: Staffing, kind: str, level: str, name: str, division: str = COUNTY) -> dict[str, Any]:
    body = {"id": str(made.ids.id(SINCE)), "division": division, "level": level, "kind": kind, "name": name}
    made.organisations.append(body | {"valid_from": "2000-01-01", "invented": True})
    return body


def _rank(random: Random) -> str:
    return random.choices(list(_RANKS), list(_RANKS.values()))[0]


def _person(
    made: Staffing, random: Random, of: dict[str, Any], post: str, rank: str, subject: str | None = None
) -> dict[str, Any]:
    born = date(random.randrange(1960, 1991), random.randrange(1, 13), random.randrange(1, 29))
    male = random.random() < 0.6
    body = {
        "id": str(made.ids.id(SINCE)),
        "organisation_id": of["id"],
        "name": names.surname(random) + names.given(random, born.year, male=male),
        "post": post,
        "rank": rank,
        "joined_on": "2012-01-01",
        "subject": subject,
        "phone": made.ids.phone(),
        "identity_number": made.ids.identity(born, male=male),
    }
    made.people.append(body)
    return body


def _charge(made: Staffing, role: str, holder: dict[str, Any], village: str, since: date = SINCE) -> None:
    who = "organisation_id" if role == "department" else "staff_id"
    body = {"id": str(made.ids.id(SINCE)), "role": role, who: holder["id"], "village": village}
    made.charges.append(body | {"started_on": since.isoformat()})


def _outside(made: Staffing, random: Random, villages: list[str], published: dict[str, int]) -> None:
    """One central enterprise, departments and leaders of the province and the city, each with a village."""
    kinds = (
        ("central_enterprises", "central_enterprise", "province", "中央企业"),
        ("provincial_departments", "provincial_department", "province", "省直单位"),
        ("city_departments", "city_department", "city", "市直单位"),
    )
    for key, kind, level, name in kinds:
        for number in range(published[key]):
            office = _organisation(made, kind, level, f"{name}{number + 1:02d}")
            _charge(made, "department", office, random.choice(villages))
    for key, post, level, name, rank in (
        ("provincial_leaders", "provincial_leader", "province", "中共省委", "正厅"),
        ("city_leaders", "city_leader", "city", "中共市委", "副厅"),
    ):
        committee = _organisation(made, "party_committee", level, name)
        for _ in range(published[key]):
            _charge(made, "leader", _person(made, random, committee, post, rank), random.choice(villages))


def _posts(
    made: Staffing,
    random: Random,
    villages: list[tuple[str, str]],
    helping: list[dict[str, Any]],
    published: dict[str, Any],
) -> list[dict[str, Any]]:
    """A secretary in each village, and a first secretary, or where there is none the leader of a work team."""
    secretaries = []
    led = {code for code, _ in random.sample(villages, published["work_team_leaders"])}
    for number, (code, name) in enumerate(villages):
        committee = _organisation(made, "village_committee", "village", f"{name}村民委员会", code)
        secretary = _person(made, random, committee, "village_secretary", "一般", f"secretary.{code}")
        _charge(made, "village_secretary", secretary, code)
        secretaries.append(secretary | {"village": code})
        role, prefix = ("team_leader", "leader") if code in led else ("first_secretary", "first")
        posted = _person(made, random, helping[number % len(helping)], role, "副科", f"{prefix}.{code}")
        _charge(made, role, posted, code)
    return secretaries


def _write_diary(made: Staffing, random: Random) -> None:
    """A month of entries: at least twenty days of each who is posted, but of a few who stayed away."""
    posted = [body for body in made.charges if body["role"] in ("first_secretary", "team_leader")]
    made.absent = {body["staff_id"] for body in random.sample(posted, _ABSENT)}
    present = [body for body in posted if body["staff_id"] not in made.absent]
    for body in posted:
        days = 15 if body["staff_id"] in made.absent else random.randrange(20, 24)
        for day in sorted(random.sample(range(30), days)):
            topic = random.randrange(len(_FOUND))
            on = DIARY + timedelta(day)
            made.diary.append(
                {
                    "id": str(made.ids.id(on)),
                    "kind": "trip" if random.random() < 0.05 else "village",
                    "visited_on": on.isoformat(),
                    "village": body["village"],
                    "people": [body["staff_id"]],
                    "found": _FOUND[topic],
                    "done": _DONE[topic],
                }
            )
    for number, body in enumerate(random.sample(present, 5)):
        first, days = date(2016, 5, 9), 3 if number < 3 else 8
        made.absences.append(
            {
                "id": str(made.ids.id(DIARY)),
                "village": body["village"],
                "staff_id": body["staff_id"],
                "from_on": first.isoformat(),
                "until_on": (first + timedelta(days - 1)).isoformat(),
                "reason": random.choice(("家人住院", "参加培训", "探亲")),
            }
        )


def _list_duties(
    made: Staffing,
    random: Random,
    helping: list[dict[str, Any]],
    towns: list[tuple[str, str]],
    secretaries: list[dict[str, Any]],
) -> None:
    """An item of each of the 34 kinds for somebody, due in 2016; a few are never done."""
    county = _organisation(made, "party_committee", "county", "中共县委")
    leaders = [_person(made, random, county, "county_leader", "正处") for _ in range(8)]
    owners: list[tuple[str, str, int, str, str | None]] = []
    for number, leader in enumerate(leaders):
        owners.append(("leaders", COUNTY, number, county["id"], leader["id"]))
    for number, office in enumerate(helping):
        owners.append(("departments", COUNTY, number, office["id"], None))
    for code, name in towns:
        government = _organisation(made, "government", "town", f"{name}人民政府", code)
        owners += [("towns", code, number, government["id"], None) for number in range(8)]
    for number, who in enumerate(secretaries):
        owners.append(("posted", who["village"], number, who["organisation_id"], who["id"]))
    for owner, division, number, organisation, person in owners:
        letter, kinds = _KINDS[owner]
        due = date(2016, random.randrange(2, 13), random.randrange(1, 29))
        body = {
            "id": str(made.ids.id(SINCE)),
            "division": division,
            "kind": f"{letter}{number % kinds + 1:02d}",
            "content": "按责任清单完成年度任务",
            "organisation_id": organisation,
            "staff_id": person,
            "due_on": due.isoformat(),
        }
        made.duties.append(body)
    late = {body["id"] for body in random.sample(made.duties, _OVERDUE)}
    made.completions = [
        {"id": body["id"], "done_on": body["due_on"], "outcome": "已完成并留存资料"}
        for body in made.duties
        if body["id"] not in late
    ]
