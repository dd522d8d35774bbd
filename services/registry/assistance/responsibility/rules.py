"""Who may take charge of what, and when. Pure."""

from collections.abc import Iterable
from datetime import date

from services.registry.assistance.organisations.catalogue import called
from services.registry.assistance.responsibility.records import Responsibility, Role, Span
from services.registry.assistance.responsibility.schemas import AssignmentIn, HandoverIn
from shared.problems import Conflict, Invalid, NotFound
from shared.words import Name, Word, words

_PARTS = words(
    village=("村", "a village"),
    household_id=("户", "a household"),
    organisation_id=("单位", "an organisation"),
    staff_id=("责任人", "a member of staff"),
)


class PartMissing(Invalid):
    slug, zh = "responsibility-part-missing", "登记{role}应填{needed}，不填其他对象"
    en = "A {role} is assigned by {needed} and nothing else"
    role: Word
    needed: tuple[Word, ...]


class StartsInFuture(Invalid):
    slug, zh, en = "starts-in-future", "起始日期不能晚于今天", "It cannot begin in the future"


class EndsInFuture(Invalid):
    slug, zh, en = "ends-in-future", "截止日期不能晚于今天", "It cannot end in the future"


class EndsBeforeStart(Conflict):
    slug, zh, en = "ends-before-start", "截止日期应晚于起始日期（{since}）", "It began on {since} and ends after that"
    since: date


class ResponsibilityDiffers(Conflict):
    slug, zh, en = "responsibility-differs", "此编号已用于另一责任", "This id stands for another responsibility"


class NoSuchResponsibility(NotFound):
    slug, zh, en = "no-such-responsibility", "辖区内没有这一责任", "There is no such responsibility in your division"


class EndedAlready(Conflict):
    slug, zh, en = "ended-already", "该责任已于{on}终止", "It ended on {on} already"
    on: date


class SameHolder(Conflict):
    slug, zh, en = "same-holder", "交接双方是同一责任人", "It would be handed over to the one who has it"


class PairedAlready(Conflict):
    slug, zh, en = "paired-already", "同一期间已有此责任关系", "The two are paired on these days already"


class PostTaken(Conflict):
    slug, zh = "post-taken", "该村此岗位在此期间已有人（{name}），请办理交接"
    en = "{name} holds this post of the village on these days; hand it over"
    name: Name


class TooMany(Conflict):
    slug, zh = "too-many-households", "{rank}干部最多结对{most}户，已满"
    en = "A helper of the rank '{rank}' has at most {most} households, and has them"
    rank: Name
    most: int


class HelperIsPoor(Conflict):
    slug, zh, en = "helper-is-poor", "帮扶责任人本人是建档立卡贫困人口", "The helper lives in a registered household"


class HelperUnchecked(Invalid):
    slug, zh = "helper-unchecked", "帮扶责任人未登记身份证号，无法核对是否为贫困人口"
    en = "The helper's identity number is not recorded, so nobody can tell whether they are poor themselves"


class NotWorking(Invalid):
    slug, zh, en = "not-working", "此人在该日不在岗", "Nobody works there under this name on that day"


class NoSuchVillage(Invalid):
    slug, zh, en = "no-such-village", "该日没有这一行政村", "There is no such village on that day"


class NotRegistered(Conflict):
    slug, zh, en = (
        "household-not-registered",
        "该户已剔除，不再结对帮扶",
        "The household is no longer on the register",
    )


def busiest(spans: Iterable[Span], since: date) -> int:
    """How many spans hold at once at most, on any day from ``since`` on."""
    reaching = [span for span in spans if span.reaches(since)]
    days = {max(span.start, since) for span in reaching}
    return max((sum(span.holds_on(day) for span in reaching) for day in days), default=0)


def check_parts(item: AssignmentIn) -> None:
    """Raises PartMissing where the role needs other parts than were given."""
    given = {name for name in _PARTS if getattr(item, name)}
    needed = {"department": {"organisation_id", "village"}, "helper": {"staff_id", "household_id"}}.get(
        item.role, {"staff_id", "village"}
    )
    if given != needed:
        raise _missing(item.role, "role", needed)


def check_same(known: Responsibility, item: AssignmentIn) -> None:
    """Raises ResponsibilityDiffers where the id stands for another one."""
    said = (item.role, item.staff_id, item.household_id, item.started_on)
    is_same = (known.role, known.staff_id, known.household_id, known.started_on) == said
    if not is_same or item.village not in (None, known.division):
        raise ResponsibilityDiffers(field="id", rule="one id, one responsibility")


def check_same_handover(known: Responsibility, item: HandoverIn) -> None:
    """Raises ResponsibilityDiffers where the id stands for another one."""
    if (known.follows, known.started_on) != (item.ends, item.on):
        raise ResponsibilityDiffers(field="id", rule="one id, one responsibility")


def check_start(started_on: date, today: date) -> None:
    """Raises StartsInFuture."""
    if started_on > today:
        raise StartsInFuture(field="started_on", rule="not in the future")


def check_end(known: Responsibility, on: date, today: date) -> None:
    """Whether a responsibility may end on a day. Raises EndedAlready, EndsInFuture, EndsBeforeStart."""
    if known.ended_on is not None:
        raise EndedAlready(field="id", rule="open", on=known.ended_on)
    if on > today:
        raise EndsInFuture(field="on", rule="not in the future")
    if on <= known.started_on:
        raise EndsBeforeStart(field="on", rule="after its first day", since=known.started_on)


def check_successor(known: Responsibility, item: HandoverIn) -> None:
    """Raises PartMissing, SameHolder."""
    needed = "organisation_id" if known.role == "department" else "staff_id"
    if {name for name in ("organisation_id", "staff_id") if getattr(item, name)} != {needed}:
        raise _missing(known.role, needed, {needed})
    if known.holder in (item.organisation_id, item.staff_id):
        raise SameHolder(field=needed, rule="somebody else")


def successor(known: Responsibility, item: HandoverIn) -> AssignmentIn:
    """The assignment that continues a responsibility."""
    return AssignmentIn(
        id=item.id,
        role=known.role,
        started_on=item.on,
        village=None if known.household_id else known.division,
        household_id=known.household_id,
        organisation_id=item.organisation_id,
        staff_id=item.staff_id,
        note=item.note,
    )


def _missing(role: Role, field: str, needed: set[str]) -> PartMissing:
    parts = tuple(part for name, part in _PARTS.items() if name in needed)
    return PartMissing(field=field, rule=", ".join(sorted(needed)), role=called(role), needed=parts)
