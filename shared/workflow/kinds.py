"""What differs from one procedure to the next: a value that a service lists in ``Service(procedures=…)``.

Engine, tables, endpoints, deadlines, notices, objections, batches and spot checks are the same for all; a kind adds
what it is about, what it judges and what its approval does. For example (a household that leaves poverty):

    EXIT = ProcedureKind(
        name="exit",                      # the policy ``procedure.exit`` holds its steps
        words=Words(matter="贫困户退出", ...),
        opening=ExitIn,                   # the request that opens a case; ``procedure: Literal["exit"]`` stands in it
        subjects=subjects,                # those requests as subjects, or the problem with each
        judges={"inspection": judge},     # what a record at a step means beyond what the step itself asks
        effect=decided,                   # what an approval does, in the same transaction
        aggregate=EXIT_EVENTS,            # what is published under each verb …
        state=exit_state,                 # … and as what
    )
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.contracts import Aggregate, EventData
from shared.notices.records import Surroundings
from shared.policy import Reference
from shared.problems import Problem, ProblemBody
from shared.security.crypto import KeyRing
from shared.words import Word
from shared.workflow.case import Case, Json, Reason, Subject
from shared.workflow.procedure import Kind, Step
from shared.workflow.records import Dated
from shared.workflow.schemas import DecisionIn, OpeningIn


@dataclass(frozen=True, slots=True)
class Words:
    """A procedure in words: ``matter`` 贫困户识别, ``approved`` the first reason of an approval. What its notices say
    is the policy ``notice.words.<name>``.
    """

    matter: str
    approved: str
    en: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that may be opened: whose it is, where, what an approval will do, and what is kept with it.

    ``secret`` is plain text about persons; it is encrypted before it is kept, and forgotten at the decision.
    """

    subject: Subject
    division: str
    outcome: str
    secret: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A record, or an approval, at the step of a case that is due."""

    case: Case
    step: Step
    record: Dated | DecisionIn


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge says: go on (no ``reason``), end with a reason in words, or (``problem``) that nothing can be said
    yet. ``policies`` it used and ``facts`` it found are kept with the case.
    """

    reasons: Sequence[Reason] = ()
    policies: Sequence[Reference] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    problem: Problem | None = None


# The subjects of some requests, by their ids: a case that may be opened, or why not.
Subjects = Callable[[AsyncSession, KeyRing, Sequence[OpeningIn], date], Awaitable[Mapping[UUID, Opening | Problem]]]
# What some records of one kind of step mean, by the ids of their cases. The records have been found plausible.
Judge = Callable[[AsyncSession, Sequence[Made], date], Awaitable[Mapping[UUID, Judged]]]
# Make what was approved true, today, in this transaction; answers what was refused after all.
Effect = Callable[[AsyncSession, KeyRing, Sequence[Case], date], Awaitable[Mapping[UUID, ProblemBody]]]


async def no_effect(
    session: AsyncSession, keys: KeyRing, approved: Sequence[Case], today: date
) -> Mapping[UUID, ProblemBody]:
    """Where others learn of an approval by its event alone."""
    return {}


@dataclass(frozen=True, slots=True)
class ProcedureKind:
    """One kind of procedure of a service. See the module's text for an example."""

    name: str
    words: Words
    opening: type[OpeningIn]
    subjects: Subjects
    aggregate: Aggregate
    state: Callable[[Case], EventData]
    judges: Mapping[Kind, Judge] = field(default_factory=dict)
    effect: Effect = no_effect
    release: Effect = no_effect


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post of a village on a day; without a ``subject`` (of a token) nobody can sign in their name."""

    name: str
    subject: str | None


# Who holds which post of a village on a day; and how a post is called in Chinese and English.
Posts = Callable[[AsyncSession, str, date], Awaitable[Mapping[str, Holder]]]


async def no_posts(session: AsyncSession, village: str, on: date) -> Mapping[str, Holder]:
    """Where a service knows nothing of posts."""
    return {}


@dataclass(frozen=True, slots=True)
class Procedures:
    """The procedures of a service, and what it hands in for them."""

    kinds: Sequence[ProcedureKind]
    around: Surroundings
    posts: Posts = no_posts
    post_name: Callable[[str], Word] = lambda post: Word(post, post, post)

    def kind(self, name: str) -> ProcedureKind:
        """The kind of a name that a case bears."""
        return next(kind for kind in self.kinds if kind.name == name)
