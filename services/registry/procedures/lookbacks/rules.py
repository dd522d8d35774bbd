"""What may be found in a look-back round, who signs it, and which change it is. Pure."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid5

from services.registry.procedures.lookbacks.records import InScope, Json, Result, Round, Signature
from services.registry.procedures.lookbacks.schemas import ResultIn
from shared.names.words import STATES
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security.auth import Caller
from shared.words import Word
from shared.workflow.rules import holds
from shared.workflow.separation import CONFIRM, keep_apart

# The states that a household may have for a result to make sense, and the change that the result makes.
_LIVING = ("registered", "exited")
FITS = {"cleared": _LIVING, "returned": ("exited",), "corrected": _LIVING}
CHANGES = {
    "cleared": ("removal", "lookback_cleared"),
    "included": ("new_entry", "lookback_included"),
    "returned": ("return", "lookback_returned"),
    "corrected": ("", "lookback_corrected"),
}


class NoSuchRound(NotFound):
    slug, zh, en = "no-such-round", "没有这一轮回头看", "There is no such look-back round"


class NoSuchResult(NotFound):
    slug, zh, en = "no-such-result", "本轮没有这一核查结果", "There is no such result in this round"


class RoundClosed(Conflict):
    slug, zh, en = "round-closed", "本轮回头看已结束", "This look-back round is closed"


class RoundNotBegun(Conflict):
    slug, zh, en = "round-not-begun", "本轮回头看从{starts_on}开始", "This look-back round begins on {starts_on}"
    starts_on: date


class RoundIncomplete(Conflict):
    slug = "round-incomplete"
    zh = "还有{open}户没有经确认的结果，{waiting}条结果待签字，不能结束"
    en = "{open} households have no confirmed result and {waiting} results wait for signatures"
    open: int
    waiting: int


class NotInScope(NotFound):
    slug, zh, en = "not-in-scope", "该户不在本轮范围内", "The household is not in the scope of this round"


class OnTheRegister(Conflict):
    slug, zh, en = (
        "in-scope",
        "该户已在册，不能作为漏评纳入",
        "The household is on the register and cannot be included",
    )


class ResultExists(Conflict):
    slug, zh, en = "result-exists", "该户本轮已有结果", "The household has a result in this round already"


class ResultDiffers(Conflict):
    slug, zh, en = "result-differs", "此编号已用于另一结果", "This id stands for another result"


class ResultDoesNotFit(Invalid):
    slug = "result-does-not-fit"
    zh = "本轮开始时该户{stood}，与此结果不符"
    en = "The household was {stood} when the round was opened; this result does not fit"
    stood: Word


class PapersMissing(Invalid):
    slug, zh, en = "papers-missing", "此结果须附佐证材料", "This result needs evidence"


class ProposalWrong(Invalid):
    slug = "proposal-wrong"
    zh = "漏评纳入须附该户信息，更正须附一名新增或应减少的成员或一次信息更正，其他结果不附"
    en = "An inclusion comes with the household, a correction with one member or one correction, others with nothing"


class NoSuchCorrection(Invalid):
    slug, zh, en = (
        "no-such-correction",
        "本轮开始后该户没有这次更正",
        "The household was not corrected so in this round",
    )


class DayWrong(Invalid):
    slug, zh, en = (
        "day-wrong",
        "核查日期应在本轮开始当日至今天之间",
        "Checked between the start of the round and today",
    )


class NotYourSignature(Forbidden):
    slug, zh, en = "not-your-signature", "下一步须由{step}签字", "The next signature is that of: {step}"
    step: Word


class RemarkMissing(Invalid):
    slug, zh, en = "remark-missing", "退回须说明理由", "Say why it is sent back"


def check(
    item: ResultIn, scope: InScope | None, round: Round, today: date, corrected: set[tuple[UUID, UUID]]
) -> None:
    """Whether a result may be recorded. Raises why not.

    ``scope`` is the household in the round, None where it is not in it; ``corrected`` are households and corrections
    that were made since the round was opened.
    """
    if not round.starts_on <= item.checked_on <= today or (item.effective_on or today) > today:
        raise DayWrong(field="checked_on", rule="within the round, not in the future")
    if item.result == "included":
        if scope is not None:
            raise OnTheRegister(field="household_id", rule="not on the register")
    elif scope is None:
        raise NotInScope(field="household_id")
    elif scope.status not in FITS.get(item.result, (scope.status,)):
        raise ResultDoesNotFit(field="result", rule=" or ".join(FITS[item.result]), stood=STATES[scope.status])
    if item.result in round.evidence and not item.evidence:
        raise PapersMissing(field="evidence", rule="lookback.evidence")
    if not _proposal_fits(item):
        raise ProposalWrong(field="household" if item.result == "included" else "member", rule=item.result)
    if item.correction_id and (item.household_id, item.correction_id) not in corrected:
        raise NoSuchCorrection(field="correction_id", rule="of this household, since the round was opened")


def _proposal_fits(item: ResultIn) -> bool:
    of_household = item.household is not None
    of_member = sum(one is not None for one in (item.member, item.person_id, item.correction_id))
    match item.result:
        case "included":
            return item.household is not None and item.household.id == item.household_id and not of_member
        case "corrected":
            return of_member == 1 and not of_household
        case _:
            return not of_member and not of_household


def next_signature(round: Round, result: Result, caller: Caller) -> Signature:
    """The signature that is due, where the caller may give it: a town's is not a village's to give.

    Raises SamePerson, NotYourSignature.
    """
    due = round.steps[result.signed]
    if not holds(frozenset(due.roles), due.level, caller):
        raise NotYourSignature(field="id", rule="lookback.signatures", step=Word(due.step, due.zh, due.en))
    keep_apart(caller.subject, [result.recorded_by, *result.signers], CONFIRM)
    return due


def change_of(result: Result, proposal: Mapping[str, object]) -> Json | None:
    """The change that a confirmed result makes, as the register takes it; None where it makes none.

    Its id follows from the result's, so that the same result never changes the register twice.
    """
    if result.result == "kept":
        return None
    kind, reason = CHANGES[result.result]
    if result.result == "corrected":
        kind = "member_added" if "member" in proposal else "member_left"
    return {
        "id": uuid5(result.id, "change"),
        "kind": kind,
        "household_id": result.household_id,
        "effective_on": result.effective_on,
        "reason": reason,
        "ground": result.ground,
        **proposal,
    }
