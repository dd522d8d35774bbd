"""Separation of people 职责分离: who has handled a matter does not also approve, check or release it. Pure.

A person is a member of staff and not a spelling of a subject, so persons are compared here and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.problems import Forbidden


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody else has to do, as it ends the sentence of the refusal in both languages."""

    zh: str
    en: str


APPROVE = Act("审批本人经办事项", "approves what they have handled")
CHECK = Act("核查本人经办事项", "checks what they have handled")
SPOT_CHECK = Act("抽查本人经办事项", "checks on the spot what they have handled")
REVIEW = Act("复核本人经办事项", "reviews what they have handled")
ACCEPT = Act("验收本人经办事项", "accepts on the spot what they have handled")
CONFIRM = Act("确认本人经办事项", "confirms what they have handled")
CLOSE = Act("办结本人经办或复核的事项", "closes what they have handled or reviewed")
PAY = Act("支付本人经办事项", "pays what they have handled")
DISBURSE = Act("发放本人经办的贷款", "disburses a loan that they have handled")
RELEASE = Act("批准本人提出的申请", "releases what they have asked for")
ANSWER = Act("答复针对本人经办事项的异议", "answers objections to what they have handled")
ANSWER_REQUEST = Act("答复本人受理的申请", "answers requests that they have opened")


class SamePerson(Forbidden):
    slug, zh, en = "separate-people", "经办人不得{act_zh}", "Nobody {act_en}"


def is_same_person(one: str, other: str) -> bool:
    """Whether two subjects are one person: letter case and blanks around a subject make nobody another."""
    return one.strip().casefold() == other.strip().casefold()


def keep_apart(actor: str, earlier: Iterable[str | None], act: Act, *, field: str = "id") -> None:
    """Raises SamePerson (403) where the actor is among those who did the earlier parts."""
    if any(is_same_person(actor, one) for one in earlier if one is not None):
        raise SamePerson(field=field, rule="separate people", act_zh=act.zh, act_en=act.en)
