"""Papers: certificates, registers of villages and townships, archives."""

from services.registry.documents.archives.endpoints import router as archives
from services.registry.documents.archives.figures import FIGURES as ARCHIVES
from services.registry.documents.archives.jobs import build_next as archive
from services.registry.documents.certificates.endpoints import public as verification
from services.registry.documents.certificates.endpoints import router as certificates
from services.registry.documents.certificates.holdings import HOLDINGS as CERTIFICATES_HELD
from services.registry.documents.registers.endpoints import router as registers
from services.registry.register.households.holdings import Holding
from shared.service import Room

HOLDINGS: tuple[Holding, ...] = (*CERTIFICATES_HELD,)

ROOM = Room(
    routers=(certificates, verification, registers, archives),
    jobs={"archive": archive},
    figures=ARCHIVES,
)
