"""Records of departments beside the register: by number, by explainable rules for names, and what nobody may miss."""

import itertools
import random
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.verification.screening.records import Pair
from services.registry.verification.screening.rules import reasons, sure
from tests.support.api import Api
from tests.support.doubts import lead, take
from tests.support.feeds import deliver, doubts, event, screen, sheet, tell
from tests.support.people import OTHER_VILLAGE, VILLAGE, identity_number, member
from tests.support.world import by_two, decide, move_clock, register, villages

TODAY = "2016-03-01"
COUNT = itertools.count(1)
POLICY = {
    "identity": 100,
    "name_born": 90,
    "pinyin_born": 70,
    "name_village": 60,
    "pinyin_village": 40,
    "at_least": 40,
    "candidates": 3,
}

HUNDRED_THOUSAND = """
    INSERT INTO feed_record (record_id, division, feed, record_no, version, name, pinyin, born, village,
        document_kind, identity_index, details, digest, source, recorded_at, recorded_by)
    SELECT gen_random_uuid(), '220622', 'housing', 'B' || n, 1, '无名' || n, 'wu ming',
        date '1960-01-01' + n % 9000, $1, 'resident', CASE WHEN n % 10 > 0 THEN decode(md5(n::text), 'hex') END,
        '{"kind": "商品房"}', '\\x00', 'test', now(), 'test'
    FROM generate_series(1, 100000) AS n
"""


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, TODAY)


def car(name: str, number: str = "", **columns: str) -> dict[str, str]:
    plate = f"吉F{next(COUNT):05d}"
    given = {"号牌号码": plate, "姓名": name, "证件号码": number, "车辆类型": "小型轿车", "版本号": "1"}
    return given | columns


async def of(api: Api, home: dict[str, Any], rule: str = "vehicles.car") -> list[dict[str, Any]]:
    return [one for one in await doubts(api, rule) if one["household_id"] == home["id"]]


def words(doubt: dict[str, Any]) -> dict[str, bool | None]:
    return {one["what"]: one["matched"] for one in doubt["evidence"]["reasons"]}


async def test_a_number_matches_whoever_writes_the_name_how_and_raises_one_doubt_with_its_evidence(registry: Api):
    home = await register(registry, 2)
    number = home["members"][0]["identity_number"]
    await deliver(registry, "vehicles", sheet(car("王谋", number, 购置价="86000")))
    found = await screen(registry, "vehicles.car", "vehicles.price")
    assert found["vehicles.car"] == {"found": 1, "raised": 1}
    (one,) = await of(registry, home)
    assert (one["ground"], one["severity"], one["status"]) == ("vehicle", "serious", "raised")
    assert (one["evidence"]["way"], one["evidence"]["confidence"]) == ("identity", 100)
    assert words(one) == {"number": True, "name": False, "born": True, "village": None}
    assert one["policy"]["key"] == "screening.grounds"
    assert one["person_id"] == home["members"][0]["id"]
    assert number not in str(one)
    assert len(await of(registry, home, "vehicles.price")) == 1
    assert (await screen(registry, "vehicles.car"))["vehicles.car"]["raised"] == 0


async def test_without_a_number_the_name_and_the_birth_date_match_and_say_so(registry: Api):
    home = await register(registry, members=[member(name="欧阳建国", born=date(1961, 7, 3))])
    other = await register(registry, members=[member(name="欧阳建国", born=date(1961, 7, 4))])
    await deliver(registry, "vehicles", sheet(car("欧阳建国", 出生日期="1961-07-03")))
    await screen(registry, "vehicles.car")
    (one,) = await of(registry, home)
    assert (one["evidence"]["way"], one["evidence"]["confidence"]) == ("name_born", 90)
    assert words(one) == {"number": None, "name": True, "born": True, "village": None}
    assert await of(registry, other) == []


async def test_the_same_name_in_the_same_village_is_a_weaker_match_and_another_birth_date_is_none(registry: Api):
    home = await register(registry, members=[member(name="司马秀兰", born=date(1955, 2, 2))])
    away = await register(registry, village=OTHER_VILLAGE, members=[member(name="司马秀兰", born=date(1955, 2, 3))])
    await deliver(registry, "vehicles", sheet(car("司马秀兰", 行政村代码=VILLAGE)))
    await screen(registry, "vehicles.car")
    (one,) = await of(registry, home)
    assert (one["evidence"]["way"], one["evidence"]["confidence"]) == ("name_village", 60)
    assert await of(registry, away) == []
    born_elsewhere = car("司马秀兰", 行政村代码=VILLAGE, 出生日期="1999-01-01")
    await deliver(registry, "vehicles", sheet(born_elsewhere))
    await screen(registry, "vehicles.car")
    assert len(await of(registry, home)) == 1


