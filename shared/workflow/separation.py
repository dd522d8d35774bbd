"""Separation of people 职责分离: who has handled a matter does not also approve, check or release it. Pure.

A person is a member of staff and not a spelling of a subject, so persons are compared here and nowhere else; lists
that leave out what is somebody's own compare by the SQL function ``person_key``.
"""

from collections.abc import Iterable

from shared.problems import Forbidden
from shared.words import Word


class Act(Word):
    """What somebody else has to do, as it ends the sentence of the refusal."""


APPROVE = Act("approve", "审批本人经办事项", "approves what they have handled")
CHECK = Act("check", "核查本人经办事项", "checks what they have handled")
SPOT_CHECK = Act("spot_check", "抽查本人经办事项", "checks on the spot what they have handled")
REVIEW = Act("review", "复核本人经办事项", "reviews what they have handled")
ACCEPT = Act("accept", "验收本人经办事项", "accepts on the spot what they have handled")
CONFIRM = Act("confirm", "确认本人经办事项", "confirms what they have handled")
CLOSE = Act("close", "办结本人经办或复核的事项", "closes what they have handled or reviewed")
PAY = Act("pay", "支付本人经办事项", "pays what they have handled")
DECIDE_HELD = Act("decide_held", "决定本人经办的暂缓事项", "decides what is held of what they have handled")
DISBURSE = Act("disburse", "发放本人经办的贷款", "disburses a loan that they have handled")
RELEASE = Act("release", "批准本人提出的申请", "releases what they have asked for")
ANSWER = Act("answer", "答复针对本人经办事项的异议", "answers objections to what they have handled")
ANSWER_REQUEST = Act("answer_request", "答复本人受理的申请", "answers requests that they have opened")


class SamePerson(Forbidden):
    slug, zh, en = "separate-people", "经办人不得{act}", "Nobody {act}"
    act: Act


def is_same_person(one: str, other: str) -> bool:
    """Whether two subjects are one person: letter case and blanks around a subject make nobody another."""
    return one.strip().casefold() == other.strip().casefold()


def keep_apart(actor: str, earlier: Iterable[str | None], act: Act, *, field: str = "id") -> None:
    """Raises SamePerson (403) where the actor is among those who did the earlier parts."""
    if any(is_same_person(actor, one) for one in earlier if one is not None):
        raise SamePerson(field=field, rule="separate people", act=act)
