"""Believable people for tests: identity numbers with the right check character, households with a head."""

import itertools
from datetime import date
from typing import Any

from shared.names.ids import uuid7

VILLAGE, OTHER_VILLAGE = "220622100201", "220622101201"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_serial = itertools.count(1)


def identity_number(born: date = date(1960, 5, 4), *, male: bool = True) -> str:
    """A number that nobody had before in this process, after GB 11643."""
    count = next(_serial)
    # Region and sequence together give enough different numbers for one birth date.
    body = f"{220622 + count // 400:06d}{born:%Y%m%d}{count % 400 * 2 + male:03d}"
    weighed = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[weighed % 11]


def member(
    relation: str = "户主", *, born: date = date(1960, 5, 4), male: bool = True, **facts: Any
) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "name": "王某",
        "identity_number": identity_number(born, male=male),
        "relation": relation,
        "labour": "普通劳动力",
        **facts,
    }


def household(size: int = 1, *, village: str = VILLAGE, **facts: Any) -> dict[str, Any]:
    """The body of a registration: a head, and children up to the size."""
    count = next(_serial)
    return {
        "id": str(uuid7()),
        "division": village,
        "number": f"H{count:08d}",
        "identified_on": "2014-11-01",
        "attribute": "一般贫困户",
        "main_cause": "因病",
        "land_mu": "3.50",
        "income": "2100.00",
        "unsafe_house": False,
        "phone": "13800000000",
        "bank_card": "6222020000000000000",
        "members": [member(), *(member("之子", born=date(1990, 1, n + 1)) for n in range(size - 1))],
        **facts,
    }