async def test_a_name_that_sounds_the_same_matches_with_the_birth_date_and_says_what_differs(registry: Api):
    home = await register(registry, members=[member(name="诸葛伟", born=date(1962, 8, 8))])
    await deliver(registry, "vehicles", sheet(car("诸葛玮", 出生日期="19620808", 行政村代码=OTHER_VILLAGE)))
    await screen(registry, "vehicles.car")
    (one,) = await of(registry, home)
    assert (one["evidence"]["way"], one["evidence"]["confidence"]) == ("pinyin_born", 70)
    assert words(one) == {"number": None, "name": False, "pinyin": True, "born": True, "village": False}
    assert "姓名读音一致" in [reason["zh"] for reason in one["evidence"]["reasons"]]


async def test_where_the_department_has_a_number_the_name_decides_nothing(registry: Api):
    home = await register(registry, members=[member(name="东方红梅", born=date(1963, 3, 3))])
    stranger = identity_number(date(1963, 3, 3), male=False)
    await deliver(registry, "vehicles", sheet(car("东方红梅", stranger, 行政村代码=VILLAGE)))
    await screen(registry, "vehicles.car")
    assert await of(registry, home) == []


async def test_a_record_that_fits_too_many_raises_nothing_and_two_share_the_certainty(registry: Api):
    four = [await register(registry, members=[member(name="张多", born=date(1950, 1, 1))]) for _ in range(4)]
    two = [await register(registry, members=[member(name="张双", born=date(1950, 1, 1))]) for _ in range(2)]
    lines = [car("张多", 出生日期="1950-01-01"), car("张双", 出生日期="1950-01-01")]
    await deliver(registry, "vehicles", sheet(*lines))
    await screen(registry, "vehicles.car")
    assert [len(await of(registry, home)) for home in (*four, *two)] == [0, 0, 0, 0, 1, 1]
    assert [(await of(registry, home))[0]["evidence"]["confidence"] for home in two] == [45, 45]


async def test_what_has_ended_or_has_not_begun_raises_nothing(registry: Api):
    home = await register(registry)
    number = home["members"][0]["identity_number"]
    lines = [car("王某", number, 注销日期=TODAY), car("王某", number, 注册登记日期="2016-03-02")]
    await deliver(registry, "vehicles", sheet(*lines))
    await screen(registry, "vehicles.car")
    assert await of(registry, home) == []


async def test_a_car_that_is_scrapped_closes_its_record_and_the_settled_doubt_is_not_raised_again(registry: Api):
    home = await register(registry)
    line = car("王某", home["members"][0]["identity_number"])
    await deliver(registry, "vehicles", sheet(line))
    await screen(registry, "vehicles.car")
    (one,) = await of(registry, home)
    await lead(registry, one["id"], "close", TODAY, verdict="cancelled", ground="已报废，未注销")
    await deliver(registry, "vehicles", sheet(line | {"版本号": "2"}))
    assert await screen(registry, "vehicles.car")
    assert len(await of(registry, home)) == 1
    await deliver(registry, "vehicles", sheet(line | {"版本号": "3", "注销日期": "2016-02-20"}))
    await screen(registry, "vehicles.car")
    assert len(await of(registry, home)) == 1


async def test_only_kinds_that_the_rule_names_raise_anything(registry: Api):
    home = await register(registry)
    number = home["members"][0]["identity_number"]
    await deliver(registry, "vehicles", sheet(car("王某", number, 车辆类型="普通摩托车", 购置价="4500")))
    await screen(registry, "vehicles.car", "vehicles.machine", "vehicles.price")
    assert await of(registry, home) == []
    assert await of(registry, home, "vehicles.price") == []


async def test_who_left_the_household_or_whose_household_left_the_register_raises_nothing(registry: Api):
    home, gone = await register(registry, 2), await register(registry)
    child = home["members"][1]
    common = {"effective_on": TODAY}
    left = {"id": gone["id"], "kind": "member_left", "household_id": home["id"], "reason": "married_out", **common}
    removed = {"id": home["id"], "kind": "removal", "household_id": gone["id"], "reason": "moved_out", **common}
    answers = await by_two(registry, left | {"person_id": child["id"]}, removed, role="county_office")
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    lines = [car("王某", child["identity_number"]), car("王某", gone["members"][0]["identity_number"])]
    await deliver(registry, "vehicles", sheet(*lines))
    await screen(registry, "vehicles.car")
    assert await of(registry, home) == await of(registry, gone) == []


async def test_a_dead_member_raises_a_doubt_whatever_the_grounds(registry: Api):
    home = await register(registry, 2)
    dead = {
        "记录编号": "D-1",
        "姓名": "王某",
        "证件号码": home["members"][1]["identity_number"],
        "死亡日期": "2016-02-01",
    }
    await deliver(registry, "deaths", sheet(dead))
    await screen(registry, "deaths.member")
    (one,) = await of(registry, home, "deaths.member")
    assert (one["ground"], one["severity"], one["policy"]["key"]) == (None, "warning", "screening.rules")
    assert one["evidence"]["record"]["from_on"] == "2016-02-01"


