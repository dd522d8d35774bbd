"""The campaign from the end of 2014 to mid 2017, day by day, through the public API only."""

from collections.abc import Awaitable, Callable
from datetime import date

from demo.campaign import (
    classes,
    data_checks,
    desk,
    identifying,
    leaving,
    papers,
    planning,
    reconciling,
    registering,
    responsibility,
    rounds,
    spending,
    spring,
    tables,
)
from demo.campaign.clock import advance
from demo.campaign.screening import compare, judge
from demo.client import Platform
from demo.generator.cases import OPENED
from demo.generator.county import County
from demo.generator.feeds import SCREENED
from demo.generator.lives import COMPARED, CORRECTION_TOLD, TOLD
from demo.generator.schooling import SAID
from demo.story import Story

Step = Callable[[], Awaitable[None]]


def steps(platform: Platform, county: County, told: list[Story]) -> list[tuple[str, Step]]:
    """What happens, in order, with a name for the progress bar; what there is to tell of it is added to ``told``."""

    def on(day: date, *acts: Callable[[Platform, County], Awaitable[None]]) -> Step:
        async def act() -> None:
            await advance(platform, day)
            for one in acts:
                await one(platform, county)

        return act

    def telling(day: date, *acts: Callable[[Platform, County], Awaitable[list[Story]]]) -> Step:
        async def act() -> None:
            await advance(platform, day)
            for one in acts:
                told.extend(await one(platform, county))

        return act

    def adjusted(until: date, after: date) -> Step:
        return lambda: registering.adjust(platform, county, until, after)

    def closed(year: int) -> Step:
        async def close() -> None:
            await advance(platform, date(year + 1, 1, 8))
            await registering.close(platform, year)

        return close

    return [
        ("2014-12 建档立卡 register", on(date(2014, 12, 20), registering.found, rounds.open_first)),
        ("2015-01 结对帮扶 responsibility", on(date(2015, 1, 15), responsibility.appoint)),
        ("2015-06 回头看 look back", on(date(2015, 6, 30), rounds.look_back)),
        ("2015 动态调整 first half", adjusted(date(2015, 6, 30), date(2014, 12, 31))),
        ("2015-07 回头查 second round", on(date(2015, 7, 1), rounds.open_second)),
        ("2015-12 回头查 look again", on(date(2015, 12, 31), rounds.look_again)),
        ("2015 动态调整 second half", adjusted(date(2015, 12, 31), date(2015, 6, 30))),
        ("2016-01 年度封账 close 2015", closed(2015)),
        ("2016-01 资金到位 inflows", on(date(2016, 1, 20), spending.receive, responsibility.list_duties)),
        ("2016-02 脱贫计划 plans", on(date(2016, 2, 20), planning.plan)),
        ("2016-03 产业项目 projects", on(date(2016, 3, 10), spending.invest)),
        ("2016-05 驻村日记 diary", on(date(2016, 5, 3), responsibility.keep_diary)),
        ("2016-05 数据比对 feeds and rules", on(SCREENED, compare)),
        ("2016-05 疑点核查 doubts judged and closed", lambda: judge(platform, county)),
        ("2016-06 动态调整 first half", adjusted(date(2016, 6, 30), date(2015, 12, 31))),
        ("2016-07 小额信贷 micro-credit", on(date(2016, 7, 5), spending.lend, responsibility.hand_over)),
        ("2016-08 识别：入户、公示 visit and notice", on(OPENED, identifying.begin)),
        ("2016-08 识别：双签、审定 signatures and decision", lambda: identifying.decide(platform, county)),
        ("2016-09 以奖代投 rewards", on(date(2016, 9, 20), spending.reward)),
        ("2016-10 项目验收 outputs", on(date(2016, 10, 10), spending.deliver)),
        ("2016-10 节点销号 milestones", on(date(2016, 10, 12), planning.reach)),
        ("2016-10 收入核算 income", on(date(2016, 10, 25), leaving.count_income)),
        ("2016-11 退出 exits", on(date(2016, 11, 2), leaving.propose, leaving.collect)),
        ("2016-11 公示与审批 notice and decision", lambda: leaving.decide(platform, county)),
        ("2016-12 奖补兑现 payment", on(date(2016, 12, 15), spending.pay)),
        ("2016-12 动态调整 second half", adjusted(date(2016, 12, 31), date(2016, 6, 30))),
        ("2016-12 户有证 certificates", on(date(2016, 12, 31), leaving.rename, papers.issue)),
        ("2017-01 年度封账 close 2016", closed(2016)),
        ("2017-01 县有档案 archive", on(date(2017, 1, 10), papers.archive)),
        ("2017-01 新纳入户计划 newcomers' plans", on(date(2017, 1, 15), planning.plan_newcomers)),
        ("2017-03 户主变更、新生儿 heads and births", telling(date(2017, 3, 6), spring.bear, spring.hand_over)),
        ("2017-03 公示期间并村 merger amid a notice", telling(date(2017, 3, 6), spring.merge)),
        ("2017-03 新纳入户计划 newcomer's plan", on(date(2017, 3, 20), planning.plan_in_spring)),
        ("2017-04 学籍核对 classes of pupils", on(SAID, classes.go_up)),
        ("2017-04 信息更正 correction", telling(CORRECTION_TOLD, spring.correct)),
        ("2017-05 迟报死亡 deaths told late", telling(TOLD, spring.tell_late)),
        ("2017-06 月度核对 reconciliation", telling(COMPARED, reconciling.reconcile)),
        ("2017-06 半年采集 pensions", on(date(2017, 6, 28), tables.collect_pensions)),
        ("2017-06 年中 mid 2017", on(date(2017, 6, 30), responsibility.account, data_checks.check, desk.serve)),
    ]
