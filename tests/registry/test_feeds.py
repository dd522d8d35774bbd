"""Feeds of departments: by file and by event, once for each version, whatever the order; no number is kept."""

import itertools
import random
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.verification.feeds.catalogue import feed
from services.registry.verification.feeds.rules import RecordRefused, read
from shared.jobs.runner import run_one_step
from shared.security.crypto import KeyRing, Undecipherable
from shared.security.sealing import public_key, seal, unseal
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.feeds import deliver, event, sheet, tell, work
from tests.support.people import VILLAGE, identity_number
from tests.support.world import move_clock, villages

COUNT = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


def car(**columns: str) -> dict[str, str]:
    return {
        "号牌号码": f"吉F{next(COUNT):05d}",
        "版本号": "1",
        "姓名": "王某",
        "证件号码": identity_number(),
        "车辆类型": "小型轿车",
        "购置价": "86,000",
        "注册登记日期": "2015-06-01",
    } | columns


async def kept(api: Api, number: str) -> dict[str, Any]:
    """The current version of a record."""
    sql = "SELECT * FROM feed_record WHERE record_no = $1 AND superseded_at IS NULL"
    return dict(await api.worker.pool.fetchrow(sql, number))


def counts(state: dict[str, Any]) -> dict[str, int]:
    names = ("fresh", "renewed", "unchanged", "late", "contradicting", "rejected")
    return {name: state[name] for name in names if state[name]}


async def test_a_file_is_kept_once_however_often_it_is_sent(registry: Api):
    cars = [car() for _ in range(3)]
    assert counts(await deliver(registry, "vehicles", sheet(*cars))) == {"fresh": 3}
    assert counts(await deliver(registry, "vehicles", sheet(*cars))) == {"unchanged": 3}
    one = await kept(registry, cars[0]["号牌号码"])
    assert (one["details"], one["from_on"].isoformat()) == ('{"kind": "小型轿车", "price": "86000"}', "2015-06-01")


