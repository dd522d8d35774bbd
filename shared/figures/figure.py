"""What a figure is: one SQL query that serves its value and its drill-down."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Integer, Text

from shared.words import Language, Word, say

# Divisions by name, from their codes.
Places = Callable[[AsyncSession, Iterable[str]], Awaitable[Mapping[str, str]]]
Kind = Literal["integer", "date", "text"]
_TYPES: dict[Kind, Integer | Date | Text] = {"integer": Integer(), "date": Date(), "text": Text()}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its unit (``yuan`` where ``adds`` is in fen), its rows, and the parameters that the rows use;
    ``words`` are what codes in the labels of its rows are called.
    """

    zh: str
    en: str
    unit: str
    rows: str
    parameters: Mapping[str, Kind] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)

    def statement(self, sql: str) -> TextClause:
        """A query with this figure's parameters bound by type."""
        return text(sql).bindparams(*(bindparam(name, type_=_TYPES[kind]) for name, kind in self.parameters.items()))

    def called(self, label: str, language: Language) -> str:
        """A row's label with its codes in words."""
        return " ".join(say(self.words.get(part, part), language) for part in label.split(" "))
