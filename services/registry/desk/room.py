"""What a desk works with: search, labels, and people's rights over what is kept of them."""

from services.registry.desk.labels.endpoints import router as labels
from services.registry.desk.privacy.consequences import CONSEQUENCES as CONSENTS_FOLLOW
from services.registry.desk.privacy.endpoints import router as privacy
from services.registry.desk.privacy.jobs import step as retention
from services.registry.desk.privacy.tasks import TASKS as PRIVACY_TASKS
from services.registry.desk.search.endpoints import router as search
from shared.service import Room

ROOM = Room(
    routers=(search, labels, privacy),
    tasks=PRIVACY_TASKS,
    jobs={"retention": retention},
    consequences={
        "household": CONSENTS_FOLLOW,
    },
)
