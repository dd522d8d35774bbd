"""The registry: who is poor, since when, why, and what was known when."""

from pathlib import Path

from services.registry import events
from services.registry.assistance.duties.endpoints import router as duties
from services.registry.assistance.household_ledger.endpoints import router as ledgers
from services.registry.assistance.organisations.endpoints import router as organisations
from services.registry.assistance.plans.endpoints import router as plans
from services.registry.assistance.plans.figures import FIGURES as PLANS
from services.registry.assistance.responsibility.endpoints import router as responsibility
from services.registry.assistance.responsibility.figures import FIGURES as RESPONSIBILITY
from services.registry.assistance.seven_clear.endpoints import router as seven_clear
from services.registry.assistance.seven_clear.figures import FIGURES as CLEAR_FIGURES
from services.registry.assistance.visits.endpoints import router as visits
from services.registry.desk.labels.endpoints import router as labels
from services.registry.desk.privacy.endpoints import router as privacy
from services.registry.desk.privacy.retention import step as retention_step
from services.registry.desk.search.endpoints import router as search
from services.registry.documents.archives.building import step as archive_step
from services.registry.documents.archives.endpoints import router as archives
from services.registry.documents.archives.figures import FIGURES as DOCUMENTS
from services.registry.documents.certificates.endpoints import router as certificates
from services.registry.documents.registers.endpoints import router as registers
from services.registry.exchange.exports import making
from services.registry.exchange.exports.endpoints import router as exports
from services.registry.exchange.imports import endpoints as imports
from services.registry.exchange.imports import forgetting, loading
from services.registry.figures import FIGURES
from services.registry.procedures.identification.endpoints import router as cases
from services.registry.procedures.identification.figures import FIGURES as CASES
from services.registry.procedures.identification.timers import end_notices
from services.registry.procedures.lookbacks.endpoints import router as rounds
from services.registry.procedures.lookbacks.figures import FIGURES as ROUNDS
from services.registry.procedures.notices.endpoints import router as notices
from services.registry.register.attachments.endpoints import router as attachments
from services.registry.register.changes.endpoints import router as changes
from services.registry.register.codes.endpoints import router as codes
from services.registry.register.divisions.endpoints import router as divisions
from services.registry.register.divisions.redividing import step as redivision_step
from services.registry.register.history.endpoints import router as history
from services.registry.register.households import endpoints as households
from services.registry.register.households import finding
from services.registry.register.natural_villages.endpoints import router as natural_villages
from services.registry.register.years.endpoints import router as years
from services.registry.snapshots import SNAPSHOTS
from services.registry.verification.checks import doubting, running
from services.registry.verification.checks.endpoints import router as audits
from services.registry.verification.checks.figures import FIGURES as AUDITS
from services.registry.verification.doubts import endpoints as doubts
from services.registry.verification.duplicates.endpoints import router as duplicates
from services.registry.verification.feeds import endpoints as feeds
from services.registry.verification.feeds.loading import step as feed_step
from services.registry.verification.screening import endpoints as screening
from services.registry.verification.screening.figures import FIGURES as SCREENING
from services.registry.verification.screening.running import step as screening_step
from shared.service import Service

SERVICE = Service(
    name="registry",
    title="Tuopin 脱贫 · 建档立卡 registry",
    folder=Path(__file__).parent,
    routers=[
        households.hot,
        finding.hot,
        divisions,
        codes,
        imports.uploads,
        imports.router,
        exports,
        finding.router,
        households.router,
        history,
        cases,
        notices,
        changes,
        plans,
        ledgers,
        doubts.router,
        doubts.codes,
        screening.rules,
        feeds.catalogue,
        feeds.router,
        screening.router,
        audits,
        seven_clear,
        years,
        attachments,
        certificates,
        registers,
        archives,
        rounds,
        natural_villages,
        organisations,
        responsibility,
        visits,
        duties,
        search,
        labels,
        duplicates,
        privacy,
    ],
    publishes=events.PUBLISHES,
    accepts=events.ACCEPTS,
    handles=events.HANDLES,
    snapshots=SNAPSHOTS,
    jobs={
        "retention": retention_step,
        "case_notice_end": end_notices,
        "archive": archive_step,
        "import": loading.step,
        "forget_import": forgetting.step,
        "export": making.step,
        "forget_export": making.forget,
        "redivision": redivision_step,
        "audit": running.step,
        "audit_doubts": doubting.step,
        "feed": feed_step,
        "screening": screening_step,
    },
    figures={
        **FIGURES,
        **CASES,
        **ROUNDS,
        **RESPONSIBILITY,
        **CLEAR_FIGURES,
        **DOCUMENTS,
        **AUDITS,
        **PLANS,
        **SCREENING,
    },
)
