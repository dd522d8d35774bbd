"""Who may take charge of what, and when. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registry.assistance.responsibility.schemas import AssignmentIn, HandoverIn
from shared.problems import Conflict, Invalid, NotFound

# Roles of which a village has one at a time.
SINGLE = ("village_secretary", "first_secretary", "team_leader")


class PartMissing(Invalid):
    slug, zh = "responsibility-part-missing", "此类责任应填：{needed}，且不填其他对象"
    en = "A responsibility of this role names {needed} and nothing else"


class StartsInFuture(Invalid):
    slug, zh, en = "starts-in-future", "起始日期晚于今天", "It cannot begin in the future"


class EndsInFuture(Invalid):
    slug, zh, en = "ends-in-future", "截止日期晚于今天", "It cannot end in the future"


class EndsBeforeStart(Conflict):
    slug, zh, en = "ends-before-start", "截止日期应晚于起始日期（{since}）", "It began on {since} and ends after that"


class ResponsibilityDiffers(Conflict):
    slug, zh, en = "responsibility-differs", "此编号已用于另一责任", "This id stands for another responsibility"


class NoSuchResponsibility(NotFound):
    slug, zh, en = "no-such-responsibility", "辖区内没有这一责任", "There is no such responsibility in your division"


class EndedAlready(Conflict):
    slug, zh, en = "ended-already", "该责任已于{on}终止", "It ended on {on} already"


class SameHolder(Conflict):
    slug, zh, en = "same-holder", "交接双方是同一责任人", "It would be handed over to the one who has it"


class PairedAlready(Conflict):
    slug, zh, en = "paired-already", "同一期间已有此责任关系", "The two are paired on these days already"


class PostTaken(Conflict):
    slug, zh = "post-taken", "该村此岗位在此期间已有人（{name}），请办理交接"
    en = "{name} holds this post of the village on these days; hand it over"


class TooMany(Conflict):
    slug, zh = "too-many-households", "{rank}干部最多结对{most}户，已满"
    en = "A helper of rank {rank} has at most {most} households, and has them"


class HelperIsPoor(Conflict):
    slug, zh, en = "helper-is-poor", "帮扶责任人本人是建档立卡贫困人口", "The helper lives in a registered household"


class HelperUnchecked(Invalid):
    slug, zh = "helper-unchecked", "帮扶责任人未登记身份证号，无法核对是否为贫困人口"
    en = "The helper's identity number is not recorded, so nobody can tell whether he is poor himself"


class NotWorking(Invalid):
    slug, zh, en = "not-working", "此人在该日不在岗", "Nobody works there under this name on that day"


class NoSuchVillage(Invalid):
    slug, zh, en = "no-such-village", "该日没有这一行政村", "There is no such village on that day"


class NotRegistered(Conflict):
    slug, zh, en = "household-not-registered", "该户已不在册", "The household is no longer on the register"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``start`` to ``end`` (exclusive; None: still)."""

    start: date
    end: date | None

    def reaches(self, day: date) -> bool:
        """Whether it holds on the day or later: something that begins then would meet it."""
        return self.end is None or self.end > day


def busiest(spans: Iterable[Span], since: date) -> int:
    """How many spans hold at once at most, on any day from ``since`` on."""
    reaching = [span for span in spans if span.reaches(since)]
    days = {max(span.start, since) for span in reaching}
    return max((sum(span.start <= day and span.reaches(day) for span in reaching) for day in days), default=0)


def check_parts(item: AssignmentIn) -> None:
    """Raises PartMissing where the role needs other parts than were given."""
    given = {name for name in ("village", "household_id", "organisation_id", "staff_id") if getattr(item, name)}
    needed = {"department": {"organisation_id", "village"}, "helper": {"staff_id", "household_id"}}.get(
        item.role, {"staff_id", "village"}
    )
    if given != needed:
        raise PartMissing(field="role", rule=item.role, needed=", ".join(sorted(needed)))


def check_start(started_on: date, today: date) -> None:
    """Raises StartsInFuture."""
    if started_on > today:
        raise StartsInFuture(field="started_on", rule="not in the future")


def check_end(row: Any, on: date, today: date) -> None:
    """Whether a responsibility may end on a day. Raises EndedAlready, EndsInFuture, EndsBeforeStart."""
    if row.ended_on is not None:
        raise EndedAlready(field="id", rule="open", on=row.ended_on.isoformat())
    if on > today:
        raise EndsInFuture(field="on", rule="not in the future")
    if on <= row.started_on:
        raise EndsBeforeStart(field="on", rule="after its first day", since=row.started_on.isoformat())


def check_successor(row: Any, item: HandoverIn) -> None:
    """Raises PartMissing, SameHolder."""
    needed = "organisation_id" if row.role == "department" else "staff_id"
    if {name for name in ("organisation_id", "staff_id") if getattr(item, name)} != {needed}:
        raise PartMissing(field=needed, rule=row.role, needed=needed)
    if getattr(item, needed) == getattr(row, needed):
        raise SameHolder(field=needed, rule="somebody else")


def most(limits: Mapping[str, Mapping[str, int]], level: str, rank: str) -> int:
    """How many households somebody may have, by the level of the organisation and the rank."""
    return limits[level][rank]
