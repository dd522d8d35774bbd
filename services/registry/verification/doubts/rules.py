"""Which step of a doubt may follow which, and who may take it. Pure.

County, town, village, and back up (疑点 workflow): the county passes a doubt to the town, the town to the village; it
is checked on the spot, judged, reviewed by the town, closed by the county.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.registry.verification.doubts.catalogue import STATUSES, Verdict, verdicts
from services.registry.verification.doubts.records import Doubt, Least, Status, Step
from shared.problems import Conflict, Invalid, NotFound
from shared.time import workdays
from shared.words import Word
from shared.workflow import separation
from shared.workflow.separation import CLOSE, REVIEW


@dataclass(frozen=True, slots=True)
class Move:
    """A step: where a doubt has to stand for it, where it stands afterwards, which event says so."""

    before: Status
    after: Status
    verb: str


MOVES: Mapping[Step, Move] = {
    "assign_town": Move("raised", "at_town", "assigned"),
    "assign_village": Move("at_town", "at_village", "assigned"),
    "check": Move("at_village", "checked", "checked"),
    "judge": Move("checked", "judged", "judged"),
    "review": Move("judged", "reviewed", "reviewed"),
    "return_village": Move("judged", "at_village", "returned"),
    "close": Move("reviewed", "closed", "closed"),
    "return_town": Move("reviewed", "at_town", "returned"),
    "reopen": Move("closed", "at_town", "reopened"),
}
# What an earlier round or a returned one has said no longer holds.
FORGETS: frozenset[Step] = frozenset({"return_village", "return_town", "reopen"})
DIGITS: Mapping[Step, int] = {"assign_town": 9, "assign_village": 12}


class NotNow(Conflict):
    slug = "doubt-not-now"
    zh = "该疑点目前{stands}，不能办理此环节"
    en = "Where the doubt stands ({stands}) this step does not follow"
    stands: Word


class OpenAgain(Conflict):
    slug = "doubt-open-again"
    zh = "同一疑点已另行提出，正在办理"
    en = "The same was raised again meanwhile and is being worked on"


class NoSuchDoubt(NotFound):
    slug, zh, en = "no-such-doubt", "没有这一疑点", "There is no such doubt"


class CountyNeeded(Invalid):
    slug, zh, en = "county-needed", "请指定到县", "Name one county, or a part of it"


class PlaceNeeded(Invalid):
    slug = "place-needed"
    zh = "该疑点没有对应的乡镇或村，请指定交办单位"
    en = "The doubt does not say to which town or village it belongs: name the one that it goes to"


class PlaceDoesNotFit(Invalid):
    slug, zh, en = "place-does-not-fit", "交办单位不在该疑点所属地区", "The doubt does not belong there"


class CheckedWrongDay(Invalid):
    slug = "checked-wrong-day"
    zh = "核查日期应在交办当日至今天之间"
    en = "The check lies between the day of the assignment and today"


class TooFewPeople(Invalid):
    slug, zh, en = "too-few-people", "入户核查须{least}人以上", "At least {least} people check on the spot"
    least: int


class PhotosMissing(Invalid):
    slug, zh, en = "photos-missing", "核查须附{least}张以上照片", "A check needs at least {least} photos"
    least: int


class NoSuchVerdict(Invalid):
    slug, zh, en = "no-such-verdict", "没有此核实结论", "There is no such verdict"


class VerdictDoesNotFit(Invalid):
    slug = "verdict-does-not-fit"
    zh = "该结论不适用于此疑点（剔除须有在册户，纳入须无在册户）"
    en = "The verdict does not fit: one clears out who is on the register and takes in who is not"


def may(step: Step, status: Status) -> Move:
    """The move of a step. Raises NotNow."""
    move = MOVES[step]
    if status != move.before:
        raise NotNow(field="id", rule=f"after {move.before}", stands=STATUSES[status])
    return move


def after(doubt: Doubt, step: Step) -> Doubt:
    """A doubt after a step, before what the step itself says of it. Raises NotNow."""
    moved = replace(doubt, status=may(step, doubt.status).after, version=doubt.version + 1)
    if step not in FORGETS:
        return moved
    return replace(
        moved,
        verdict=None,
        upheld=None,
        checked_by=None,
        judged_by=None,
        reviewed_by=None,
        closed_by=None,
        closed_on=None,
    )


def reviewer(doubt: Doubt, actor: str) -> None:
    """Raises SamePerson where the actor has checked or judged."""
    separation.keep_apart(actor, _worked(doubt), REVIEW)


def closer(doubt: Doubt, actor: str) -> None:
    """Raises SamePerson where the actor has checked, judged or reviewed."""
    separation.keep_apart(actor, [*_worked(doubt), doubt.reviewed_by], CLOSE)


def _worked(doubt: Doubt) -> Iterable[str | None]:
    return doubt.checked_by, doubt.judged_by


def due(days: Mapping[str, int], status: Status, today: date) -> date | None:
    """Until when the desk at which a doubt lies has to act, by the policy's ``days``; None where it is closed."""
    return None if status == "closed" else workdays.after(today, days[status])


def place(step: Step, division: str, to: str | None) -> str:
    """The division of a doubt once it is assigned. Raises PlaceNeeded, PlaceDoesNotFit."""
    digits, level = DIGITS[step], "town" if step == "assign_town" else "village"
    if len(division) >= digits:
        if to is not None and not division.startswith(to):
            raise PlaceDoesNotFit(field="to", rule="where the household lives")
        return division
    if to is None:
        raise PlaceNeeded(field="to", rule=f"a {level}")
    if len(to) != digits or not to.startswith(division):
        raise PlaceDoesNotFit(field="to", rule=f"a {level} of {division}")
    return to


def check(checked_on: date, since: date, today: date, people: int, photos: int, least: Least) -> None:
    """Raises CheckedWrongDay, TooFewPeople, PhotosMissing."""
    if not since <= checked_on <= today:
        raise CheckedWrongDay(field="checked_on", rule="from the assignment to today")
    if people < least.people:
        raise TooFewPeople(field="people", rule="doubts.check", least=least.people)
    if photos < least.photos:
        raise PhotosMissing(field="photos", rule="doubts.check", least=least.photos)


def verdict(code: str, *, registered: bool) -> Verdict:
    """The verdict of a code, for a doubt about a household of the register or not.

    Raises NoSuchVerdict, VerdictDoesNotFit.
    """
    found = verdicts().get(code)
    if found is None:
        raise NoSuchVerdict(field="verdict", rule="code list")
    if (found.starts == "removal" and not registered) or (found.starts == "entry" and registered):
        raise VerdictDoesNotFit(field="verdict", rule=found.starts)
    return found
