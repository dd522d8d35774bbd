"""A case as it stands: where it is in its procedure, what was recorded, and how it moves. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NotRequired
from uuid import UUID

from pydantic import JsonValue
from typing_extensions import TypedDict

from shared.policy import Reference
from shared.workflow.procedure import Procedure, Step

Status = Literal["open", "approved", "refused", "withdrawn", "lapsed"]
Json = JsonValue
Content = Mapping[str, Json]


class Reason(TypedDict):
    """Why, in words: ``code`` names the step or criterion for programs, ``because`` what elsewhere caused it."""

    code: str
    zh: str
    en: str
    because: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, as a notice shows it: a household by the name of its head, its size and its attribute.

    ``kind`` says what ``id`` is the id of (household, village, project); ``born`` is the birth date of a person.
    """

    kind: str
    id: UUID
    name: str
    born: date | None
    size: int | None
    category: str


@dataclass(frozen=True, slots=True)
class Done:
    """What was recorded at a step; ``part`` tells the signatures of one step apart. ``void``: only for the record."""

    position: int
    part: str
    record: Content
    on: date
    actor: str
    void: bool = False


@dataclass(slots=True)
class Case:
    """A case. ``objections`` counts those without an answer; ``verb`` says what became of it in this request.

    ``secret`` is what is to be recorded of persons, encrypted; ``facts`` what the kind keeps beside the subject.
    ``back_to`` is the first step whose records no longer hold, ``left_batch`` the batch that it left undecided,
    ``left_notice`` the notice that it no longer hangs on, ``was`` step and status as they were read; ``office`` the
    division of those who opened it, with their roles.
    """

    id: UUID
    division: str
    kind: str
    outcome: str
    subject: Subject
    ground: str
    procedure: Procedure
    policies: list[Reference]
    status: Status
    position: int
    since: date
    due_on: date
    notice_id: UUID | None
    notice_from: date | None
    notice_until: date | None
    batch_id: UUID | None
    reasons: list[Reason]
    opened_by: str
    opened_on: date
    office: str
    office_roles: frozenset[str]
    decided_by: str | None
    decided_on: date | None
    not_before: date | None
    version: int
    secret: str | None
    facts: dict[str, Json]
    was: tuple[str | None, Status] | None = None
    objections: int = 0
    done: list[Done] = field(default_factory=list)
    fresh: list[Done] = field(default_factory=list)
    verb: str | None = None
    back_to: int | None = None
    left_batch: UUID | None = None
    left_notice: UUID | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.procedure.steps

    @property
    def ended(self) -> bool:
        """Whether it ended without effect."""
        return self.status in ("refused", "withdrawn", "lapsed")

    @property
    def step(self) -> Step | None:
        """The step that is to be done (or runs); None where nothing is left."""
        return self.steps[self.position] if self.position < len(self.steps) and not self.ended else None

    @property
    def step_after_notice(self) -> Step | None:
        """The step that is due when the notice that hangs has run out; None where none hangs."""
        return self.steps[self.position + 1] if self.notice_until else None

    @property
    def earliest(self) -> date:
        """The first day that the next record may bear: after the one before, a notice, or a return."""
        days = [done.on for done in self.done] + ([self.not_before] if self.not_before else [])
        return max(days, default=self.opened_on - timedelta(days=self.procedure.backdate))

    def actors(self) -> set[str]:
        """Everybody who has done something in it, by a record of their own or as one of those who went along."""
        return {self.opened_by, *(done.actor for done in self.done)} | {
            visitor
            for done in self.done
            for visitor in _list(done.record.get("visitors"))
            if isinstance(visitor, str)
        }

    def parts(self) -> list[Done]:
        """What was recorded at the present step so far."""
        return [done for done in self.done if done.position == self.position]


def record(case: Case, content: Content, on: date, actor: str, part: str = "") -> None:
    """Note something at the present step."""
    done = Done(case.position, part, content, on, actor)
    case.done.append(done)
    case.fresh.append(done)
    case.verb = case.verb or "advanced"


