"""How a service has something doubtful 疑点 looked into: it publishes it, and the registry puts it on its one list.

The registry's offices take the doubt from county to village and back, and publish what they find as events
``registry.doubt``, which name the ``source`` and the ``reference`` of what was published here.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.events.contracts import Aggregate, EventData

Rule = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=60)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]
Fact = Annotated[str, StringConstraints(max_length=120)]


class DoubtFound(EventData):
    """Something that a rule of a service found doubtful about a household, or about a record of its own.

    ``id`` is the service's own record of it, and the event's sequence that record's version: what comes again is the
    same doubt. ``about`` is what it is about besides the household (a loan, a project); one of both is there. A rule
    has one open doubt of a household and of what it is about; ``key`` says what makes the same finding the same, so
    that what was looked into and settled is not raised again. ``division`` is where the household lives, or the
    record lies (a county or below). ``zh`` and ``en`` say what was found, ``facts`` on what that rests; nothing of a
    person stands in either.
    """

    id: UUID
    household_id: UUID | None
    about: UUID | None
    division: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$")]
    rule: Rule
    rule_version: Annotated[int, Field(gt=0)]
    severity: Literal["notice", "warning", "serious"]
    zh: Words
    en: Words
    facts: Annotated[dict[Annotated[str, StringConstraints(max_length=40)], Fact], Field(max_length=20)]
    key: Annotated[str, StringConstraints(min_length=1, max_length=200)]


def doubts_of(service: str) -> Aggregate:
    """The doubts that a service publishes."""
    return Aggregate(f"{service}.doubt", DoubtFound, ("raised",), zh="疑点：其他业务系统发现，交登记系统核查")
