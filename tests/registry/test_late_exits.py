"""An exit from poverty that is told late stands on the day of its decision."""

import pytest

from services.registry.register.changes.handlers import ExitContradicts
from tests.registry.test_changes import change, year
from tests.registry.test_late_changes import joins, made, on, sizes, told
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import leave_poverty, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-07-10")


async def test_an_exit_that_is_told_after_a_birth_stands_on_the_day_of_its_decision(registry: Api):
    home = await register(registry, 3)
    before = await year(registry, 2016, division=VILLAGE)
    await made(registry, joins(home, "06-20"))
    await leave_poverty(registry, home["id"], "2016-06-07")
    states = [(await on(registry, home, f"2016-{day}"))["status"] for day in ("06-06", "06-07", "07-01")]
    assert states == ["registered", "exited", "exited"]
    assert await sizes(registry, home, "06-19", "06-20") == [3, 4]
    after = await year(registry, 2016, division=VILLAGE)

    def added(kind: str) -> int:
        old, new = ({s["kind"]: s for s in one["bridge"]}.get(kind, {}) for one in (before, after))
        return new.get("persons", 0) - old.get("persons", 0)

    assert (added("exit"), added("member_added")) == (-3, 0)
    kind, event = (await told(registry, home["id"]))[-1]
    assert (kind, event["status"], event["effective_on"]) == ("registry.household.exited.v1", "exited", "2016-06-07")


async def test_a_household_that_was_removed_after_its_exit_was_exited_until_then(registry: Api):
    home = await register(registry, 2)
    await made(registry, change("removal", home["id"], "2016-06-20", "moved_out"))
    await leave_poverty(registry, home["id"], "2016-06-07")
    states = [(await on(registry, home, f"2016-{day}"))["status"] for day in ("06-06", "06-07", "06-20")]
    assert states == ["registered", "exited", "removed"]


async def test_nobody_exits_who_was_off_the_register_on_the_day(registry: Api):
    home = await register(registry, 2)
    await made(registry, change("removal", home["id"], "2016-06-05", "moved_out"))
    await made(registry, change("restoration", home["id"], "2016-06-25", "restored"))
    with pytest.raises(ExitContradicts):
        await leave_poverty(registry, home["id"], "2016-06-07")
    assert (await on(registry, home, "2016-07-01"))["status"] == "registered"
