"""Who decides of what is held. Pure."""

from collections.abc import Sequence

from services.funding.holds.records import Hold
from services.funding.holds.schemas import DecisionIn
from shared.problems import Conflict, NotFound, Problem
from shared.words import Word, words
from shared.workflow.case import Reason
from shared.workflow.separation import DECIDE_HELD, keep_apart

DECISIONS = words(
    release=("同意继续办理", "released"),
    refuse=("不予办理", "refused"),
    lapse=("因暂缓原因消除而继续办理", "over, since no reason was left"),
)


class NoSuchHold(NotFound):
    slug, zh, en = "no-such-hold", "没有这一暂缓事项", "Nothing of this id is held"


class HoldDecided(Conflict):
    slug = "hold-decided"
    zh = "该暂缓事项已决定：{state}，不能再作另一决定"
    en = "What was held is {state} already"
    state: Word


def decision(hold: Hold | None, item: DecisionIn, actor: str) -> bool:
    """Whether somebody decides of what is held now; False where just that was decided before.

    Raises NoSuchHold, HoldDecided, SamePerson.
    """
    if hold is None:
        raise NoSuchHold(field="id", rule="held")
    if hold.decision is not None:
        if (hold.decision, hold.ground) != (item.decision, item.ground):
            raise HoldDecided(field="decision", rule="decided once", state=DECISIONS[hold.decision])
        return False
    keep_apart(actor, [hold.applied_by, hold.inspected_by, hold.approved_by], DECIDE_HELD)
    return True


def reasons(objections: Sequence[Problem]) -> list[Reason]:
    """Objections as they are kept with what is held, and shown."""
    return [{"code": one.slug, "zh": one.sentence("zh"), "en": one.sentence("en")} for one in objections]


def refused(item: DecisionIn) -> Reason:
    """Why a document is refused that was held."""
    return {"code": "held", "zh": item.ground, "en": "refused after it was held; the ground stands with the hold"}
