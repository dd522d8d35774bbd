"""How much a reward is, and who may do which step. Pure; amounts in fen."""

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.funding.payees.records import Known
from services.funding.payees.rules import objections as against_payee
from services.funding.rewards.records import Award, Earlier, Item, Reward, Status, Years
from services.funding.rewards.schemas import ApplicationIn, InspectionIn
from shared.names.money import parse_yuan, to_fen, yuan
from shared.problems import Conflict, Invalid, NotFound, Problem
from shared.words import Digits, Name, Word, words
from shared.workflow.case import Reason
from shared.workflow.separation import ACCEPT, APPROVE, PAY, Act, keep_apart

_IN_ENGLISH = {
    "unit_price": "unit price times accepted quantity",
    "item_cap": "cap of the item",
    "year_cap": "what the cap of the year leaves",
}


STATES = words(
    applied=("已申请", "applied for"),
    inspected=("已验收", "inspected"),
    approved=("已审批", "approved"),
    paid=("已兑付", "paid"),
    refused=("未通过验收", "refused"),
    held=("经决定不予办理", "refused after it was held"),
)


class RewardDiffers(Conflict):
    slug, zh = "reward-differs", "此编号的奖补申请已提出，内容与此次不同"
    en = "A reward was applied for under this id with other content"


class AppliedAlready(Conflict):
    slug = "reward-applied-already"
    zh = "该对象（户与其成员及当年分户、并户的各户按一户计）当年已有同一奖补项目，不得重复；可改报其他项目"
    en = "This payee has the same item in this year (a household, its members and what it split from count as one)"


class YearOutside(Invalid):
    slug = "reward-year-outside"
    zh = "奖补年度须在{first}年至{last}年之间，请填写实际养种的年度"
    en = "The year has to be from {first} to {last}: the one in which it was done"
    first: int
    last: int


class InspectedOtherwise(Conflict):
    slug, zh = "reward-inspected-otherwise", "该笔奖补已验收，内容与此次不同"
    en = "This reward was inspected with another result"


class NoSuchReward(NotFound):
    slug, zh, en = "no-such-reward", "没有这笔奖补申请", "There is no such reward"


class ItemUnknown(Invalid):
    slug, zh, en = (
        "reward-item-unknown",
        "奖补目录中没有此项，可选：{allowed}",
        "The scheme has no such item; it has: {allowed}",
    )
    allowed: tuple[Name, ...]


class WrongStep(Conflict):
    slug = "reward-wrong-step"
    zh = "该笔奖补{state}，不能办理此步"
    en = "The reward is {state}; this step comes at another time"
    state: Word


class MoreThanClaimed(Invalid):
    slug = "reward-more-than-claimed"
    zh = "验收数量（{accepted}{unit}）超过申报数量（{claimed}{unit}）"
    en = "More was accepted ({accepted} {unit}) than was claimed ({claimed} {unit})"
    accepted: Digits
    claimed: Digits
    unit: Name


def applied_again(known: Reward, item: ApplicationIn) -> None:
    """Raises RewardDiffers where an id was used for something else."""
    before = (known.payee_kind, known.payee_id, known.year, known.item, known.claimed)
    if before != (item.payee_kind, item.payee_id, item.year, item.item, item.quantity):
        raise RewardDiffers(field="id", rule="one id, one application")


def offered(items: Mapping[str, Item], name: str, field: str) -> Item:
    """An item of the scheme. Raises ItemUnknown."""
    if name not in items:
        raise ItemUnknown(field=field, rule="reward.items", allowed=tuple(map(Name, items)))
    return items[name]


def within_years(year: int, years: Years, today: int) -> None:
    """Raises YearOutside."""
    if not years["first"] <= year <= today:
        raise YearOutside(field="year", rule="reward.years", first=years["first"], last=today)


def objections(reward: Reward, known: Known, earlier: Earlier, settled: Collection[Status]) -> list[Problem]:
    """Why a reward may not go on today: its payee, or that another of the same item has ``settled``."""
    others = earlier.of(known.circle(reward.claim), reward.year, settled)
    found = against_payee(reward.claim, known)
    if any(one.item == reward.item and one.id != reward.id for one in others):
        found.append(AppliedAlready(field="id", rule="once a year"))
    return found


def inspection(reward: Reward, item: InspectionIn, actor: str) -> bool:
    """Whether somebody inspects a reward now; False where just this was found before.

    Raises InspectedOtherwise, WrongStep, SamePerson.
    """
    if reward.status in ("inspected", "refused") and reward.accepted is not None:
        if reward.accepted != item.accepted or reward.reasons != [inspected(reward, item)[1]]:
            raise InspectedOtherwise(field="id", rule="inspected once")
        return False
    return _due(reward, "applied", "inspected", actor, ACCEPT, [reward.applied_by])


def approval(reward: Reward, actor: str) -> bool:
    """Whether somebody approves a reward now; False where it was done before. Raises WrongStep, SamePerson."""
    return _due(reward, "inspected", "approved", actor, APPROVE, [reward.applied_by, reward.inspected_by])


def payment(reward: Reward, actor: str) -> bool:
    """The same of its payment. Raises WrongStep, SamePerson."""
    earlier = [reward.applied_by, reward.inspected_by, reward.approved_by]
    return _due(reward, "approved", "paid", actor, PAY, earlier)


def _due(reward: Reward, needed: Status, done: Status, actor: str, act: Act, earlier: Sequence[str | None]) -> bool:
    if reward.status == done:
        return False
    if reward.status != needed:
        raise WrongStep(field="id", rule=f"after {needed}", state=_state(reward))
    keep_apart(actor, earlier, act)
    return True


def _state(reward: Reward) -> Word:
    held = reward.status == "refused" and any(reason["code"] == "held" for reason in reward.reasons)
    return STATES["held" if held else reward.status]


def inspected(reward: Reward, item: InspectionIn) -> tuple[Status, Reason]:
    """What an inspection makes of a reward, and why: where nothing was found it is refused.

    Raises MoreThanClaimed.
    """
    if item.accepted > reward.claimed:
        accepted, claimed = (Digits(f"{amount.normalize():f}") for amount in (item.accepted, reward.claimed))
        raise MoreThanClaimed(
            field="accepted",
            rule="at most what was claimed",
            accepted=accepted,
            claimed=claimed,
            unit=Name(reward.unit),
        )
    if item.accepted:
        return "inspected", {"code": "inspected", "zh": item.note or "验收合格", "en": "as inspected on the spot"}
    return "refused", {
        "code": "inspected",
        "zh": item.note or "现场验收数量为零",
        "en": "nothing was found on the spot",
    }


def award(accepted: Decimal, item: Item, cap: int, awarded: int) -> Award:
    """Price times what was accepted, at most the item's cap, at most what the year's cap leaves."""
    price = parse_yuan(item["price"])
    full = to_fen(accepted * Decimal(price) / 100, ROUND_HALF_UP)
    capped = min(full, parse_yuan(item["cap"]))
    final = max(0, min(capped, cap - awarded))
    reasons = [_reason("unit_price", f"{accepted}{item['unit']} × {item['price']}元 = {yuan(full)}元", yuan(full))]
    if capped < full:
        reasons.append(_reason("item_cap", f"单项上限{item['cap']}元", item["cap"]))
    if final < capped:
        reasons.append(_reason("year_cap", f"年度上限{yuan(cap)}元，已奖补{yuan(awarded)}元", yuan(final)))
    return Award(final, reasons)


def _reason(code: str, zh: str, value: str) -> Reason:
    return {"code": code, "zh": zh, "en": f"{_IN_ENGLISH[code]}: {value} yuan"}
