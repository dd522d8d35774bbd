"""Days of a deadline: natural days 自然日, or working days 工作日 after the State Council's yearly announcements.

Holidays and the weekends that are worked instead are announced late in the year before, so a working-day deadline
can only be counted within the years that the installed calendar knows.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import chinese_calendar  # type: ignore[import-untyped]
from chinese_calendar import constants

from shared.problems import Invalid

Unit = Literal["days", "workdays"]
FIRST_YEAR = min(day.year for day in constants.holidays)
LAST_YEAR = max(day.year for day in constants.holidays)


class NotAnnounced(Invalid):
    slug = "workdays-not-announced"
    zh = "{year}年放假安排尚未公布，无法计算工作日"
    en = "The holidays of {year} have not been announced; working days cannot be counted"
    year: int


def is_workday(day: date) -> bool:
    """Whether offices work on a day. Raises NotAnnounced for a year without an announcement."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotAnnounced(year=day.year)
    return bool(chinese_calendar.is_workday(day))


def after(start: date, count: int, unit: Unit = "days") -> date:
    """The day ``count`` days after a day, which itself is not counted. Raises NotAnnounced for working days."""
    if unit == "days":
        return start + timedelta(days=count)
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


@dataclass(frozen=True, slots=True)
class Span:
    """How long something may take or has to hang, as a policy states it."""

    days: int
    unit: Unit = "days"

    def after(self, start: date) -> date:
        """The last day of the span that begins on a day. Raises NotAnnounced for working days."""
        return after(start, self.days, self.unit)
