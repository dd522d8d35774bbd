"""Offices decide in lists: one call, many items, an answer for each; one refusal never spoils the others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Generic, Literal, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.problems import Conflict, Problem, ProblemBody

MAX_ITEMS = 1000
Outcome = Literal["accepted", "waiting", "unchanged", "refused"]


class TwiceInList(Conflict):
    slug, zh, en = "twice-in-list", "同一记录在名单中重复", "The same record stands twice in this list"


class Answer(BaseModel):
    """What became of one item: ``waiting`` where another person has to release it, ``unchanged`` where the same had
    been done before, ``refused`` with the problem.
    """

    id: UUID
    status: Outcome
    problem: ProblemBody | None = None


class Answers(BaseModel):
    """One answer per item, in the order of the request."""

    items: list[Answer]


_T = TypeVar("_T")


class ListOf(BaseModel, Generic[_T]):
    """The body of a list of decisions, each its own."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[_T], Field(min_length=1, max_length=MAX_ITEMS)]


def accepted(id: UUID) -> Answer:
    return Answer(id=id, status="accepted")


def unchanged(id: UUID) -> Answer:
    return Answer(id=id, status="unchanged")


def refused(id: UUID, problem: Problem, *, position: int) -> Answer:
    """The refusal of the item at a position; its field is named from the request's root."""
    body = problem.document()
    body["field"] = f"items[{position}]" + (f".{body['field']}" if body.get("field") else "")
    return Answer(id=id, status="refused", problem=ProblemBody.model_validate(body))


class Identified(Protocol):
    """An item of a list: it says which record it is about."""

    @property
    def id(self) -> UUID: ...


_I = TypeVar("_I", bound=Identified)


def answer_each(items: Sequence[_I], decide: Callable[[_I], Outcome]) -> Answers:
    """Decide each item by itself: what ``decide`` raises as a Problem refuses its item and no other.

    An id that stands twice in a list is refused the second time.
    """
    answers: list[Answer] = []
    seen: set[UUID] = set()
    for position, item in enumerate(items):
        try:
            if item.id in seen:
                raise TwiceInList(field="id", rule="once in a list")
            seen.add(item.id)
            answers.append(Answer(id=item.id, status=decide(item)))
        except Problem as problem:
            answers.append(refused(item.id, problem, position=position))
    return Answers(items=answers)


def answers_of(items: Sequence[_I], decided: Mapping[UUID, Outcome | Problem]) -> Answers:
    """The answers to what was decided of each item, by id, in the order of the request."""
    return Answers(
        items=[
            refused(item.id, decision, position=position)
            if isinstance(decision := decided[item.id], Problem)
            else Answer(id=item.id, status=decision)
            for position, item in enumerate(items)
        ]
    )


def overrule(answers: Answers, refused_ids: set[UUID], problem: Problem) -> Answers:
    """The answers, with some that were accepted refused after all (the money did not reach)."""
    return Answers(
        items=[
            refused(answer.id, problem, position=position)
            if answer.id in refused_ids and answer.status == "accepted"
            else answer
            for position, answer in enumerate(answers.items)
        ]
    )


def overrule_each(answers: Answers, problems: Mapping[UUID, ProblemBody]) -> Answers:
    """The answers, with some that were accepted refused after all, each for a reason of its own."""
    items = []
    for position, answer in enumerate(answers.items):
        problem = problems.get(answer.id)
        if problem and answer.status == "accepted":
            problem.field = f"items[{position}].id"
            items.append(Answer(id=answer.id, status="refused", problem=problem))
        else:
            items.append(answer)
    return Answers(items=items)
