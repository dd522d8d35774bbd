"""Who may do which step when; nobody shortens or skips. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from services.registry.assistance.organisations.kinds import called
from services.registry.procedures.identification.file import File
from services.registry.procedures.identification.procedure import Slot, Step
from shared.problems import Conflict, Forbidden, Invalid
from shared.security.access import LEVELS
from shared.security.auth import Caller


class WrongStep(Conflict):
    slug, zh, en = "case-wrong-step", "当前应办理“{due}”，不能办理此步", "The step to be done now is '{due_en}'"


class CaseClosed(Conflict):
    slug, zh, en = "case-closed", "该事项已办结", "The case is closed"


class StepDone(Conflict):
    slug, zh, en = "case-step-done", "此步已办理，内容不同", "This step was recorded with other content"


class NoSuchStep(Invalid):
    slug, zh, en = "case-no-such-step", "办理程序没有此步", "The procedure has no such step"


class RecordDoesNotFit(Invalid):
    slug, zh, en = "case-record-kind", "记录内容与此步不符", "This step is recorded in another form"


class NoticeRuns(Conflict):
    slug, zh, en = "notice-runs", "公示期未满，{until}起方可办理", "The public notice runs; not before {until}"


class ObjectionOpen(Conflict):
    slug, zh, en = "objection-open", "有未答复的异议，不能办理", "An objection has not been answered yet"


class NotYourStep(Forbidden):
    slug, zh = "case-not-your-step", "此步由{level}级岗位办理，您的岗位不能办理"
    en = "This step belongs to another office ({level} level)"
    words = MappingProxyType({"village": "村", "town": "乡镇", "county": "县"})


class SamePerson(Forbidden):
    slug, zh = "separate-people", "经办人不得审批本人所办事项"
    en = "Nobody decides on what he has done himself"


class NotTheHolder(Forbidden):
    slug, zh, en = (
        "not-the-holder",
        "您现在不担任该村的{post_zh}",
        "You do not hold the post of {post_en} in this village",
    )


class OtherPostSigns(Conflict):
    slug, zh = "other-post-signs", "该村有{post_zh}，应由其签字"
    en = "This village has a {post_en}, who signs"


class TwoPeopleSign(Forbidden):
    slug, zh, en = "two-people-sign", "双签须由两个不同的人签字", "The signatures are those of different people"


class DayImplausible(Invalid):
    slug, zh = "case-day", "日期应在{earliest}至{latest}之间"
    en = "The day lies between {earliest} and {latest}"


def due_step(file: File, name: str, today: date) -> Step:
    """The step that is to be done, where it is the one named. Raises what stands in the way."""
    position = file.procedure.position(name)
    if position is None:
        raise NoSuchStep(field="step", rule="a step of the procedure")
    if file.status == "refused":
        raise CaseClosed(field="step", rule="open")
    if file.objections:
        raise ObjectionOpen(field="step", rule="answered first")
    if position < file.position or (position == file.position and file.notice_until):
        raise StepDone(field="step", rule="recorded once")
    if file.step is None:
        raise CaseClosed(field="step", rule="open")
    if position == file.position:
        return file.step
    if file.notice_until and today < file.notice_until and position == file.position + 1:
        raise NoticeRuns(field="step", rule="the policy's days", until=file.notice_until.isoformat())
    raise WrongStep(field="step", rule="in order", due=file.step.zh, due_en=file.step.en)


def authorised(step: Step, caller: Caller) -> None:
    """Raises NotYourStep where the caller's role or level is not the step's."""
    if not step.roles & caller.roles or len(caller.division) > LEVELS[step.level]:
        raise NotYourStep(field="step", rule="roles of the step", level=step.level)


def apart(file: File, actor: str) -> None:
    """Who decides has done nothing of what he decides on. Raises SamePerson."""
    if actor in file.actors():
        raise SamePerson(field="id", rule="separate people")


def plausible(file: File, on: date, today: date) -> None:
    """A record's day follows the one before and is not in the future. Raises DayImplausible."""
    if not file.earliest <= on <= today:
        raise DayImplausible(field="record.on", rule="in order", earliest=str(file.earliest), latest=str(today))


def _called(post: str) -> dict[str, Any]:
    zh, en = called(post)
    return {"post": post, "post_zh": zh, "post_en": en}


def may_sign(file: File, step: Step, post: str, actor: str, holders: Mapping[str, Any]) -> Slot:
    """The signature that the caller may give now. Raises why not."""
    slot = next((one for one in step.posts if post in (one.post, one.otherwise)), None)
    if slot is None:
        raise RecordDoesNotFit(field="record.post", rule="a post that signs")
    if post == slot.otherwise and slot.post in holders:
        raise OtherPostSigns(field="record.post", rule="only where there is none", **_called(slot.post))
    if post not in holders or holders[post].subject != actor:
        raise NotTheHolder(field="record.post", rule="holder on the day", **_called(post))
    if actor in (done.actor for done in file.parts()):
        raise TwoPeopleSign(field="record.post", rule="different people")
    return slot


def unsigned(step: Step, signed: Iterable[str]) -> list[Slot]:
    """Which signatures are missing."""
    given = set(signed)
    return [slot for slot in step.posts if slot.post not in given]
