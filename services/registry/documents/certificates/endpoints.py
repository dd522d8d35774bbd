"""Household certificates 户有证: issue, list, print, verify."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator

from services.registry.documents.certificates import pages, service
from services.registry.documents.certificates.schemas import (
    Certificate,
    CertificateRoundIn,
    CertificatesIn,
    RoundIssued,
    Serial,
    Standing,
    Verification,
)
from shared import documents
from shared.documents import objects
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers
from shared.http.public import PublicRoute
from shared.http.runtime import runtime_of
from shared.names.divisions import Division, Village


def _typed(code: object) -> object:
    """A code without the gaps with which it is printed."""
    return "".join(code.split()) if isinstance(code, str) else code


Code = Annotated[UUID, BeforeValidator(_typed)]
router = APIRouter(tags=["certificates"], route_class=UnitRoute)
public = APIRouter(tags=["certificates"], route_class=PublicRoute)


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
    standing: Standing | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Certificate]:
    """Certificates by division, or those of a household, with how they stand today; ``standing=outdated`` lists those
    that are to be printed anew.
    """
    return await service.page(session, division, household_id, standing, limit, cursor)


@router.get("/certificates/{serial}")
async def certificate(session: Session, serial: Serial) -> Certificate:
    """One certificate, without what it says of persons."""
    return await service.one(session, serial)


@router.get("/certificates/{serial}/pdf", response_class=Response)
async def certificate_pdf(session: Session, request: Request, serial: Serial) -> Response:
    """The certificate to be printed."""
    sheet = await service.printed(session, serial)
    runtime = runtime_of(request)
    photos = await service.photos(session, sheet, objects.of(runtime.settings, runtime.keys))
    return _answer(await pages.one(sheet, address(request), runtime.keys, photos), f"certificate-{serial}.pdf")


@router.get("/certificate-sheets/{division}", response_class=Response)
async def sheets(session: Session, request: Request, division: Village) -> Response:
    """The certificates of a village that stand now, a page each, to be printed at once."""
    rows = await service.printed_of_village(session, division)
    keys = runtime_of(request).keys
    return _answer(await pages.pdf(rows, address(request), keys), f"certificates-{division}.pdf")


@router.get("/verifications/{code}")
async def verify(session: Session, code: Code) -> Verification:
    """Whether a certificate stands, for whoever holds it: nothing of the household is told."""
    return await service.verify(session, code)


@public.get("/verify/{code}", response_class=Response)
async def verification_page(session: Session, code: str) -> Response:
    """What whoever scans a certificate reads: how it stands, since when, and nothing of the household."""
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    content = pages.verification(*await service.told(session, code))
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def address(request: Request) -> str:
    """Where a code is verified, as it stands in the QR code."""
    runtime = runtime_of(request)
    return runtime.settings.public_url + runtime.base


def _answer(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, documents.MEDIA_TYPE)
