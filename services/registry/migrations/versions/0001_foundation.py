"""The shared tables: outbox and inbox, idempotency, audit, policies, jobs."""

from alembic import op

from shared.database.migrate import foundation

revision = "0001"
down_revision = None


def upgrade() -> None:
    foundation(op, "registry")
