"""What an import says of the register is what the register says today: facts, members, status, in any order."""

import csv
import io
from typing import Any

import pytest

from services.registry.exchange.comparison.queries import homes
from shared.database.session import raw
from shared.security.auth import system
from tests.registry.test_changes import change
from tests.registry.test_exports import PLACES, released
from tests.registry.test_file_words import load
from tests.registry.test_late_changes import correct, made
from tests.support.api import Api
from tests.support.full import full_household
from tests.support.imports import load_import
from tests.support.people import VILLAGE, member
from tests.support.staffing import person
from tests.support.world import enter, leave_poverty, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, *PLACES)
    await move_clock(registry, "2022-06-01")


async def exported(api: Api) -> list[dict[str, str]]:
    """The village's register as its own export has it."""
    text = (await released(api, kind="csv", division=VILLAGE)).decode("utf-8-sig").splitlines()
    header = next(number for number, one in enumerate(text) if "户编号" in one)
    return list(csv.DictReader(text[header:]))


def written(rows: list[dict[str, str]], columns: list[str] | None = None) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def of(rows: list[dict[str, str]], home: dict[str, Any]) -> list[dict[str, str]]:
    return [row for row in rows if row["户编号"] == home["number"]]


async def told(api: Api, content: bytes) -> tuple[int, int, int, list[tuple[str, str]]]:
    """What an import would do: new, unchanged and wrong households, and what is said of which column."""
    state = await load(api, content, "mode=accept_good&preview=true")
    said = [(one["field"], one["zh"]) for one in state["errors"]]
    return state["created"], state["unchanged"], state["rejected"], said


async def test_an_own_export_sent_straight_back_is_the_register(registry: Api):
    corrected, grown, shrunk, succeeded, away = [await register(registry, 3) for _ in range(5)]
    [whole] = [full_household(VILLAGE)]
    await enter(registry, whole)
    await correct(registry, corrected, 1, "2016-02-01", land_mu="6.5", main_cause="因残")
    ill = "/".join(["members", corrected["members"][1]["id"]])
    await correct(registry, corrected, 2, "2016-03-01", ill, health=["残疾"])
    heir = succeeded["members"][1]["id"]
    others = [{"person_id": succeeded["members"][2]["id"], "relation": "其他"}]
    await made(
        registry,
        change("member_added", grown["id"], "2016-05-01", "birth", member=member("之孙子", labour=None)),
        change("member_left", shrunk["id"], "2016-05-02", "death", person_id=shrunk["members"][2]["id"]),
        change("head_changed", succeeded["id"], "2016-05-03", "head_changed", successor_id=heir, relations=others),
        change("member_left", away["id"], "2016-05-04", "death", person_id=away["members"][1]["id"]),
    )
    rows = await exported(registry)
    homes = {row["户编号"] for row in rows}
    assert {one["number"] for one in (corrected, grown, shrunk, succeeded, away, whole)} <= homes
    assert await told(registry, written(rows)) == (0, len(homes), 0, [])
    # Neither the order of the lines of a household nor that of the columns says anything.
    turned = [row for number in sorted(homes) for row in reversed([one for one in rows if one["户编号"] == number])]
    assert await told(registry, written(turned, list(reversed(rows[0])))) == (0, len(homes), 0, [])


async def test_a_column_that_a_file_has_not_says_nothing(registry: Api):
    home = await register(registry, 2)
    await correct(registry, home, 1, "2016-02-01", land_mu="7.50")
    rows = of(await exported(registry), home)
    needed = ["行政村代码", "户编号", "姓名", "证件号码", "与户主关系", "贫困户属性", "主要致贫原因", "识别日期"]
    assert await told(registry, written(rows, needed)) == (0, 1, 0, [])


async def test_an_old_file_is_told_what_was_corrected_since_and_by_whom_as_far_as_they_are_staff(registry: Api):
    home = await register(registry, 1)
    before = of(await exported(registry), home)
    await correct(registry, home, 1, "2016-02-01", land_mu="6.50", main_cause="因残")
    created, unchanged, rejected, said = await told(registry, written(before))
    assert (created, unchanged, rejected) == (0, 0, 1)
    columns = dict(said)
    assert columns["主要致贫原因"] == "主要致贫原因：文件为“因病”，登记为“因残”（2016年2月1日起）"
    assert columns.keys() <= {"主要致贫原因", "耕地面积"}
    await person(registry, name="钱登记", subject="county_office")
    *_, said = await told(registry, written(before))
    sentence = "主要致贫原因：文件为“因病”，登记为“因残”（2016年2月1日起，钱登记登记）"
    assert dict(said)["主要致贫原因"] == sentence


