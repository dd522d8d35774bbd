"""Household certificates 户有证: issue, list, print, verify."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator

from services.registry.documents.certificates import pages, queries, service
from services.registry.documents.certificates.schemas import (
    Certificate,
    CertificateRoundIn,
    CertificatesIn,
    RoundIssued,
    Serial,
    Verification,
)
from services.registry.documents.certificates.service import NoSuchCertificate
from services.registry.register.households.viewers import note_viewers_of_division
from shared import documents
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers
from shared.http.runtime import runtime_of
from shared.names.divisions import Division, Village
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


def _typed(code: Any) -> Any:
    """A code without the gaps with which it is printed."""
    return "".join(code.split()) if isinstance(code, str) else code


Code = Annotated[UUID, BeforeValidator(_typed)]
router = APIRouter(tags=["certificates"], route_class=UnitRoute)


@router.post("/certificates")
async def issue(session: Session, body: CertificatesIn) -> Answers:
    """Issue for a list of households; what they had before is superseded."""
    return await service.for_list(session, body)


@router.post("/certificate-rounds")
async def issue_everywhere(session: Session, body: CertificateRoundIn) -> RoundIssued:
    """Issue for every household of a division whose certificate is missing or no longer says what is true."""
    return await service.for_division(session, body)


@router.get("/certificates")
async def certificates(
    session: Session,
    division: Division | None = None,
    household_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Certificate]:
    """Certificates by division, or those of a household, with how they stand today."""
    prefix = division or caller_of(session).division
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"after_division": after_division, "after_id": after_id, "limit": limit + 1}
    if household_id is not None:
        found = await session.execute(queries.OF_HOUSEHOLD, bound | {"household_id": household_id})
    else:
        found = await session.execute(queries.LIST, bound | {"low": prefix, "high": prefix + ":"})
    return paging.by_division([Certificate.model_validate(row) for row in found], limit)


@router.get("/certificates/{serial}")
async def certificate(session: Session, serial: Serial) -> Certificate:
    """One certificate, without what it says of persons."""
    row = (await session.execute(queries.ONE, {"serial": serial})).one_or_none()
    if row is None:
        raise NoSuchCertificate(field="serial")
    return Certificate.model_validate(row)


@router.get("/certificates/{serial}/pdf", response_class=Response)
async def certificate_pdf(session: Session, request: Request, serial: Serial) -> Response:
    """The certificate to be printed."""
    row = (await session.execute(queries.ONE, {"serial": serial})).one_or_none()
    if row is None:
        raise NoSuchCertificate(field="serial")
    audit.read(session, "household", row.household_id, row.division, reason=f"certificate {serial}")
    return _answer(await pages.pdf([row], address(request)), f"certificate-{serial}.pdf")


@router.get("/certificate-sheets/{division}", response_class=Response)
async def sheets(session: Session, request: Request, division: Village) -> Response:
    """The certificates of a village that stand now, a page each, to be printed at once."""
    if not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    rows = (await session.execute(queries.SHEETS, {"division": division, "known_at": await clock.now(session)})).all()
    if not rows:
        raise NoSuchCertificate(field="division")
    await note_viewers_of_division(session, "printed", division)
    return _answer(await pages.pdf(rows, address(request)), f"certificates-{division}.pdf")


@router.get("/verifications/{code}")
async def verify(session: Session, code: Code) -> Verification:
    """Whether a certificate stands, for whoever holds it: nothing of the household is told."""
    row = (await session.execute(queries.VERIFY, {"code": code})).one_or_none()
    return Verification(**row._mapping) if row else Verification(standing="unknown")  # noqa: SLF001 (public mapping)


def address(request: Request) -> str:
    """Where a code is verified, as it stands in the QR code."""
    runtime = runtime_of(request)
    return runtime.settings.public_url + runtime.base


def _answer(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, documents.MEDIA_TYPE)
