"""Later changes that do not fit one of an earlier day any more, as they are listed for somebody to decide. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import cast
from uuid import UUID

from services.registry.register.changes.replay import Conflict as Found
from services.registry.register.changes.replay import Played, Said, Why, new_conflicts, unanswered
from services.registry.register.codes import KINDS, named
from shared.problems import IN_BOTH, Conflict, Invalid, NotFound, WrongField, both

_WHY: Mapping[Why, tuple[str, str]] = MappingProxyType(
    {
        "household": ("那时该户尚未登记", "the household was not registered by then"),
        "status": ("那时该户的状态不能办理此项", "as the household stood by then, it could not be"),
        "place": ("那时该户不在原来的村", "the household lived in another village by then"),
        "facts": ("此人那时已不在户内，其信息更正不能成立", "the person did not live there any more"),
        "head": ("那时此项不能产生户主，请作废后另行登记", "it leaves the household without a head: record it anew"),
        "empty": ("那时户内已无其他成员", "nobody else lived in the household by then"),
        "behind": ("那时户内还有其他成员", "others still lived in the household by then"),
        "left": ("涉及的成员那时已不在户内", "somebody whom it names did not live there any more"),
        "lives": ("涉及的成员那时已去世或已是另一户成员", "somebody whom it names was dead, or lived elsewhere"),
        "relations": ("户主已不同，须说明成员与户主的关系", "the head is another: say how each is related"),
    }
)


class LaterChanges(Conflict):
    """``errors`` name each change, with what may become of it."""

    slug = "later-changes"
    zh = "该日之后已有{count}项变更与之不符，请逐项确认保留或作废，再一并提交"
    en = "{count} later changes do not fit: say of each whether it stands or falls, and send it again with that"
    count: int


class NothingLater(Invalid):
    slug = "nothing-later"
    zh = "该日之后没有与之不符的变更，请去掉逐项意见后重新提交"
    en = "No later change stands against it: send it without decisions about later ones"


class NoSuchChange(NotFound):
    slug, zh, en = "no-such-change", "该户没有这项变更", "The household has no such change"


class NotCancellable(Conflict):
    slug = "not-cancellable"
    zh = "此项变更不能撤销：登记、更正、脱贫退出和按程序作出的决定，请用剔除、信息更正、恢复或标回办理"
    en = "This change is not cancelled: registrations, corrections, exits and procedures have changes of their own"


class CancelDayDiffers(Invalid):
    slug = "cancel-day-differs"
    zh = "撤销自原变更生效之日（{day}）起，请按该日填写"
    en = "A cancellation takes effect on the day of the change itself ({day})"
    day: date


class AlreadyCancelled(Conflict):
    slug, zh, en = "already-cancelled", "此项变更已经撤销", "This change is cancelled already"


class ReachesElsewhere(Conflict):
    slug = "reaches-elsewhere"
    zh = "此项变更涉及现在其他辖区的户，请报上级办理"
    en = "It concerns a household that now lives outside your division: a higher office records it"


class LaterChange(WrongField):
    """A later change that does not fit: what, when, by whom, of whom, and what may become of it."""

    change_id: UUID
    kind: str
    reason: str
    effective_on: date
    recorded_by: str
    households: Sequence[UUID]
    people: Sequence[UUID]
    decisions: Sequence[str]
    relations: Sequence[Mapping[str, object]]


def with_names(refusal: LaterChanges, names: Mapping[UUID, str]) -> LaterChanges:
    """The refusal, each change with the names of those whom it cannot concern any more."""
    errors = []
    for error in refusal.errors or ():
        shown, people = cast("LaterChange", error), cast("LaterChange", error)["people"]
        who = [names[id] for id in people if id in names]
        zh, en = shown["message"][IN_BOTH], shown["message"]["$en"]
        said = both(f"{zh}（{'、'.join(who)}）", f"{en} ({', '.join(who)})") if who else shown["message"]
        errors.append(LaterChange({**shown, "message": said}))
    return LaterChanges(field=refusal.field, rule=refusal.rule, count=refusal.count, errors=errors)


def people_of(refusal: LaterChanges) -> set[UUID]:
    """Whom the listed changes cannot concern any more."""
    return {id for error in refusal.errors or () for id in cast("LaterChange", error)["people"]}


def check(now: Played, usual: Played, said: Mapping[UUID, Said], asked: Played) -> None:
    """Raises LaterChanges with all that somebody has to decide, NothingLater where nothing was to decide.

    ``asked`` is what comes of it before anything is said.
    """
    listed = new_conflicts(now, usual)
    if not unanswered(listed, said, new_conflicts(asked, usual)):
        return
    if not listed:
        raise NothingLater(field="later", rule="as listed")
    errors = [_shown(one) for one in listed]
    raise LaterChanges(field="later", rule="each decided", count=len(errors), errors=errors)


def _shown(one: Found) -> LaterChange:
    event = one.event
    kind, (zh, en), (why, why_en) = KINDS[event.kind], named(event.reason), _WHY[one.why]
    day = event.day
    return LaterChange(
        field="later",
        rule=one.why,
        message=both(
            f"{day.year}年{day.month}月{day.day}日{kind.zh}（{zh}）：{why}", f"{day} {kind.en} ({en}): {why_en}"
        ),
        change_id=event.id,
        kind=event.kind,
        reason=event.reason,
        effective_on=day,
        recorded_by=event.recorded_by,
        households=sorted(event.effects),
        people=list(one.people),
        decisions=["stands", "falls"] if one.may_stand else ["falls"],
        relations=[{"person_id": id, "options": list(options)} for id, options in sorted(one.open.items())],
    )
