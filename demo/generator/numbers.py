"""Identifiers, numbers of persons, phones and cards: valid in form, of nobody."""

from datetime import date, datetime
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Numbers:
    """Numbers that never repeat, the same for the same seed; those of regions 1,000 apart are different."""

    def __init__(self, random: Random, region: int = 220622) -> None:
        self._random, self._region = random, region
        self._sequences: dict[tuple[date, bool], int] = {}
        self._households = 0

    def id(self, moment: datetime | date) -> UUID:
        """A version 7 identifier of a moment."""
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
        milliseconds = int(moment.timestamp() * 1000)
        bits = self._random.getrandbits(74)
        return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & ((1 << 62) - 1))

    def identity(self, born: date, *, male: bool) -> str:
        """An identity number after GB 11643 with this birth date and sex, different for each person."""
        count = self._sequences.get((born, male), 0)
        self._sequences[born, male] = count + 1
        body = f"{self._region + count // 400:06d}{born:%Y%m%d}{(count % 400) * 2 + 1 + (0 if male else 1):03d}"
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]

    def household(self) -> str:
        """A household number 户编号."""
        self._households += 1
        return f"{self._region}{self._households:08d}"

    def phone(self) -> str:
        return f"13{self._random.randrange(10**9):09d}"

    def card(self) -> str:
        """A bank card number with the right Luhn digit."""
        body = f"622848{self._random.randrange(10**12):012d}"
        doubled = [int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(body))]
        return body + str(-sum(value - 9 * (value > 9) for value in doubled) % 10)