async def test_who_gets_the_allowance_and_is_on_no_register_may_have_been_left_out(registry: Api):
    home = await register(registry)
    lines = [
        {"低保编号": "A-1", "姓名": "王某", "证件号码": home["members"][0]["identity_number"]},
        {"低保编号": "A-2", "姓名": "赵漏评", "证件号码": identity_number(), "行政村代码": VILLAGE},
        {"低保编号": "A-3", "姓名": "钱城镇", "证件号码": identity_number()},
    ]
    kinds = ("农村低保", "农村低保", "城镇低保")
    both = [line | {"救助类别": kind} for line, kind in zip(lines, kinds, strict=True)]
    await deliver(registry, "allowance", sheet(*both))
    assert (await screen(registry, "allowance.not_registered"))["allowance.not_registered"]["found"] == 1
    (one,) = await doubts(registry, "allowance.not_registered")
    assert (one["household_id"], one["division"], one["evidence"]["record"]["name"]) == (None, VILLAGE, "赵漏评")
    await lead(registry, one["id"], "review", TODAY, verdict="taken_in", ground="符合条件，应纳尽纳")
    assert await take(registry, "close", one["id"]) == "accepted"
    assert (await screen(registry, "allowance.not_registered"))["allowance.not_registered"]["raised"] == 0


async def test_a_number_that_is_no_identity_number_is_a_doubt_of_its_own(registry: Api):
    body = await register(registry)
    fifteen = "UPDATE person SET document_kind = 'old15' WHERE id = $1::uuid"
    owner = await registry.owner()
    await owner.execute(fifteen, body["members"][0]["id"])
    await owner.close()
    found = await screen(registry, "identity.old_number", "identity.invalid_number")
    assert (found["identity.old_number"]["raised"], found["identity.invalid_number"]["raised"]) == (1, 0)
    (one,) = await of(registry, body, "identity.old_number")
    assert one["evidence"]["person"]["document_kind"] == "old15"


async def test_the_order_and_the_repetition_of_events_do_not_matter_to_what_is_raised(registry: Api):
    dice = random.Random(3)
    home = await register(registry)
    number, plate = home["members"][0]["identity_number"], f"吉X{next(COUNT):05d}"
    kinds = ("普通摩托车", "小型轿车", "小型轿车")
    told = [event(registry, "vehicles", plate, n, number, details={"kind": kind}) for n, kind in enumerate(kinds, 1)]
    for _ in range(4):
        dice.shuffle(told)
        for one in told:
            await tell(registry, one)
        await screen(registry, "vehicles.car")
    assert len(await of(registry, home)) == 1


async def test_a_rule_that_does_not_exist_is_refused_and_a_switched_off_one_raises_nothing(registry: Api):
    async with registry.client("county_office") as client:
        answer = await client.post("/screenings", json={"division": "220622", "rules": ["vehicles.flying"]})
    assert answer.json()["type"].endswith("no-such-rule")
    home = await register(registry)
    await deliver(
        registry,
        "payroll",
        sheet(
            {
                "人员编号": "P-1",
                "姓名": "王某",
                "人员类别": "公务员",
                "证件号码": home["members"][0]["identity_number"],
            }
        ),
    )
    off = {"id": home["id"], "division": "220622", "rule": "payroll.public", "enabled": False, "reason": "核对名单中"}
    await decide(registry, "/screening-rules/switches", off, role="county_leader")
    assert (await screen(registry, "payroll.public"))["payroll.public"] == {"found": 1, "raised": 0}


async def test_the_next_countys_records_match_nobody_here(registry: Api):
    home = await register(registry)
    line = car("王某", home["members"][0]["identity_number"])
    await deliver(registry, "vehicles", sheet(line), division="220623")
    await screen(registry, "vehicles.car")
    assert await of(registry, home) == []


async def test_a_hundred_thousand_records_are_compared_in_seconds(registry: Api):
    owner = await registry.owner()
    await owner.execute(HUNDRED_THOUSAND, VILLAGE)
    await owner.execute("ANALYZE feed_record")
    await owner.close()
    began = time.perf_counter()
    await screen(registry, "housing.flat")
    assert time.perf_counter() - began < 10


_days, _names = st.dates(date(1930, 1, 1), date(2015, 1, 1)), st.sampled_from(["王伟", "王玮", "李梅"])


@given(
    way=st.sampled_from(["identity", "name_born", "name_village", "pinyin_born", "pinyin_village"]),
    names=st.tuples(_names, _names),
    born=st.tuples(st.none() | _days, _days),
    numbered=st.booleans(),
)
def test_reasons_never_claim_what_was_not_compared(way, names, born, numbered):
    told = {
        one.what: one.matched
        for one in reasons(Pair(way, *names, *born, None, VILLAGE, numbered=numbered or way == "identity"))
    }
    assert told["village"] is None
    assert told["name"] == (names[0] == names[1])
    assert (told["born"] is None) == (born[0] is None)
    assert told["number"] in ({True} if way == "identity" else {False} if numbered else {None})


@given(way=st.sampled_from(["identity", "name_born", "name_village"]), candidates=st.integers(1, 9))
def test_the_more_persons_a_record_fits_the_less_sure_it_is(way, candidates):
    confidence = sure(way, candidates, POLICY)
    assert confidence is None or 40 <= confidence <= POLICY[way] // candidates
    assert (confidence is None) == (candidates > 3 or POLICY[way] // candidates < 40)
