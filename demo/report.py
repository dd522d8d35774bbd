"""The report: published figures beside what the services count, each with the address that proves it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from demo.client import Platform
from demo.generator.county import OUTPUTS, published
from demo.generator.exits import MISTAKES
from demo.generator.mistakes import NUMBERS
from demo.generator.rounds import CLEARED, CORRECTED, INCLUDED


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure of the report: its place in the published ones, and the service's figure that answers it."""

    key: str | None
    label: str
    service: str
    figure: str
    params: tuple[tuple[str, str], ...] = ()
    relation: str = "equal"
    expected: str | None = None


def _asked() -> list[Asked]:
    registry: list[Asked] = [
        Asked("division.administrative_villages", "行政村 villages", "registry", "villages", (("on", "2016-12-31"),))
    ]
    for year in (2015, 2016, 2017):
        for unit, zh in (("households", "户"), ("persons", "人")):
            key, params = f"registry.opening_{year}.{unit}", (("year", str(year)),)
            registry.append(Asked(key, f"{year}年初 opening {zh}", "registry", f"opening-{unit}", params))
    adjusted = (
        ("net_change_2015", 2015, "净变化 net change", "change"),
        ("exits_2016", 2016, "脱贫 exits", "exits"),
        ("net_dynamic_adjustment_2016", 2016, "动态调整 net adjustment", "adjustment"),
    )
    registry += [
        Asked(f"registry.{key}.{unit}", f"{year} {zh} {unit}", "registry", f"{figure}-{unit}", (("year", str(year)),))
        for key, year, zh, figure in adjusted
        for unit in ("households", "persons")
    ]
    in_2016 = (("year", "2016"),)
    return [
        *registry,
        Asked(
            "registry.exits_2016.per_capita_net_income_reached",
            "退出户最低人均纯收入 lowest income of exits",
            "evaluation",
            "lowest-income",
            in_2016,
            "at_least",
        ),
        Asked("registry.exits_2016.households", "批准退出 exits approved", "evaluation", "exits-households", in_2016),
        Asked(None, "未批准退出 exits refused", "evaluation", "exits-refused", in_2016, "derived", "30"),
        Asked("projects.industry.projects", "产业项目 projects", "projects", "industry-projects"),
        Asked("projects.industry.villages", "项目村 villages", "projects", "industry-villages"),
        Asked("projects.industry.investment", "产业投资 investment", "projects", "industry-investment"),
        *[
            Asked(f"projects.industry.outputs.{key}", f"产出 {key}", "projects", "output", (("kind", kind),))
            for kind, key in OUTPUTS.items()
        ],
        Asked("funding.reward_in_place_of_investment.villages", "奖补村 villages", "funding", "reward-villages"),
        Asked("funding.reward_in_place_of_investment.objects", "奖补对象 objects", "funding", "reward-objects"),
        Asked("funding.reward_in_place_of_investment.paid", "奖补资金 paid", "funding", "reward-paid"),
        Asked("funding.micro_credit.loans", "贷款笔数 loans", "funding", "loans"),
        Asked("funding.micro_credit.lent", "贷款金额 lent", "funding", "loans-lent"),
        Asked("funding.micro_credit.guarantee_fund", "风险补偿金 fund", "funding", "risk-fund"),
        Asked(None, "放大倍数 leverage", "funding", "leverage", (), "derived", "10.06"),
        Asked(None, "风险补偿覆盖 covered at ten times", "funding", "loans-covered", (), "derived", "50000000.00"),
        *_look_back(),
        *_responsibility(),
        *_cases(),
        *_screening(),
        *_papers(),
        *_clear(),
        *_ledgers(),
    ]


def _clear() -> list[Asked]:
    """The seven clear of all households on the register, 5,767 poor and 1,579 exited."""
    every = "7346"
    seven = (
        ("households", "七清户数 households", every),
        ("population", "人口现况清 population", every),
        ("depth", "贫困程度清 depth of poverty", every),
        ("cause", "致贫原因清 cause", every),
        ("measures", "帮扶措施清 measures", every),
        ("unit", "包保单位清 responsible unit", every),
        ("exit-year", "脱贫年限清 exit year", every),
    )
    projects = ("扶持项目清 projects", "registry", "clear-projects", (), "at_least", "75")
    return [
        *[Asked(None, label, "registry", f"clear-{key}", (), "derived", count) for key, label, count in seven],
        Asked(None, *projects),  # at least one household in each village that has a project
    ]


