"""How much a reward is, and who may do which step. Pure; amounts in fen."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from shared.names.money import parse_yuan, to_fen, yuan
from shared.problems import Conflict, Forbidden, Invalid

# What has to be done before a step, and what is afterwards.
STEPS = {"inspect": ("applied", "inspected"), "approve": ("inspected", "approved"), "pay": ("approved", "paid")}


_IN_ENGLISH = {
    "unit_price": "unit price times accepted quantity",
    "item_cap": "cap of the item",
    "year_cap": "what the cap of the year leaves",
}


class ItemUnknown(Invalid):
    slug, zh, en = "reward-item-unknown", "奖补目录中没有“{item}”", "The scheme has no item '{item}'"


class WrongStep(Conflict):
    slug = "reward-wrong-step"
    zh = "奖补当前状态为{state}，不能办理此步"
    en = "The reward is {state}; this step comes at another time"
    words = MappingProxyType(
        {"applied": "已申请", "inspected": "已验收", "approved": "已审批", "paid": "已兑付", "refused": "未通过"}
    )


class SamePerson(Forbidden):
    slug = "separate-people"
    zh = "申请、验收、审批、支付须由不同的人办理"
    en = "Applying, inspecting, approving and paying are done by different people"


def step(status: str, step: str, *, actor: str, earlier: list[str | None]) -> bool:
    """Whether a step is to be done; False where it was done before. Raises WrongStep, SamePerson."""
    needed, done = STEPS[step]
    if status == done:
        return False
    if status != needed:
        raise WrongStep(field="id", rule=f"after {needed}", state=status)
    if actor in earlier:
        raise SamePerson(field="id", rule="separate people")
    return True


def amount(accepted: Decimal, item: Mapping[str, str], cap: int, awarded: int) -> tuple[int, list[dict[str, Any]]]:
    """Fen, and the reasons: price times what was accepted, at most the item's cap, at most what the year leaves."""
    price = parse_yuan(item["price"])
    full = to_fen(accepted * Decimal(price) / 100, ROUND_HALF_UP)
    capped = min(full, parse_yuan(item["cap"]))
    final = max(0, min(capped, cap - awarded))
    reasons = [_reason("unit_price", f"{accepted}{item['unit']} × {item['price']}元 = {yuan(full)}元", yuan(full))]
    if capped < full:
        reasons.append(_reason("item_cap", f"单项上限{item['cap']}元", item["cap"]))
    if final < capped:
        reasons.append(_reason("year_cap", f"年度上限{yuan(cap)}元，已奖补{yuan(awarded)}元", yuan(final)))
    return final, reasons


def _reason(code: str, zh: str, value: str) -> dict[str, Any]:
    en = {
        "unit_price": "unit price times accepted quantity",
        "item_cap": "cap of the item",
        "year_cap": "cap of the year",
    }
    return {"code": code, "zh": zh, "en": f"{en[code]}: {value} yuan"}
