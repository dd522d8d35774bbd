"""Identity numbers 公民身份号码 and other personal identifiers: what they are, what they say, how they are masked.

Source: GB 11643-1999 (18 digits, weights, check character); disability cards carry 20 or, reissued, 22 characters.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import mul

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Numbers of persons and phones that stand where they should not, in texts that are kept.
NUMBERS = re.compile(r"\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{15,19}(?!\d)")
_BETWEEN = re.compile(r"(?<=\d)[\s\u00b7.-]+(?=[\dXx])")  # what people put between groups of digits
_LONG_NUMBER = re.compile(r"\d{11,19}[Xx]?")
_MOBILE, _SHORTEST_CARD, _LONGEST_CARD = 11, 16, 19
_KEPT_TEXT = re.compile(r"""=?["“”″]([^"“”″]+)["“”″]|['‘’`](.+)""")  # ="…", '…
_LIKE_X = frozenset("xX\u00d7\u0445\u0425\u03c7\u03a7\u2715\u2716\u2a2f\u2573")  # other letters and crosses
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}")
_ZEROS = ord("0") * sum(_WEIGHTS)  # what the codes of the digits weigh more than the digits


# Rules, row and event ask of the same persons one after the other, in imports some hundred at a time.
_asked_again = lru_cache(maxsize=4096)


class DocumentKind(StrEnum):
    """What an identifying number turned out to be; only RESIDENT is a checked identity number."""

    RESIDENT = "resident"
    DISABILITY = "disability"
    OLD15 = "old15"
    PLACEHOLDER = "placeholder"
    INVALID = "invalid"
    MISSING = "missing"


def unwrapped(text: str) -> str:
    """A number without what is no part of it: spaces, direction marks, what kept it text (="…", an apostrophe)."""
    if text.isascii() and text.isalnum():
        return text
    if not text.isascii():
        text = "".join([one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf"])
    plain = "".join(text.split())
    kept = _KEPT_TEXT.fullmatch(plain)
    return (kept[1] or kept[2]) if kept else plain


@_asked_again
def normalise(text: str | None) -> str:
    """A number as it was meant: half-width, without spaces, direction marks and what kept it text, capital X."""
    if not text:
        return ""
    plain = unwrapped(text)
    if len(plain) == 18 and plain[17] in _LIKE_X and plain[:17].isdigit():
        plain = f"{plain[:17]}X"
    return plain.upper()


def has_lost_digits(number: str) -> bool:
    """Whether a normalised number was a spreadsheet's number once: shortened to its first digits, or with noughts for
    what is behind the fifteenth. Nobody can say which number it was.
    """
    if _SHORTENED.fullmatch(number):
        return True
    length = len(number)
    if length not in (18, 20) or not (number.isascii() and number.isdigit()) or number[15:].strip("0"):
        return False
    return not is_resident(number[:18]) and _has_birth_date(number)


def _has_birth_date(number: str) -> bool:
    try:
        birth_date(number)
    except ValueError:
        return False
    return True


def check_character(body: str) -> str:
    """The eighteenth character of seventeen digits."""
    return _CHECKS[(sum(map(mul, body.encode(), _WEIGHTS)) - _ZEROS) % 11]


@_asked_again
def classify(number: str) -> DocumentKind:
    """What a normalised number is."""
    if not number:
        return DocumentKind.MISSING
    if "99999" in number:
        return DocumentKind.PLACEHOLDER
    length = len(number)
    if length == 18 and is_resident(number):
        return DocumentKind.RESIDENT
    if length == 15 and number.isascii() and number.isdigit():
        return DocumentKind.OLD15
    if length in (20, 22) and is_resident(number[:18]):
        return DocumentKind.DISABILITY
    return DocumentKind.INVALID


@_asked_again
def is_resident(number: str) -> bool:
    """Whether 18 characters are an identity number: digits, a real birth date, the right check character."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()):
        return False
    try:
        birth_date(number)
    except ValueError:
        return False
    return check_character(number[:17]) == number[17]


@_asked_again
def birth_date(number: str) -> date:
    """The birth date in an identity number. Raises ValueError where it is no date."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> str:
    """男 where the seventeenth digit is odd, else 女."""
    return "男" if int(number[16]) % 2 else "女"


def holds_number(text: str) -> bool:
    """Whether a text holds somebody's identity number, mobile number or bank card, in whatever width and grouping."""
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return any(
        is_resident(found[0].upper()) or _is_mobile(found[0]) or _is_card(found[0])
        for found in _LONG_NUMBER.finditer(digits)
    )


def _is_mobile(number: str) -> bool:
    return len(number) == _MOBILE and number[0] == "1" and number[1] in "3456789"


def _is_card(number: str) -> bool:
    """Sixteen to nineteen digits of a bank's range whose check digit fits (Luhn)."""
    if not (_SHORTEST_CARD <= len(number) <= _LONGEST_CARD and number.isdecimal() and number[0] in "3456"):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def mask_numbers(text: str) -> str:
    """A text in which every number of a person or phone is masked."""
    return NUMBERS.sub(lambda found: mask_number(found[0]), text)


def mask_number(number: str) -> str:
    """The first six and last four characters; a short number keeps only its last two."""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) >= 15 else "*" * 6 + number[-2:]


def mask_phone(phone: str) -> str:
    """The first three and last four digits."""
    return phone[:3] + "*" * max(4, len(phone) - 7) + phone[-4:] if len(phone) >= 11 else "*" * 6


def mask_card(card: str) -> str:
    """The last four digits."""
    return "*" * max(6, len(card) - 4) + card[-4:] if len(card) >= 12 else "*" * 6
