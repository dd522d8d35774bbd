"""Division codes 行政区划代码: province 2, city 4, county 6, town 9, village 12 digits; a prefix holds its parts.

Source: GB/T 2260 (first six digits), GB/T 10114 (town), statistical division codes (village).
"""

from typing import Annotated, Literal

from pydantic import StringConstraints

Level = Literal["province", "city", "county", "town", "village"]
_LEVELS: dict[int, Level] = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}

Division = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")]
Village = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


def level(code: str) -> Level:
    """The level of a code. Raises ValueError for a code of another length or with other characters."""
    if len(code) not in _LEVELS or not (code.isascii() and code.isdigit()):
        raise ValueError(f"not a division code: {code!r}")
    return _LEVELS[len(code)]


def parent(code: str) -> str | None:
    """The division that a division lies in; None for a province."""
    level(code)
    shorter = [length for length in _LEVELS if length < len(code)]
    return code[: max(shorter)] if shorter else None


def covers(prefix: str, code: str) -> bool:
    """Whether ``code`` is ``prefix`` or lies in it. An empty prefix covers nothing."""
    return bool(prefix) and code.startswith(prefix)


def is_village(code: str) -> bool:
    """Whether a code is that of an administrative village 行政村 (villagers' committee: 200 to 399)."""
    return level(code) == "village" and "200" <= code[9:] <= "399"


def prefix_range(code: str) -> tuple[str, str]:
    """Codes from the first (inclusive) to the second (exclusive) are those that lie in a division.

    As a condition on two ends it becomes an index condition, which a prefix in a parameter does not; ``:`` follows
    the digits in the order of bytes.
    """
    return code, code + ":"


def within(code: str) -> dict[str, str]:
    """The range of a division as the parameters ``low`` and ``high`` of a statement."""
    low, high = prefix_range(code)
    return {"low": low, "high": high}
