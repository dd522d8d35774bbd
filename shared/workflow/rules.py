"""Who may do which step when; nobody shortens or skips. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from shared.names.divisions import level as level_of
from shared.names.words import LEVELS as LEVEL_WORDS
from shared.problems import Conflict, Forbidden, Invalid
from shared.security.access import LEVELS
from shared.security.auth import Caller
from shared.words import Word
from shared.workflow.case import Case
from shared.workflow.kinds import Holder
from shared.workflow.procedure import DECIDED, Level, Slot, Step
from shared.workflow.separation import is_same_person


class WrongStep(Conflict):
    slug, zh, en = "case-wrong-step", "当前应办理“{due}”，不能办理此步", "The step to be done now is '{due}'"
    due: Word


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
    until: date


class ObjectionOpen(Conflict):
    slug, zh, en = "objection-open", "有未答复的异议，不能办理", "An objection has not been answered yet"


class NotYourStep(Forbidden):
    slug, zh = "case-not-your-step", "此步由{level}岗位办理，您的岗位不能办理"
    en = "This step belongs to another office ({level})"
    level: Word


class NotTheHolder(Forbidden):
    slug, zh, en = (
        "not-the-holder",
        "您现在不担任该村的{post}",
        "You do not hold the post of {post} in this village",
    )
    post: Word


class OtherPostSigns(Conflict):
    slug, zh = "other-post-signs", "该村有{post}，应由其签字"
    en = "This village has a {post}, who signs"
    post: Word


class TwoPeopleSign(Forbidden):
    slug, zh, en = "two-people-sign", "双签须由两个不同的人签字", "The signatures are those of different people"


class DayImplausible(Invalid):
    slug, zh = "case-day", "日期应在{earliest}至{latest}之间"
    en = "The day lies between {earliest} and {latest}"
    earliest: date
    latest: date


class NotSentBack(Conflict):
    slug, zh = "not-sent-back", "只能退回到已办理过的前面步骤"
    en = "A case is sent back to an earlier step that was done"


class NotYoursToReturn(Forbidden):
    slug, zh = "not-yours-to-return", "该事项现由{offices}岗位退回，您的岗位不能退回"
    en = "It is sent back by the office whose turn it is ({offices}), not by yours"
    offices: tuple[Word, ...]


class NotYoursToWithdraw(Forbidden):
    slug, zh = "not-yours-to-withdraw", "只有提出该事项的人或其所在单位（{level}）可以撤回"
    en = "Who brought a case, or their office ({level}), takes it back"
    level: Word


def due_step(case: Case, name: str, today: date) -> Step:
    """The step that is to be done, where it is the one named. Raises what stands in the way."""
    position = case.procedure.position(name)
    if position is None:
        raise NoSuchStep(field="step", rule="a step of the procedure")
    if case.ended:
        raise CaseClosed(field="step", rule="open")
    if case.objections:
        raise ObjectionOpen(field="step", rule="answered first")
    if position < case.position or (position == case.position and case.notice_until):
        raise StepDone(field="step", rule="recorded once")
    if case.step is None:
        raise CaseClosed(field="step", rule="open")
    if position == case.position:
        return case.step
    if case.notice_until and today < case.notice_until and position == case.position + 1:
        raise NoticeRuns(field="step", rule="the policy's days", until=case.notice_until)
    raise WrongStep(field="step", rule="in order", due=case.step.word)


def decided_step(case: Case) -> Step:
    """The step at which an office decides now. Raises CaseClosed, WrongStep."""
    if case.step is None:
        raise CaseClosed(field="id", rule="open")
    if case.step.kind not in DECIDED:
        raise WrongStep(field="id", rule="in order", due=case.step.word)
    return case.step


def authorised(step: Step, caller: Caller) -> None:
    """Raises NotYourStep where the caller's role or level is not the step's."""
    if not holds(step.roles, step.level, caller):
        raise NotYourStep(field="step", rule="roles of the step", level=LEVEL_WORDS[step.level])


def holds(roles: frozenset[str], level: Level, caller: Caller) -> bool:
    """Whether the caller has one of the roles, at the level or above."""
    return bool(roles & caller.roles) and len(caller.division) <= LEVELS[level]


def plausible(case: Case, on: date, today: date) -> None:
    """A record's day follows the one before and is not in the future. Raises DayImplausible."""
    if not case.earliest <= on <= today:
        raise DayImplausible(field="record.on", rule="in order", earliest=case.earliest, latest=today)


def returnable(case: Case, to: str) -> int:
    """The position of an earlier step that was done. Raises CaseClosed, NoSuchStep, NotSentBack."""
    if case.step is None or case.status != "open":
        raise CaseClosed(field="id", rule="open")
    position = case.procedure.position(to)
    if position is None:
        raise NoSuchStep(field="to", rule="a step of the procedure")
    if position >= case.position or not any(done.position == position for done in case.done):
        raise NotSentBack(field="to", rule="an earlier step")
    return position


def may_return(case: Case, caller: Caller) -> None:
    """The office whose turn it is; while a notice hangs, that of the notice and that of the step after it.

    Raises ObjectionOpen, NotYoursToReturn.
    """
    if case.objections:
        raise ObjectionOpen(field="id", rule="answered first")
    turn = [step for step in (case.step, case.step_after_notice) if step]
    if not any(holds(step.roles, step.level, caller) for step in turn):
        levels = dict.fromkeys(step.level for step in turn)
        offices = tuple(LEVEL_WORDS[level] for level in levels)
        raise NotYoursToReturn(field="id", rule="roles of the step", offices=offices)


def may_withdraw(case: Case, caller: Caller) -> None:
    """Who opened it, or somebody of the same office (division and role). Raises CaseClosed, NotYoursToWithdraw."""
    if case.status != "open":
        raise CaseClosed(field="id", rule="before the decision")
    office = case.office == caller.division and bool(case.office_roles & caller.roles)
    if not (is_same_person(case.opened_by, caller.subject) or office):
        level = LEVEL_WORDS[level_of(case.office)]
        raise NotYoursToWithdraw(field="id", rule="who brought it", level=level)


def may_sign(
    case: Case, step: Step, post: str, actor: str, holders: Mapping[str, Holder], words: Mapping[str, Word]
) -> Slot:
    """The signature that the caller may give now. Raises why not; ``words`` are those of the posts."""
    slot = next((one for one in step.posts if post in (one.post, one.otherwise)), None)
    if slot is None:
        raise RecordDoesNotFit(field="record.post", rule="a post that signs")
    if post == slot.otherwise and slot.post in holders:
        raise OtherPostSigns(field="record.post", rule="only where there is none", post=words[slot.post])
    subject = holders[post].subject if post in holders else None
    if subject is None or not is_same_person(subject, actor):
        raise NotTheHolder(field="record.post", rule="holder on the day", post=words[post])
    if any(is_same_person(actor, done.actor) for done in case.parts()):
        raise TwoPeopleSign(field="record.post", rule="different people")
    return slot


def unsigned(step: Step, signed: Iterable[str]) -> list[Slot]:
    """Which signatures are missing."""
    given = set(signed)
    return [slot for slot in step.posts if slot.post not in given]