def _cases() -> list[Asked]:
    """Cases of 2016 that went through visit, notice, signatures and decision, as they were planted."""
    planted = (("approved", "经三步法办结 cases approved", "12"), ("refused", "经三步法不予纳入 cases refused", "1"))
    return [
        Asked(None, label, "registry", "cases-decided", (("status", status), ("year", "2016")), "derived", expected)
        for status, label, expected in planted
    ]


def _look_back() -> list[Asked]:
    """What two rounds found: as many as were planted, and each with its change."""
    planted = {"cleared": -sum(CLEARED), "included": sum(INCLUDED), "corrected": 0}
    found = {"cleared": sum(CLEARED), "included": sum(INCLUDED), "corrected": sum(CORRECTED)}
    zh = {"cleared": "清退 cleared out", "included": "纳入 taken in", "corrected": "更正 corrected"}

    def asked(result: str, unit: str, number: int) -> Asked:
        params = (("year", "2015"), ("result", result))
        label = f"回头看{zh[result]} {unit}"
        return Asked(None, label, "registry", f"lookback-{unit}", params, "derived", str(number))

    return [
        *[asked(result, "results", number) for result, number in found.items()],
        *[asked(result, "households", number) for result, number in planted.items()],
    ]


async def _by_reason(platform: Platform) -> list[Asked]:
    """The adjustments of each year by reason, counted from rows, beside the bridge as it was frozen."""
    listed = []
    for year in (2015, 2016):
        totals: dict[tuple[str, str], int] = {}
        for span in (await platform.get("auditor", f"/api/registry/v1/years/{year}"))["bridge"]:
            for unit in ("households", "persons"):
                key = (span["reason"], unit)
                totals[key] = totals.get(key, 0) + span[unit]
        for (reason, unit), total in sorted(totals.items()):
            if total and reason != "exited":
                params = (("year", str(year)), ("reason", reason))
                label = f"{year} {reason} {unit}"
                listed.append(Asked(None, label, "registry", f"reason-{unit}", params, "derived", str(total)))
    return listed


async def _checked(platform: Platform) -> list[Asked]:
    """What the data check of the whole county finds: of each rule as many as were planted, and nothing beside."""
    planted = {**NUMBERS, **MISTAKES}
    rules = await platform.get("auditor", "/api/registry/v1/data-check-rules", data_year=2017)
    figure = "data-check-findings"
    listed = [
        Asked(
            None,
            f"核查：{rule['zh']} {rule['en']}",
            "registry",
            figure,
            (("rule", rule["id"]),),
            "derived",
            str(planted[rule["id"]]),
        )
        for rule in rules
        if rule["id"] in planted
    ]
    total = str(sum(planted.values()))
    return [
        *listed,
        Asked(None, "核查问题合计 findings of all rules", "registry", f"{figure}-in-all", (), "derived", total),
    ]


def _papers() -> list[Asked]:
    """The four documents at the end of 2016; the archive holds the certificates of one town of nine villages."""
    on = ("on", "2016-12-31")

    def asked(label: str, figure: str, expected: str, *params: tuple[str, str]) -> Asked:
        return Asked(None, label, "registry", figure, (*params, on), "derived", expected)

    registers, ledgers = (("kind", kind) for kind in ("village_register", "township_ledger"))
    printed, pdf = ("kind", "certificates"), ("form", "pdf")
    return [
        asked("户有证（在册户）certificates, registered", "certificates", "5767", ("status", "registered")),
        asked("户有证（已脱贫户）certificates, exited", "certificates", "1579", ("status", "exited")),
        asked("村有册 village registers", "archived-documents", "111", registers, pdf),
        asked("村有册内户数 households in them", "archived-households", "7346", registers, pdf),
        asked("乡有簿 township ledgers", "archived-documents", "8", ledgers, pdf),
        asked("乡有簿内户数 households in them", "archived-households", "7346", ledgers, pdf),
        asked("县有档案：一乡户有证 certificates of one town's villages", "archived-documents", "9", printed, pdf),
    ]


def _screening() -> list[Asked]:
    """What the feeds of May 2016 found: 12 households that own too much, 4 people left out, 24 who only seem to."""
    planted = (
        ("raised", "数据比对疑点 doubts raised", (), "44"),
        ("upheld", "属实 doubts that were true", (), "18"),
        ("denied", "不属实 doubts that were not true", (), "26"),
        ("by-verdict", "漏评 people left out", (("verdict", "taken_in"),), "4"),
        ("by-verdict", "同名同姓 of the same name", (("verdict", "same_name"),), "6"),
        ("cleared-out", "核实剔除户数 households cleared out", (), "12"),
        ("upheld-by-rule", "车辆规则属实 rule of cars, true", (("rule", "vehicles.car"),), "5"),
        ("denied-by-rule", "车辆规则不属实 rule of cars, not true", (("rule", "vehicles.car"),), "20"),
        ("upheld-by-rule", "房产规则属实 rule of flats, true", (("rule", "housing.flat"),), "4"),
        ("denied-by-rule", "房产规则不属实 rule of flats, not true", (("rule", "housing.flat"),), "2"),
    )
    in_2016 = ("year", "2016")
    return [
        Asked(None, label, "registry", f"doubts-{figure}", (*more, in_2016), "derived", expected)
        for figure, label, more, expected in planted
    ]


