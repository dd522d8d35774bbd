"""The registry: who is poor, since when, why, and what was known when."""

from pathlib import Path

from services.registry import events
from services.registry.archives.building import step as archive_step
from services.registry.archives.endpoints import router as archives
from services.registry.archives.figures import FIGURES as DOCUMENTS
from services.registry.attachments.endpoints import router as attachments
from services.registry.audits import doubting, running
from services.registry.audits.endpoints import router as audits
from services.registry.audits.figures import FIGURES as AUDITS
from services.registry.cases.endpoints import router as cases
from services.registry.cases.figures import FIGURES as CASES
from services.registry.cases.timers import end_notices
from services.registry.certificates.endpoints import router as certificates
from services.registry.changes.endpoints import router as changes
from services.registry.codes.endpoints import router as codes
from services.registry.divisions.endpoints import router as divisions
from services.registry.divisions.redividing import step as redivision_step
from services.registry.doubts import endpoints as doubts
from services.registry.duplicates.endpoints import router as duplicates
from services.registry.duties.endpoints import router as duties
from services.registry.exports import making
from services.registry.exports.endpoints import router as exports
from services.registry.feeds import endpoints as feeds
from services.registry.feeds.loading import step as feed_step
from services.registry.figures import FIGURES
from services.registry.hamlets.endpoints import router as natural_villages
from services.registry.history.endpoints import router as history
from services.registry.households import endpoints as households
from services.registry.households import finding
from services.registry.imports import endpoints as imports
from services.registry.imports import forgetting, loading
from services.registry.labels.endpoints import router as labels
from services.registry.ledgers.endpoints import router as ledgers
from services.registry.notices.endpoints import router as notices
from services.registry.organisations.endpoints import router as organisations
from services.registry.plans.endpoints import router as plans
from services.registry.plans.figures import FIGURES as PLANS
from services.registry.privacy.endpoints import router as privacy
from services.registry.privacy.retention import step as retention_step
from services.registry.registers.endpoints import router as registers
from services.registry.responsibility.endpoints import router as responsibility
from services.registry.responsibility.figures import FIGURES as RESPONSIBILITY
from services.registry.rounds.endpoints import router as rounds
from services.registry.rounds.figures import FIGURES as ROUNDS
from services.registry.screening import endpoints as screening
from services.registry.screening.figures import FIGURES as SCREENING
from services.registry.screening.running import step as screening_step
from services.registry.search.endpoints import router as search
from services.registry.seven_clear.endpoints import router as seven_clear
from services.registry.seven_clear.figures import FIGURES as CLEAR_FIGURES
from services.registry.snapshots import SNAPSHOTS
from services.registry.visits.endpoints import router as visits
from services.registry.years.endpoints import router as years
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
    hears=events.HEARS,
    reacts=events.REACTS,
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
