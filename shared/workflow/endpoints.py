"""Cases over HTTP: opened, recorded step by step, decided in batches, sent back, listed for who has to act."""

from functools import reduce
from operator import or_
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field

from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division
from shared.notices.schemas import AnswerIn, ObjectionIn
from shared.workflow import batches, decisions, objections, open, returns, service, steps  # noqa: A004 (its use case)
from shared.workflow.batches import BatchDetail
from shared.workflow.kinds import Procedures
from shared.workflow.procedure import Level
from shared.workflow.schemas import (
    BatchIn,
    CaseAnswers,
    CheckIn,
    DecisionIn,
    IntakeIn,
    ReturnIn,
    StepIn,
    WithdrawalIn,
)
from shared.workflow.service import CaseDetail, Work


def routers(procedures: Procedures) -> list[APIRouter]:
    """The endpoints of a service's cases, and of objections to them."""
    return [_openings(procedures), _work(procedures), _reading(procedures), _objections(procedures)]


def _router(prefix: str) -> APIRouter:
    return APIRouter(prefix=prefix, tags=[prefix[1:]], route_class=UnitRoute)


def _opening_model(procedures: Procedures) -> Any:
    """What comes with an opening is said by the kind that it names."""
    models = list(dict.fromkeys(kind.opening for kind in procedures.kinds))
    return Annotated[reduce(or_, models), Field(discriminator="procedure")] if len(models) > 1 else models[0]


def _openings(procedures: Procedures) -> APIRouter:
    router, opening = _router("/cases"), _opening_model(procedures)

    @router.post("")
    async def open_cases(session: Session, request: Request, body: ListOf[opening]) -> Answers:  # type: ignore[valid-type]
        """Open cases, each by the procedure in force in its village today."""
        return await open.open_all(session, procedures, runtime_of(request).keys, body.items)

    @router.post("/intakes")
    async def take_in(session: Session, request: Request, body: IntakeIn[opening]) -> Answers:  # type: ignore[valid-type]
        """Open the cases of a plan list together, where the procedure begins with one."""
        return await open.take_in(session, procedures, runtime_of(request).keys, body)

    return router


def _work(procedures: Procedures) -> APIRouter:
    router = _router("/cases")

    @router.post("/steps")
    async def record_steps(session: Session, request: Request, body: ListOf[StepIn]) -> CaseAnswers:
        """Record what was done at the step that is due; notices of one village in one call hang together."""
        return await steps.record_all(session, procedures, runtime_of(request).keys, body.items)

    @router.post("/batches", status_code=201)
    async def draw_batch(session: Session, body: BatchIn) -> BatchDetail:
        """Put cases into a batch that is decided together; the answer says which are to be checked on the spot."""
        return await batches.draw(session, procedures, body)

    @router.post("/spot-checks")
    async def record_checks(session: Session, body: ListOf[CheckIn]) -> Answers:
        """Record spot checks of cases that were drawn."""
        return await batches.check(session, body.items)

    @router.post("/decisions")
    async def decide(session: Session, request: Request, body: ListOf[DecisionIn]) -> CaseAnswers:
        """Review (town) or decide (county); an approval by the county takes effect at once."""
        return await decisions.decide_all(session, procedures, runtime_of(request).keys, body.items)

    @router.post("/returns")
    async def send_back(session: Session, body: ListOf[ReturnIn]) -> Answers:
        """Send cases back to an earlier step, with the reason."""
        return await returns.send_back(session, procedures, body.items)

    @router.post("/withdrawals")
    async def withdraw(session: Session, body: ListOf[WithdrawalIn]) -> Answers:
        """Take cases back before the decision."""
        return await returns.withdraw(session, procedures, body.items)

    return router


def _reading(procedures: Procedures) -> APIRouter:
    router, names = _router("/cases"), "|".join(kind.name for kind in procedures.kinds)

    @router.get("")
    async def cases(
        session: Session,
        division: Division | None = None,
        level: Level | None = None,
        procedure: Annotated[str | None, Query(pattern=f"^({names})$")] = None,
        subject_id: UUID | None = None,
        closed: bool = False,  # noqa: FBT001, FBT002 (a query parameter)
        limit: paging.Limit = 100,
        cursor: paging.Cursor = None,
    ) -> paging.Page[Work]:
        """What an office (division and level) has to do, overdue first; ``closed`` also lists what is done with."""
        asked = {"level": level, "procedure": procedure, "subject": subject_id, "closed": closed}
        return await service.page(session, procedures.around.namer, asked, division, limit, cursor)

    @router.get("/batches/{batch_id}")
    async def read_batch(session: Session, batch_id: UUID) -> BatchDetail:
        """A batch, its sample, and what was checked of it."""
        return await batches.read(session, batch_id)

    @router.get("/{case_id}")
    async def read_case(session: Session, case_id: UUID) -> CaseDetail:
        """A case: the state of every step, what is missing, who must act and by when, reasons and policies."""
        return await service.one(session, procedures, case_id)

    return router


def _objections(procedures: Procedures) -> APIRouter:
    router = _router("/notices")

    @router.post("/objections")
    async def raise_objections(session: Session, body: ListOf[ObjectionIn]) -> Answers:
        """Record objections, with or without a name; a case stops until they are answered."""
        return await objections.raise_all(session, procedures, body.items)

    @router.post("/objection-answers")
    async def answer_objections(session: Session, body: ListOf[AnswerIn]) -> Answers:
        """Answer objections; what that does to a case its procedure says."""
        return await objections.answer_all(session, procedures, body.items)

    return router
