"""The nouns that the registry tells of, as they stand on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events.contracts import Aggregate, EventData


class MemberState(EventData):
    """A member of a household, as far as others need to know: no name, no number, no health."""

    id: UUID
    relation: str
    born: date
    labour: str | None


class HouseholdState(EventData):
    """A registered household 建档立卡户 and its members; ``reason`` and ``effective_on`` are of the last change.

    ``predecessors`` and ``successors`` are the households that it came out of or went into with this change (split,
    merged), so that what is due to it can follow its members.
    """

    id: UUID
    number: str
    division: str
    status: Literal["registered", "removed", "exited"]
    identified_on: date
    size: int
    attribute: str
    main_cause: str
    members: list[MemberState]
    reason: str
    effective_on: date
    predecessors: list[UUID] = Field(default_factory=list)
    successors: list[UUID] = Field(default_factory=list)


class DivisionState(EventData):
    """An administrative division 行政区划 with the days from and to (exclusive) which it exists.

    ``successors`` are the codes that it became when it was merged or split.
    """

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    successors: list[str] = Field(default_factory=list)


class DoubtState(EventData):
    """A doubt 疑点: which rule found something about which household, where it stands, what the verdict is.

    Nothing of a person and no evidence; ``household_id`` is absent where nobody of the register is concerned.
    ``source`` is the service that found it; ``reference`` the id of its own record, for another than the registry.
    """

    id: UUID
    household_id: UUID | None
    division: str
    rule: str
    rule_version: int
    ground: str | None
    severity: Literal["notice", "warning", "serious"]
    status: Literal["raised", "at_town", "at_village", "checked", "judged", "reviewed", "closed"]
    verdict: str | None
    upheld: bool | None
    raised_on: date
    due_on: date | None
    source: str = "registry"
    reference: UUID | None = None


class HelperState(EventData):
    """That a person helps a household 结对帮扶, from a day to a day (exclusive); names as on the first day."""

    id: UUID
    household_id: UUID
    division: str
    staff_id: UUID
    helper: str
    rank: str
    organisation_id: UUID
    organisation: str
    level: str
    started_on: date
    ended_on: date | None


class PolicyUsed(EventData):
    """A policy version that a decision rests on."""

    key: str
    division: str
    version: int


class CaseState(EventData):
    """A case 识别办理 of one household: how far it is in its procedure, and how it was decided."""

    id: UUID
    household_id: UUID
    division: str
    procedure: str
    status: Literal["open", "approved", "refused", "withdrawn", "lapsed"]
    step: str | None
    due_on: date
    decided_on: date | None
    policies: list[PolicyUsed]


class PlanState(EventData):
    """A household's plan to leave poverty 脱贫计划: the year and the batches of its measures."""

    id: UUID
    household_id: UUID
    division: str
    exit_year: int
    status: Literal["approved"]
    batches: list[str]


class DepartmentRecord(EventData):
    """A record of a department 部门数据 about a person, as departments send it to the registry.

    ``record_no`` is the department's own number of the record and no number of a person; a higher ``version`` of it
    supersedes, a lower one is late. ``sealed`` is the person's number, sealed with the public key that ``GET /feeds``
    names, for the context ``departments.record:<feed>:<record_no>`` (ADR 10). ``details`` are the fields of the feed
    (kind, price, grade …) as text. ``division`` is the county that it is delivered to, ``village`` a code of twelve
    digits.
    """

    feed: str
    record_no: str
    version: int
    division: str
    name: str
    sealed: str | None = None
    born: date | None = None
    village: str | None = None
    from_on: date | None = None
    ended_on: date | None = None
    details: dict[str, str] = Field(default_factory=dict)


HOUSEHOLD = Aggregate(
    "registry.household",
    HouseholdState,
    ("registered", "changed", "removed", "restored", "exited", "returned", "split", "merged", "moved"),
    zh="建档立卡户：登记、变更、剔除、恢复、脱贫、返贫、分户、并户、迁移",
)
DIVISION = Aggregate(
    "registry.division",
    DivisionState,
    ("recorded", "renamed", "merged", "split"),
    zh="行政区划：登记、更名、合并、拆分",
)
DOUBT = Aggregate(
    "registry.doubt",
    DoubtState,
    ("raised", "assigned", "checked", "judged", "reviewed", "returned", "closed", "reopened"),
    zh="疑点：提出、交办、核查、结论、复核、退回、销号、重开",
)
HELPER = Aggregate("registry.helper", HelperState, ("assigned", "ended"), zh="帮扶责任人")
CASE = Aggregate(
    "registry.case",
    CaseState,
    ("opened", "advanced", "returned", "approved", "refused", "withdrawn", "lapsed", "reopened", "moved"),
    zh="识别办理：受理、推进、退回、批准、不予通过、撤回、终止、恢复、随区划或对象迁移",
)
PLAN = Aggregate("registry.plan", PlanState, ("approved",), zh="脱贫计划")
DEPARTMENT_RECORD = Aggregate(
    "departments.record", DepartmentRecord, ("recorded",), zh="部门数据：各部门报送的登记记录"
)