async def test_no_number_of_a_person_is_kept_in_plain_anywhere(registry: Api):
    number, phone = identity_number(), "13812345678"
    line = car(证件号码=number, 姓名=f"王某{number}", 使用性质=f"联系 {phone}，证号{number}", 备注=number)
    assert counts(await deliver(registry, "vehicles", sheet(line))) == {"fresh": 1}
    owner = await registry.owner()
    tables = ("feed_record", "feed_file", "data_file", "file_chunk", "file_mistake", "audit_entry", "outbox", "job")
    for table in tables:
        text = await owner.fetchval(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        assert number not in text, table
        assert phone not in text, table
    assert await owner.fetchval("SELECT count(*) FROM file_chunk") == 0
    await owner.close()
    assert (await kept(registry, line["号牌号码"]))["identity_masked"] == number[:6] + "********" + number[-4:]


async def test_a_later_version_supersedes_and_an_earlier_one_that_comes_late_changes_nothing(registry: Api):
    line = car()
    newer = line | {"版本号": "3", "注销日期": "2016-02-01"}
    assert counts(await deliver(registry, "vehicles", sheet(line))) == {"fresh": 1}
    assert counts(await deliver(registry, "vehicles", sheet(newer))) == {"renewed": 1}
    assert counts(await deliver(registry, "vehicles", sheet(line | {"版本号": "2"}))) == {"late": 1}
    assert counts(await deliver(registry, "vehicles", sheet(newer | {"购置价": "1"}))) == {"contradicting": 1}
    one = await kept(registry, line["号牌号码"])
    assert (one["version"], one["ended_on"].isoformat()) == (3, "2016-02-01")
    sql = "SELECT count(*), count(DISTINCT record_id) FROM feed_record WHERE record_no = $1"
    assert tuple(await registry.worker.pool.fetchrow(sql, line["号牌号码"])) == (2, 1)


async def test_events_and_files_in_any_order_end_in_the_same_record(registry: Api):
    dice = random.Random(7)
    for _ in range(5):
        number, plate = identity_number(), f"吉E{next(COUNT):05d}"
        told = [
            event(registry, "vehicles", plate, n, number, details={"kind": "小型轿车", "price": str(n)})
            for n in (1, 2, 3)
        ]
        order = [*told, *told]
        dice.shuffle(order)
        for one in order:
            await tell(registry, one)
        one = await kept(registry, plate)
        assert (one["version"], one["details"]) == (3, '{"kind": "小型轿车", "price": "3"}')
        assert counts(await deliver(registry, "vehicles", sheet(car(号牌号码=plate, 版本号="2")))) == {"late": 1}


async def test_an_event_and_a_file_about_one_person_have_the_same_index(registry: Api):
    number, line = identity_number(), car()
    await deliver(registry, "vehicles", sheet(line | {"证件号码": number}))
    await tell(registry, event(registry, "housing", "H-1", 1, number, details={"kind": "商品房"}))
    there = [await kept(registry, name) for name in (line["号牌号码"], "H-1")]
    assert there[0]["identity_index"] == there[1]["identity_index"] is not None


async def test_a_record_that_cannot_be_opened_is_parked_and_others_are_kept(registry: Api):
    good = event(registry, "vehicles", "吉G00001", 1, identity_number())
    moved = event(registry, "vehicles", "吉G00002", 1, sealed=None)
    foreign = seal(identity_number(), public_key(KeyRing.generate()), context="departments.record:vehicles:吉G00003")
    broken = event(registry, "vehicles", "吉G00003", 1, sealed=foreign)
    await tell(registry, broken, good, moved)
    names = await registry.worker.pool.fetch("SELECT record_no FROM feed_record WHERE record_no LIKE '吉G%'")
    assert {row["record_no"] for row in names} == {"吉G00001", "吉G00002"}
    reasons = await registry.worker.pool.fetch("SELECT key, reason FROM parked WHERE topic = 'departments.record'")
    assert [(row["key"], row["reason"].split(":")[0]) for row in reasons] == [("vehicles/吉G00003", "Undecipherable")]


async def test_what_is_wrong_is_listed_by_line_and_column_and_the_rest_is_kept(registry: Api):
    lines = [
        car(),
        car(注册登记日期="2015-13-01"),
        car(购置价="很贵"),
        car(号牌号码=identity_number()),
        car(版本号="零"),
        car(姓名=""),
        car(注册登记日期="2016-01-01", 注销日期="2015-01-01"),
    ]
    state = await deliver(registry, "vehicles", sheet(*lines))
    assert counts(state) == {"fresh": 1, "rejected": 6}
    async with registry.client("county_office") as client:
        rows = (await client.get(f"/feed-files/{state['id']}/errors")).json()["items"]
    assert [(row["line"], row["field"]) for row in rows] == [
        (3, "注册登记日期"),
        (4, "购置价"),
        (5, "号牌号码"),
        (6, "版本号"),
        (7, "姓名"),
        (8, "注销日期"),
    ]


async def test_columns_come_in_any_order_under_any_of_their_headers_in_gb18030_too(registry: Api):
    text = f"姓名,行政村代码,身份证号,单位名称,人员类别,人员编号\r\n王某,{VILLAGE},,县一中,事业编制,P-77\r\n"
    assert counts(await deliver(registry, "payroll", text.encode("gb18030"))) == {"fresh": 1}
    one = await kept(registry, "P-77")
    assert (one["village"], one["pinyin"], one["identity_index"]) == (VILLAGE, "wang mou", None)


@pytest.mark.parametrize(
    ("feed_name", "content", "status", "slug"),
    [
        ("unknown", "姓名\n王某\n", 404, "no-such-feed"),
        ("vehicles", "姓名,车辆类型\n王某,小型轿车\n", 422, "columns-missing"),
        ("vehicles", b"", 422, "file-empty"),
        ("vehicles", b"PK\x03\x04\x00\x00", 422, "workbook-broken"),
        ("vehicles", b"\xff\xff\x00", 422, "not-a-text-file"),
        ("vehicles", '号牌号码,姓名\n"吉1,王某\n', 422, "line-break-in-field"),
    ],
)
async def test_a_file_that_is_no_feed_is_refused_with_a_reason(registry: Api, feed_name, content, status, slug):
    async with registry.client("county_office") as client:
        answer = await client.post(f"/feed-files?feed={feed_name}", content=content)
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (status, slug)


async def test_a_workbook_below_a_title_brings_the_same_records_as_text_and_its_errors_keep_their_lines(
    registry: Api,
):
    good, bad = car(), car(购置价="很贵")
    content = book([good, bad], header=list(good), above=["靖宇县机动车登记", "2016年3月"])
    state = await deliver(registry, "vehicles", content)
    assert (state["kind"], counts(state)) == ("workbook", {"fresh": 1, "rejected": 1})
    async with registry.client("county_office") as client:
        rows = (await client.get(f"/feed-files/{state['id']}/errors")).json()["items"]
    assert [(row["line"], row["field"]) for row in rows] == [(5, "购置价")]
    assert counts(await deliver(registry, "vehicles", sheet(good))) == {"unchanged": 1}
    assert await registry.worker.pool.fetchval("SELECT count(*) FROM file_chunk") == 0


async def test_feeds_are_read_by_the_same_front_door_and_say_what_of_them_was_not_read(registry: Api):
    one, two, three = car(), car(), car(姓名='="王某"')
    content = sheet(one, two, three).replace("86,000", "86000").replace('"', "").replace(",", "\t")
    state = await deliver(registry, "vehicles", f"机动车登记\n{content}合计\t3\n填表人：张某\n".encode("utf-16"))
    assert counts(state) == {"fresh": 3}
    remarks = {(row["rule"], row["line"], row["lines"]) for row in state["remarks"]}
    assert remarks == {("above the header", 1, 1), ("no record", 6, 2)}


async def test_a_number_of_a_feed_that_a_spreadsheet_has_shortened_is_refused_with_the_cure(registry: Api):
    state = await deliver(registry, "vehicles", sheet(car(), car(证件号码="2.20622E+17")))
    assert counts(state) == {"fresh": 1, "rejected": 1}
    async with registry.client("county_office") as client:
        rows = (await client.get(f"/feed-files/{state['id']}/errors")).json()["items"]
    assert [(row["line"], row["field"]) for row in rows] == [(3, "证件号码")]
    assert "设为文本后重新填写" in rows[0]["zh"]


async def test_a_file_that_is_never_read_to_its_end_is_forgotten_when_its_days_are_over(registry: Api):
    async with registry.client("county_office") as client:
        id = (await client.post("/feed-files?feed=vehicles", content=sheet(car()))).json()["id"]
        await registry.worker.pool.execute("UPDATE job SET status = 'failed' WHERE id = $1", id)
        await move_clock(registry, "2016-03-09")
        await work(registry)
    kept = "SELECT count(*) FROM file_chunk WHERE file_id = $1"
    assert await registry.worker.pool.fetchval(kept, id) == 0


async def test_only_the_office_of_one_county_delivers_and_another_county_sees_nothing_of_it(registry: Api):
    async with registry.client("county_office", division="2206") as client:
        answer = await client.post("/feed-files?feed=vehicles", content=sheet(car()))
    assert answer.json()["type"].endswith("one-county")
    state = await deliver(registry, "vehicles", sheet(car()))
    async with registry.client("county_office", division="220623") as client:
        assert (await client.get(f"/feed-files/{state['id']}")).status_code == 404
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        assert (await client.get(f"/feed-files/{state['id']}")).status_code == 403


async def test_a_large_file_is_read_in_steps_and_goes_on_after_a_fault(registry: Api):
    lines = [car() for _ in range(25_000)]
    async with registry.client("county_office") as client:
        answer = await client.post("/feed-files?feed=vehicles", content=sheet(*lines))
        id = answer.json()["id"]
        keys = KeyRing.load(registry.settings.keyring)
        await run_one_step(registry.worker, registry.service.jobs, keys)
        half = (await client.get(f"/feed-files/{id}")).json()
        assert half["status"] == "running"
        assert 0 < half["fresh"] < 25_000
        broken = dict(registry.service.jobs)
        broken["feed"] = _fails
        await run_one_step(registry.worker, broken, keys)
        await registry.worker.pool.execute("UPDATE job SET retry_at = clock_timestamp()")
        await work(registry)
        state = (await client.get(f"/feed-files/{id}")).json()
    assert (state["status"], state["fresh"], state["rejected"]) == ("done", 25_000, 0)


async def _fails(_session: Any, _job: Any) -> Any:
    raise OSError("the worker dies in the middle of a step")


@given(st.dictionaries(st.sampled_from(list(feed("vehicles").headers.values())), st.text(max_size=60)))
def test_whatever_a_department_sends_is_kept_without_a_number_or_refused_with_reasons(values: dict[str, str]):
    values = values | {"use": values.get("use", "") + "220622196005041233"}
    said = "refused"
    with suppress(RecordRefused):
        record = read(feed("vehicles"), values, {}, date(2016, 3, 1))
        said = str(record.details) + record.name + record.record_no
    assert "220622196005041233" not in said


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_sealed_number_opens_only_for_its_record_and_its_installation(plain: str, context: str):
    keys, others = KeyRing.generate(), KeyRing.generate()
    value = seal(plain, public_key(keys), context=context)
    assert unseal(value, keys, context=context) == plain
    for ring, where in ((others, context), (keys, context + "x")):
        with pytest.raises(Undecipherable):
            unseal(value, ring, context=where)