def _responsibility() -> list[Asked]:
    """Who helps, at the end of 2016; what has to be nothing, and the planted overdue items."""
    on, key = ("on", "2016-12-31"), "responsibility"

    def asked(last: str, label: str, figure: str, *params: tuple[str, str], relation: str = "equal") -> Asked:
        return Asked(f"{key}.{last}", label, "registry", figure, params, relation)

    kinds = (
        ("county_departments", "县直部门 county departments", "county_department"),
        ("enterprises", "包保企业 enterprises", "enterprise"),
        ("outside_helpers.central_enterprises", "中央企业 central enterprise", "central_enterprise"),
        ("outside_helpers.provincial_departments", "省直部门 departments of the province", "provincial_department"),
        ("outside_helpers.city_departments", "市直部门 departments of the city", "city_department"),
    )
    leaders = (("provincial_leaders", "省级领导 leaders of the province"), ("city_leaders", "市级领导 of the city"))
    nothing = (
        ("无帮扶责任人的户 households without a helper", "households-unhelped"),
        ("超上限 helpers over their limit", "helpers-over-limit"),
        ("本人贫困 helpers who are poor themselves", "helpers-poor"),
    )
    return [
        *[asked(last, label, "helping-organisations", ("kind", kind), on) for last, label, kind in kinds],
        *[
            asked(f"outside_helpers.{last}", label, "helping-leaders", ("post", last.removesuffix("s")), on)
            for last, label in leaders
        ],
        asked("cadres_and_staff_paired", "结对干部职工 paired staff", "helpers", on, relation="at_least"),
        asked("first_secretaries", "第一书记 first secretaries", "posts-held", ("role", "first_secretary"), on),
        asked("work_team_leaders", "驻村工作队长 team leaders", "posts-held", ("role", "team_leader"), on),
        asked("villages_covered", "覆盖村 villages covered", "villages-covered", on),
        asked("classes", "责任清单类 classes of the list", "duty-classes"),
        asked("kinds", "责任清单项 kinds of the list", "duty-kinds"),
        *[Asked(None, label, "registry", figure, (), "derived", "0") for label, figure in nothing],
        Asked(None, "逾期事项 overdue items", "registry", "duties-overdue", (("on", "2017-06-30"),), "derived", "12"),
    ]


def _ledgers() -> list[Asked]:
    """What the households' ledgers say has to be what funding and evaluation say."""
    loan, left = (("kind", "loan"),), (("kind", "exit"),)
    return [
        Asked("registry.opening_2017.households", "有脱贫计划的在册户 planned", "registry", "plans-in-force"),
        Asked("funding.micro_credit.loans", "台账中的贷款 loans in ledgers", "registry", "ledger-lines", loan),
        Asked("funding.micro_credit.lent", "台账中的贷款额 lent in ledgers", "registry", "ledger-amount", loan),
        Asked("registry.exits_2016.households", "台账中的退出 exits in ledgers", "registry", "ledger-lines", left),
    ]


async def figures(platform: Platform) -> list[dict[str, Any]]:
    """Every figure as the services count it now."""
    known = published()
    every = [*_asked(), *await _checked(platform), *await _by_reason(platform)]
    return [await _figure(platform, asked, known) for asked in every]


async def _figure(platform: Platform, asked: Asked, known: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/{asked.service}/v1/figures/{asked.figure}"
    source = f"{path}?{urlencode(asked.params)}" if asked.params else path
    answer = await platform.get("auditor", source)
    expected = Decimal(asked.expected) if asked.expected else _at(known, asked.key or "")
    measured = Decimal(str(answer["value"]))
    return {
        "key": asked.key,
        "label": asked.label,
        "published": _plain(expected),
        "relation": asked.relation,
        "measured": _plain(measured),
        "unit": answer["unit"],
        "matches": measured >= expected if asked.relation == "at_least" else measured == expected,
        "source": source,
    }


def _at(known: dict[str, Any], key: str) -> Decimal:
    found: Any = known
    head, _, last = key.partition(".outputs.")
    for part in head.split("."):
        found = found[part]
    return Decimal(str(found["outputs"][last] if last else found))


def _plain(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else format(number.normalize(), "f")
