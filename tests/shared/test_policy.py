"""Policies: the nearest division, the latest date, the highest version; a version that was used is final."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import JsonValue

from shared import policy
from shared.names.ids import uuid7
from shared.policy import NoPolicy, Policy
from shared.policy.files import Entry, UsedPolicyChanged, load
from shared.policy.records import PolicyMisshapen
from shared.security.auth import system
from shared.time.workdays import Span
from tests.support.api import Api

KEY = "tests.line"


def entry(value: str, since: str, *, division: str = "", version: int = 1) -> Entry:
    return Entry(
        key=KEY,
        division=division,
        valid_from=date.fromisoformat(since),
        version=version,
        value=value,
        zh="线",
        en="line",
        source="tests",
    )


async def write(api: Api, *entries: Entry) -> None:
    owner = await api.owner()
    try:
        await load(owner, entries)
    finally:
        await owner.close()


async def resolved(api: Api, division: str, day: str) -> Policy:
    async with api.worker.transaction(system(api.service.name)) as session:
        return await policy.resolve(session, KEY, division, date.fromisoformat(day))


@pytest.fixture(scope="module", autouse=True)
async def lines(evaluation: Api) -> None:
    await write(
        evaluation,
        entry("2300", "2011-01-01"),
        entry("2952", "2016-01-01", version=2),
        entry("2955", "2016-01-01", version=3),
        entry("4200", "2016-01-01", division="220622"),
    )


async def test_the_nearest_division_wins_then_the_latest_date_then_the_highest_version(evaluation: Api):
    found = [
        (await resolved(evaluation, division, day)).value
        for division, day in (
            ("220622100201", "2016-05-01"),
            ("220623100201", "2016-05-01"),
            ("220622100201", "2015-12-31"),
            ("220623", "2011-01-01"),
        )
    ]
    assert found == ["4200", "2955", "2300", "2300"]


async def test_where_no_policy_is_in_force_nothing_can_be_decided(evaluation: Api):
    with pytest.raises(NoPolicy):
        await resolved(evaluation, "220622", "2010-12-31")


async def test_a_version_that_was_used_cannot_change_and_its_successor_can_come(evaluation: Api):
    used = await resolved(evaluation, "220622", "2016-05-01")
    assert used.reference() == {"id": str(used.id), "key": KEY, "division": "220622", "version": 1}
    with pytest.raises(UsedPolicyChanged, match=r"tests\.line version 1"):
        await write(evaluation, entry("4300", "2016-01-01", division="220622"))
    await write(evaluation, entry("4500", "2017-01-01", division="220622", version=2))
    days = ("2016-12-31", "2017-01-01")
    assert [(await resolved(evaluation, "220622", day)).value for day in days] == ["4200", "4500"]


def stated(value: JsonValue) -> Policy:
    return Policy(uuid7(), KEY, "", 1, value, "贫困线", "poverty line")


def test_a_policy_is_read_as_what_it_has_to_be():
    assert stated(7).number() == 7
    assert stated("0.35").decimal() == Decimal("0.35")
    assert stated("2952.00").text() == "2952.00"
    assert stated(["普通劳动力", "技能劳动力"]).texts() == ["普通劳动力", "技能劳动力"]
    assert stated(value=True).flag() is True
    assert stated({"days": 5, "unit": "workdays"}).read(Span) == Span(5, "workdays")
    assert stated({"town": 3}).read(dict[str, int]) == {"town": 3}


def test_a_policy_of_another_form_refuses_the_matter_and_says_which_policy_it_is():
    for read in (stated("seven").number, stated({"days": 7}).text, stated("yes, often").flag, stated(7).texts):
        with pytest.raises(PolicyMisshapen) as refused:
            read()
        assert refused.value.sentence("zh") == "政策参数“贫困线”的内容格式不符，暂不能办理，请联系政策管理人员"
        assert refused.value.document()["policy"] == KEY
