"""What must hold of entries of the diary and of absences. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.registry.assistance.visits.records import Absence, Posting, Referred, Visit
from services.registry.assistance.visits.schemas import AbsenceIn, VisitIn
from shared.households.queries import NoSuchHousehold
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.words import Name
from shared.workflow.separation import APPROVE, keep_apart

# Roles that live in the village and keep its diary.
POSTED = ("first_secretary", "team_leader", "team_member")
_COUNTY = 6


class VisitDiffers(Conflict):
    slug, zh, en = "visit-differs", "此编号已用于另一走访记录", "This id stands for another entry"


class NoSuchVisit(NotFound):
    slug, zh, en = "no-such-visit", "辖区内没有这一走访记录", "There is no such entry in your division"


class VisitPartMissing(Invalid):
    slug, zh = "visit-part-missing", "入户走访应填户，其他走访应填村"
    en = "A visit to a household names the household, other entries the village"


class VisitInFuture(Invalid):
    slug, zh, en = "visit-in-future", "走访日期不能晚于今天", "The visit lies in the future"


class PersonUnknown(Invalid):
    slug, zh = "visitor-unknown", "走访人员不在辖区干部名册中，也未在该村任职"
    en = "One of the people is neither among the staff you see nor in charge of anything in the village"


class PersonTwice(Invalid):
    slug, zh, en = "visitor-twice", "走访人员重复", "Somebody is named twice"


class Absent(Conflict):
    slug, zh, en = "absent", "{name}当日请假", "{name} was absent on leave that day"
    name: Name


class NotTheWriter(Forbidden):
    slug, zh, en = "not-the-writer", "只有原记录人可以更正", "Only who wrote an entry corrects it"


class CorrectedAlready(Conflict):
    slug, zh, en = "corrected-already", "该记录已被更正", "This entry has been corrected already"


class AbsenceDiffers(Conflict):
    slug, zh, en = "absence-differs", "此编号已用于另一次请假", "This id stands for another absence"


class NoSuchAbsence(NotFound):
    slug, zh, en = "no-such-absence", "辖区内没有这次请假", "There is no such absence in your division"


class NotPosted(Invalid):
    slug, zh, en = "not-posted", "此人在请假期间不在该村驻村", "Not posted in this village on these days"


class AbsenceBackwards(Invalid):
    slug, zh, en = "absence-backwards", "请假止日早于起日", "It ends before it begins"


class AbsenceOverlaps(Conflict):
    slug, zh, en = "absence-overlaps", "与已有请假重叠", "It overlaps another absence"


class AbsenceDecided(Conflict):
    slug, zh, en = "absence-decided", "该请假已审批", "It has been decided already"


class AbsenceNeedsCounty(Forbidden):
    slug, zh = "absence-needs-county", "超过{days}天的请假须报县级审批"
    en = "An absence of over {days} days is the county's to decide"
    days: int


class DiaryWhileAbsent(Conflict):
    slug, zh = "diary-while-absent", "请假期间有在岗日记"
    en = "The diary shows the person on duty on these days"


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


def place(item: VisitIn, referred: Referred, caller: Caller) -> str:
    """The village of an entry: where the household lived on the day. Raises NoSuchHousehold, DivisionForbidden."""
    division = referred.homes.get((item.household_id, item.visited_on)) if item.household_id else item.village
    if division is None:
        raise NoSuchHousehold(field="household_id")
    if not caller.covers(division):
        raise DivisionForbidden(field="village")
    return division


def names(item: VisitIn, referred: Referred, division: str) -> list[str]:
    """The people's names. Raises PersonUnknown, Absent."""
    found = []
    for id in item.people:
        name = referred.names.get((id, division)) or referred.names.get((id, None))
        if name is None:
            raise PersonUnknown(field="people", rule="staff in sight, or in charge in the village")
        absences = referred.absences.get(id, ())
        if any(absence.status == "approved" and absence.covers(item.visited_on) for absence in absences):
            raise Absent(field="people", rule="not absent", name=Name(name))
        found.append(name)
    return found


def check_same(known: Visit, item: VisitIn) -> None:
    """Raises VisitDiffers where the id stands for another entry."""
    if (known.visited_on, known.kind, set(known.people)) != (item.visited_on, item.kind, set(item.people)):
        raise VisitDiffers(field="id", rule="one id, one entry")


def check_corrects(known: Visit | None, actor: str) -> None:
    """Raises NoSuchVisit, NotTheWriter, CorrectedAlready."""
    if known is None:
        raise NoSuchVisit(field="corrects")
    if known.recorded_by != actor:
        raise NotTheWriter(field="corrects", rule="the writer")
    if known.superseded_by is not None:
        raise CorrectedAlready(field="corrects", rule="once")


def check_same_absence(known: Absence, item: AbsenceIn) -> None:
    """Raises AbsenceDiffers where the id stands for another one."""
    if (known.staff_id, known.from_on, known.until_on) != (item.staff_id, item.from_on, item.until_on):
        raise AbsenceDiffers(field="id", rule="one id, one absence")


def days(item: AbsenceIn, others: Iterable[Absence]) -> int:
    """How many calendar days somebody is away, both ends counted: those that adjoin are one absence, so that a long
    one is not asked for in short pieces. Raises AbsenceBackwards.
    """
    if item.until_on < item.from_on:
        raise AbsenceBackwards(field="until_on", rule="from_on or later")
    first, last = item.from_on, item.until_on
    apart = sorted((other.from_on, other.until_on) for other in others)
    for begins, ends in apart:
        if (begins - last).days == 1:
            last = ends
    for begins, ends in reversed(apart):
        if (first - ends).days == 1:
            first = begins
    return (last - first).days + 1


def posting(item: AbsenceIn, posts: Iterable[Posting]) -> Posting:
    """The post of somebody who is posted in the village on all of these days. Raises NotPosted."""
    for post in posts:
        if (post.staff_id, post.division) == (item.staff_id, item.village) and post.covers(
            item.from_on, item.until_on
        ):
            return post
    raise NotPosted(field="staff_id", rule="posted on all of these days")


def check_decision(absence: Absence, caller: Caller, subjects: Sequence[str], town_days: int) -> None:
    """Whether the caller may decide an absence of somebody with these subjects.

    Raises AbsenceDecided, AbsenceNeedsCounty, SamePerson.
    """
    if absence.status != "asked":
        raise AbsenceDecided(field="id", rule="asked")
    if absence.level == "county" and len(caller.division) > _COUNTY:
        raise AbsenceNeedsCounty(field="id", rule="duty.absence_town_days", days=town_days)
    keep_apart(caller.subject, [absence.recorded_by, *subjects], APPROVE)
