"""What stands in sentences for people: what a code is called in Chinese and English, and what people call themselves.

A sentence holds numbers, days, names and words, never a code: who says "the loan is {state}" hands in a ``Word``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NewType
from uuid import UUID

Language = Literal["zh", "en"]

# What people have named: a person, a post's holder, a column of their file, a word of a list that is kept in Chinese.
Name = NewType("Name", str)
# A number that is written and not counted with: the code of a division, an amount in yuan.
Digits = NewType("Digits", str)


@dataclass(frozen=True, slots=True)
class Word:
    """A code and what it is called."""

    code: str
    zh: str
    en: str


def words(**called: tuple[str, str]) -> Mapping[str, Word]:
    """Codes with what they are called: ``words(paid=("已兑付", "paid"))``."""
    return {code: Word(code, zh, en) for code, (zh, en) in called.items()}


def say(value: object, language: Language) -> str:
    """A value as it stands in a sentence; several one after the other."""
    match value:
        case Word():
            return value.zh if language == "zh" else value.en
        case tuple():
            return ("、" if language == "zh" else ", ").join(say(one, language) for one in value)
    return str(value)


def plain(value: object) -> object:
    """A value as it stands in a document for programs: the code of a word."""
    match value:
        case Word():
            return value.code
        case tuple():
            return [plain(one) for one in value]
        case date() | Decimal() | UUID():
            return str(value)
    return value
