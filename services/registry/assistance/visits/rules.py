"""What must hold of entries of the diary and of leave. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.registry.assistance.visits.schemas import LeaveIn, VisitIn
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security.auth import Caller

# Roles that live in the village and keep its diary.
POSTED = ("first_secretary", "team_leader", "team_member")
_COUNTY = 6


class VisitDiffers(Conflict):
    slug, zh, en = "visit-differs", "此编号已用于另一走访记录", "This id stands for another entry"


class NoSuchVisit(NotFound):
    slug, zh, en = "no-such-visit", "辖区内没有这一走访记录", "There is no such entry in your division"


class VisitPartMissing(Invalid):
    slug, zh = "visit-part-missing", "入户走访填户，其他填村"
    en = "A visit to a household names the household, other entries the village"


class VisitInFuture(Invalid):
    slug, zh, en = "visit-in-future", "走访日期晚于今天", "The visit lies in the future"


class PersonUnknown(Invalid):
    slug, zh = "visitor-unknown", "走访人员不在您所见干部中，也未在该村任职"
    en = "One of the people is neither among the staff you see nor in charge of anything in the village"


class PersonTwice(Invalid):
    slug, zh, en = "visitor-twice", "走访人员重复", "Somebody is named twice"


class OnLeave(Conflict):
    slug, zh, en = "on-leave", "{name}当日请假", "{name} was on leave that day"


class NotTheWriter(Forbidden):
    slug, zh, en = "not-the-writer", "只有原记录人可以更正", "Only who wrote an entry corrects it"


class CorrectedAlready(Conflict):
    slug, zh, en = "corrected-already", "该记录已被更正", "This entry has been corrected already"


class LeaveDiffers(Conflict):
    slug, zh, en = "leave-differs", "此编号已用于另一请假", "This id stands for another leave"


class NoSuchLeave(NotFound):
    slug, zh, en = "no-such-leave", "辖区内没有这一请假", "There is no such leave in your division"


class NotPosted(Invalid):
    slug, zh, en = "not-posted", "此人在请假期间不在该村驻村", "Not posted in this village on these days"


class LeaveBackwards(Invalid):
    slug, zh, en = "leave-backwards", "请假止日早于起日", "It ends before it begins"


class LeaveOverlaps(Conflict):
    slug, zh, en = "leave-overlaps", "与已有请假重叠", "It overlaps another leave"


class LeaveDecided(Conflict):
    slug, zh, en = "leave-decided", "该请假已决定", "It has been decided already"


class LeaveNeedsCounty(Forbidden):
    slug, zh, en = (
        "leave-needs-county",
        "超过{days}天的请假须由县批准",
        "Leave over {days} days is the county's to decide",
    )


class OwnLeave(Forbidden):
    slug, zh, en = "own-leave", "不能批准自己提出的请假", "Nobody decides a leave that he asked for himself"


class DiaryOnLeave(Conflict):
    slug, zh, en = "diary-on-leave", "请假期间有在岗日记", "The diary shows the person on duty on these days"


def check_visit(item: VisitIn, today: date) -> None:
    """Raises VisitPartMissing, VisitInFuture, PersonTwice."""
    if (item.household_id is not None) != (item.kind == "household") or (
        (item.village is not None) == (item.kind == "household")
    ):
        raise VisitPartMissing(field="kind", rule=item.kind)
    if item.visited_on > today:
        raise VisitInFuture(field="visited_on", rule="not in the future")
    if len(set(item.people)) != len(item.people):
        raise PersonTwice(field="people", rule="each once")


def check_same(row: Any, item: VisitIn) -> None:
    """Raises VisitDiffers where the id stands for another entry."""
    if (row.visited_on, row.kind, set(row.people)) != (item.visited_on, item.kind, set(item.people)):
        raise VisitDiffers(field="id", rule="one id, one entry")


def check_corrects(row: Any, actor: str) -> None:
    """Raises NoSuchVisit, NotTheWriter, CorrectedAlready."""
    if row is None:
        raise NoSuchVisit(field="corrects")
    if row.recorded_by != actor:
        raise NotTheWriter(field="corrects", rule="the writer")
    if row.superseded_by is not None:
        raise CorrectedAlready(field="corrects", rule="once")


def days(item: LeaveIn, others: Iterable[tuple[date, date]]) -> int:
    """How many calendar days somebody is away, both ends counted: leaves that adjoin are one absence, so that a long
    one is not asked for in short pieces. Raises LeaveBackwards.
    """
    if item.until_on < item.from_on:
        raise LeaveBackwards(field="until_on", rule="from_on or later")
    first, last = item.from_on, item.until_on
    apart = sorted(others)
    for begins, ends in apart:
        if (begins - last).days == 1:
            last = ends
    for begins, ends in reversed(apart):
        if (first - ends).days == 1:
            first = begins
    return (last - first).days + 1


def check_decision(row: Any, caller: Caller, town_days: int) -> None:
    """Whether the caller may decide a leave. Raises LeaveDecided, LeaveNeedsCounty, OwnLeave."""
    if row.status != "asked":
        raise LeaveDecided(field="id", rule="asked")
    if row.level == "county" and len(caller.division) > _COUNTY:
        raise LeaveNeedsCounty(field="id", rule="duty.leave_town_days", days=town_days)
    if caller.subject in (row.recorded_by, *row.subjects):
        raise OwnLeave(field="id", rule="somebody else")
