"""What a desk works with: search, labels, and people's rights over what is kept of them."""

from services.registry.desk.labels.endpoints import router as labels
from services.registry.desk.privacy.endpoints import router as privacy
from services.registry.desk.privacy.jobs import step as retention
from services.registry.desk.search.endpoints import router as search

ROUTERS = (search, labels, privacy)
JOBS = {"retention": retention}
