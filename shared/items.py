"""Offices decide in lists: one call, many items, an answer for each; one refusal never spoils the others."""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from shared.problems import Problem, ProblemBody

MAX_ITEMS = 1000
Outcome = Literal["accepted", "unchanged", "refused"]


class Answer(BaseModel):
    """What became of one item: ``unchanged`` where the same had been done before, ``refused`` with the problem."""

    id: UUID
    status: Outcome
    problem: ProblemBody | None = None


class Answers(BaseModel):
    """One answer per item, in the order of the request."""

    items: list[Answer]


_T = TypeVar("_T")
Items = Annotated[list[_T], Field(min_length=1, max_length=MAX_ITEMS)]


def accepted(id: UUID) -> Answer:
    return Answer(id=id, status="accepted")


def unchanged(id: UUID) -> Answer:
    return Answer(id=id, status="unchanged")


def refused(id: UUID, problem: Problem, *, position: int, language: str = "zh") -> Answer:
    """The refusal of the item at a position; its field is named from the request's root."""
    body = problem.body(language)
    body["field"] = f"items[{position}]" + (f".{body['field']}" if body.get("field") else "")
    return Answer(id=id, status="refused", problem=ProblemBody(**body))


def in_order(ids: Iterable[UUID], answers: dict[UUID, Answer]) -> Answers:
    """The answers arranged as the request listed the items."""
    return Answers(items=[answers[id] for id in ids])
