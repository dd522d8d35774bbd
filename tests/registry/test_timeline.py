"""Corrections that reach back: a corrected fact holds until the day on which a later change set it again."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.registry.register.households.rules import Stretch, corrected

START = date(2015, 1, 1)
Day = st.integers(0, 60).map(lambda days: START + timedelta(days=days))


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[date, str, int]]:
    """Corrections (day, value, version) of one fact, recorded in any order of days."""
    days = draw(st.lists(Day, min_size=1, max_size=7))
    return [(day, f"v{n}", n) for n, day in enumerate(days, 2)]


def apply(stretches: list[Stretch[str]], day: date, value: str, version: int) -> list[Stretch[str]]:
    kept = list(stretches)
    for old, new in corrected(stretches, day, {"cause": value}, version):
        kept.remove(old)
        kept += new
    return sorted(kept, key=lambda one: one.start)


def model(history: list[tuple[date, str, int]], day: date) -> str:
    """One entry a day, the last recorded; a day shows the entry of the nearest day on or before it."""
    entries = {START: "v1"} | {at: value for at, value, _ in history}
    return entries[max(at for at in entries if at <= day)]


@given(histories(), Day)
def test_every_day_shows_the_last_fact_set_on_or_before_it(history, day):
    stretches = [Stretch(START, None, {"cause": "v1"}, {}, "row")]
    for at, value, version in history:
        stretches = apply(stretches, at, value, version)
    assert next(one for one in stretches if one.covers(day)).facts["cause"] == model(history, day)


@given(histories())
def test_the_days_stay_covered_once_and_the_last_stretch_stays_open(history):
    stretches = [Stretch(START, None, {"cause": "v1"}, {}, "row")]
    for at, value, version in history:
        stretches = apply(stretches, at, value, version)
    assert stretches[0].start == START
    assert stretches[-1].end is None
    assert all(one.end == later.start for one, later in itertools.pairwise(stretches))


@given(Day, Day)
def test_another_fact_is_left_as_it_was(day, other):
    stretches = [Stretch(START, other if other > START else None, {"cause": "v1", "land": "3"}, {}, "row")]
    if not stretches[0].covers(day):
        return
    parts = [one for _, new in corrected(stretches, day, {"cause": "v2"}, 2) for one in new]
    assert all(one.facts["land"] == "3" and "land" not in one.origins for one in parts)


def test_a_fact_that_turns_out_unknown_is_gone_from_its_day_on():
    [(_, parts)] = corrected([Stretch(START, None, {"cause": "v1"}, {}, "row")], date(2015, 2, 1), {"cause": None}, 2)
    assert [one.facts for one in parts] == [{"cause": "v1"}, {}]
