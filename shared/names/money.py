"""Money: integer fen 分 in code and tables, a decimal string in yuan 元 on the wire. No float touches it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema

from shared.problems import WrongValue

_FORM_ZH = "金额以元为单位，最多两位小数，如1200.00"
_FORM_EN = 'an amount is a decimal string in yuan with at most two decimals, such as "15.00"'
MAX_FEN = 9_000_000_000_000_000
_PATTERN = r"^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,2})?$"


def parse_yuan(text: str) -> int:
    """Fen of a decimal string in yuan with at most two decimals. Raises ValueError for anything else."""
    whole, point, cents = text.strip().partition(".")
    digits = whole.removeprefix("-")
    well_formed = digits.isascii() and digits.isdigit() and len(digits) <= 14
    if not well_formed or (point and not (cents.isascii() and cents.isdigit() and len(cents) <= 2)):
        raise WrongValue(_FORM_ZH, _FORM_EN)
    fen = int(digits) * 100 + int(cents.ljust(2, "0") if cents else 0)
    if fen > MAX_FEN:
        raise WrongValue("金额太大", "the amount is too large")
    return -fen if whole.startswith("-") else fen


def yuan(fen: int) -> str:
    """The decimal string in yuan, always with two decimals."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def to_fen(amount: Decimal, rounding: str = ROUND_HALF_UP) -> int:
    """Fen of an exact amount in yuan, rounded as told."""
    return int((amount * 100).quantize(Decimal(1), rounding=rounding))


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split fen by weights with the largest remainder, earlier parts first: the parts always add up to the total.

    Raises ValueError where a weight is negative or all are zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative and not all zero")
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for position in by_remainder[: total - sum(parts)]:
        parts[position] += 1
    return parts


def _from_wire(value: object, info: ValidationInfo) -> int:
    if isinstance(value, str):
        return parse_yuan(value)
    # Our own code hands over fen; in JSON a bare number could have been a float, so it is refused.
    if info.mode != "json" and isinstance(value, int) and not isinstance(value, bool):
        return value
    raise WrongValue(_FORM_ZH, _FORM_EN)


_Wire = (
    PlainSerializer(yuan, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["15.00"]}),
)
# Fen inside, yuan string outside: what a client sends has to be a string.
SignedYuan = Annotated[int, BeforeValidator(_from_wire), *_Wire]
Yuan = Annotated[int, Field(ge=0, le=MAX_FEN), BeforeValidator(_from_wire), *_Wire]
PositiveYuan = Annotated[int, Field(gt=0, le=MAX_FEN), BeforeValidator(_from_wire), *_Wire]