async def test_a_file_with_a_dead_son_or_without_a_new_one_is_not_the_same(registry: Api):
    home = await register(registry, 3)
    before = of(await exported(registry), home)
    dead, born = home["members"][2], member("之孙子", labour=None)
    await made(
        registry,
        change("member_left", home["id"], "2016-05-02", "death", person_id=dead["id"]),
        change("member_added", home["id"], "2016-05-03", "birth", member=born),
    )
    _, unchanged, rejected, said = await told(registry, written(before))
    assert (unchanged, rejected) == (0, 1)
    assert ("姓名", "此人2016年5月2日起已不在册（死亡）") in said
    assert any(f"登记中该户还有1人（{born['name']}），文件中没有" in sentence for _, sentence in said)


async def test_who_lives_in_another_household_now_is_told_with_its_number(registry: Api):
    home, other = await register(registry, 2), await register(registry, 1)
    before = of(await exported(registry), home)
    moved = home["members"][1]["id"]
    await made(
        registry,
        change("member_left", home["id"], "2016-05-02", "registered_elsewhere", person_id=moved),
        change("member_added", other["id"], "2016-05-03", "registered_here", person_id=moved, relation="其他"),
    )
    *_, said = await told(registry, written(before))
    assert ("姓名", f"此人现登记在另一户（{other['number']}）") in said


async def test_a_household_that_was_cleared_out_is_told_so(registry: Api):
    home = await register(registry, 2)
    before = of(await exported(registry), home)
    await made(registry, change("removal", home["id"], "2016-06-01", "wrongly_included"))
    created, unchanged, rejected, said = await told(registry, written(before))
    assert (created, unchanged, rejected) == (0, 0, 1)
    assert said == [("户编号", "该户已于2016年6月1日剔除（错评剔除），现不在册")]


async def test_a_household_that_left_poverty_since_is_told_as_that(registry: Api):
    home = await register(registry, 2)
    before = of(await exported(registry), home)
    await leave_poverty(registry, home["id"], "2016-06-01")
    assert await told(registry, written(before)) == (0, 1, 0, [])
    other = await register(registry, 1)
    wrong = [row | {"主要致贫原因": "因残"} for row in of(await exported(registry), other)]
    async with registry.client("county_office") as client:
        content = written([*before, *wrong])
        state = await load_import(registry, client, content, "mode=accept_good&preview=true")
        marked = (await client.get(f"/imports/{state['id']}/workbook")).content.decode("utf-8-sig")
    assert [row[-1] for row in csv.reader(marked.splitlines())][1:3] == ["已脱贫，内容相同"] * 2


async def test_phone_and_card_are_compared_and_never_told(registry: Api):
    home = await register(registry, 1, phone="13800138001", bank_card="6228480000000001")
    rows = of(await exported(registry), home)
    assert (await told(registry, written(rows)))[:3] == (0, 1, 0)
    other = [row | {"户联系电话": "13900139000", "银行卡号": "6228480000000002"} for row in rows]
    *_, said = await told(registry, written(other))
    assert sorted(said) == [("户联系电话", "户联系电话与登记不同"), ("银行卡号", "银行卡号与登记不同")]


async def test_a_file_is_compared_by_index_however_small_the_register_is_when_it_begins(registry: Api):
    home = await register(registry, 2)
    tables = ["household", "membership", "person", "change"]
    await registry.worker.pool.execute("SELECT analyze_register()")  # a page or two, which to read whole is cheapest
    async with registry.worker.transaction(system("registry")) as session:
        found = await homes(session, registry.app.state.runtime.keys, [home["number"]])
        read = await (await raw(session)).fetch(
            "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY($1)", tables
        )
        planned = await (await raw(session)).fetchval("SHOW enable_seqscan")
    assert len(found[home["number"]].members) == 2
    assert {row["relname"]: row["seq_scan"] for row in read} == dict.fromkeys(tables, 0)
    assert planned == "on"  # and what follows is planned as ever