def rest_on(case: Case, policies: Sequence[Reference], facts: Content) -> None:
    """The case rests on these policies too, each once, and keeps what was found by them."""
    case.policies = [*case.policies, *(used for used in policies if used not in case.policies)]
    case.facts = {**case.facts, **facts}


def advance(case: Case, since: date) -> None:
    """The next step is open from a day on."""
    case.position += 1
    case.since = since
    case.notice_from = case.notice_until = case.batch_id = None
    case.verb = case.verb or "advanced"
    if case.step is not None:
        case.due_on = case.step.due(since)


def settle(case: Case, today: date) -> None:
    """A notice that has run out without an open objection is over, whether or not somebody looked at the clock."""
    if case.notice_until and case.notice_until <= today and not case.objections:
        case.not_before = case.notice_until
        advance(case, case.notice_until)


def put_on_notice(case: Case, notice_id: UUID, today: date) -> None:
    """The present step's notice hangs from today for the policy's days."""
    assert case.step is not None
    case.notice_id, case.notice_from, case.notice_until = notice_id, today, case.step.ends(today)
    case.due_on = case.notice_until
    case.verb = case.verb or "advanced"


def send_back(case: Case, position: int, today: date) -> None:
    """An earlier step has to be done again, and everything after it; a notice after it no longer counts."""
    if any(done.position >= position and case.steps[done.position].kind == "notice" for done in case.done):
        case.left_notice, case.notice_id = case.notice_id, None
    case.done = [done for done in case.done if done.position < position]
    case.left_batch = case.batch_id
    case.back_to, case.position, case.not_before = position, position - 1, today
    case.verb = "returned"
    advance(case, today)


def refuse(case: Case, reasons: Sequence[Reason], today: date, actor: str) -> None:
    """The case ends without effect."""
    case.status, case.decided_on, case.decided_by, case.verb = "refused", today, actor, "refused"
    case.notice_from = case.notice_until = case.batch_id = None
    case.reasons = [*case.reasons, *reasons]


def approve(case: Case, reasons: Sequence[Reason], today: date, actor: str) -> None:
    """The case is decided; what is left to do is its announcement, where the procedure has one."""
    case.status, case.decided_on, case.decided_by, case.verb = "approved", today, actor, "approved"
    case.reasons = [*case.reasons, *reasons]
    advance(case, today)


def withdraw(case: Case, reason: Reason, today: date, actor: str) -> None:
    """Who brought it takes it back: it ends without effect, and its subject is free again."""
    case.status, case.decided_on, case.decided_by, case.verb = "withdrawn", today, actor, "withdrawn"
    case.left_batch = case.batch_id
    case.notice_from = case.notice_until = case.batch_id = None
    case.reasons = [*case.reasons, reason]


def lapse(case: Case, reason: Reason, today: date, actor: str) -> None:
    """What it was about has ended: the case ends without effect, and nobody has to do anything about it."""
    case.status, case.decided_on, case.decided_by, case.verb = "lapsed", today, actor, "lapsed"
    case.left_batch = case.batch_id
    case.notice_from = case.notice_until = case.batch_id = None
    case.reasons = [*case.reasons, reason]


def reopen(case: Case, reason: Reason, today: date) -> None:
    """What it was about has not ended after all: the case goes on at the step where it stood, whose time begins anew.
    A notice that was taken down has to hang again; a batch has been decided without it.
    """
    case.status, case.decided_on, case.decided_by, case.verb = "open", None, None, "reopened"
    case.left_notice, case.notice_id = case.notice_id, None
    case.since, case.not_before, case.reasons = today, today, [*case.reasons, reason]
    if case.step is not None:
        case.due_on = case.step.due(today)


def note_return(case: Case, content: Content, today: date, actor: str) -> None:
    """That and why it was sent back stays on record, beside the steps that count."""
    case.fresh.append(Done(case.position, "return", content, today, actor, void=True))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
