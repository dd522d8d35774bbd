"""Funding: where the money came from, and where every yuan went."""

from pathlib import Path

from services.funding import events
from services.funding.figures import FIGURES
from services.funding.holds.endpoints import router as holds
from services.funding.holds.tasks import TASKS as HOLDS
from services.funding.ledger.endpoints import router as ledger
from services.funding.loans.endpoints import router as loans
from services.funding.loans.tasks import TASKS as LOANS
from services.funding.payees.endpoints import router as payees
from services.funding.payees.tasks import TASKS as PAYEES
from services.funding.project_requests.endpoints import router as project_requests
from services.funding.project_requests.tasks import TASKS as PROJECT_REQUESTS
from services.funding.rewards.endpoints import router as rewards
from services.funding.rewards.tasks import TASKS as REWARDS
from services.funding.risk_funds.endpoints import router as risk_funds
from services.funding.sources.endpoints import router as sources
from services.funding.sources.tasks import TASKS as SOURCES
from shared.service import Service

SERVICE = Service(
    name="funding",
    title="Tuopin 脱贫 · 资金 funding",
    folder=Path(__file__).parent,
    routers=[sources, ledger, payees, rewards, risk_funds, loans, holds, project_requests],
    rooms=["households", "divisions"],
    publishes=events.PUBLISHES,
    handles=events.HANDLES,
    figures=FIGURES,
    tasks={**SOURCES, **PAYEES, **REWARDS, **LOANS, **HOLDS, **PROJECT_REQUESTS},
)
