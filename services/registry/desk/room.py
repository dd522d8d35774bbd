"""What a desk works with: search, labels, and people's rights over what is kept of them."""

from services.registry.desk.labels.endpoints import router as labels
from services.registry.desk.privacy.consequences import CONSEQUENCES as CONSENTS_FOLLOW
from services.registry.desk.privacy.endpoints import router as privacy
from services.registry.desk.privacy.jobs import step as retention
from services.registry.desk.privacy.tasks import TASKS as PRIVACY_TASKS
from services.registry.desk.search.endpoints import router as search
from services.registry.register.changes.consequences import Consequence
from shared.tasks.records import TaskSource

ROUTERS = (search, labels, privacy)
CONSEQUENCES: tuple[Consequence, ...] = CONSENTS_FOLLOW
TASKS: dict[str, TaskSource] = PRIVACY_TASKS
JOBS = {"retention": retention}
