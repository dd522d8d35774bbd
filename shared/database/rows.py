"""Rows of the database as values: the columns that a statement names are the fields of a frozen dataclass."""

from typing import TypeVar

from sqlalchemy import Result

T = TypeVar("T")


def typed(model: type[T], found: Result[tuple[object, ...]]) -> list[T]:
    """Each row as a value of the model, in the order of the rows."""
    return [model(**row) for row in found.mappings()]
