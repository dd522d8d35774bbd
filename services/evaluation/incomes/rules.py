"""What a household's income comes to. Pure; amounts in fen."""

from collections.abc import Collection, Mapping

from services.evaluation.incomes.records import Kind, Line, Total
from services.evaluation.incomes.schemas import IncomeIn
from shared.problems import Conflict, Invalid
from shared.words import Word


class IncomeDiffers(Conflict):
    slug, zh, en = "income-differs", "此编号已用于另一笔收入", "This id stands for another line of income"


class KindUnknown(Invalid):
    slug, zh = "income-kind-unknown", "收入项目不在目录内，可选：{allowed}"
    en = "There is no such kind of income; the list has: {allowed}"
    allowed: tuple[Word, ...]


def recorded_again(known: Line, item: IncomeIn) -> None:
    """Raises IncomeDiffers where an id was used for something else."""
    before = (known.household_id, known.year, known.kind, known.amount)
    if before != (item.household_id, item.year, item.kind, item.amount):
        raise IncomeDiffers(field="id", rule="one id, one line")


def on_the_list(kind: str, kinds: Mapping[str, Kind]) -> None:
    """Raises KindUnknown."""
    if kind not in kinds:
        allowed = tuple(Word(code, one["zh"], one["en"]) for code, one in kinds.items())
        raise KindUnknown(field="kind", rule="income.kinds", allowed=allowed)


def total(lines: Collection[Line], kinds: Mapping[str, Kind], size: int) -> Total:
    """Totals of a household of ``size`` persons. Per capita is rounded down: to exceed a line by rounding would be to
    invent income.
    """
    counted = not_counted = 0
    for line in lines:
        kind = kinds[line.kind]
        if kind["counted"]:
            counted += kind["sign"] * line.amount
        else:
            not_counted += line.amount
    return Total(counted, not_counted, counted // size if size else 0, bool(lines))
