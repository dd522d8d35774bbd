"""Every table of this service as it begins: one file a noun in ``baseline``, each table with its rights below it."""

from alembic import op

from shared.database.migrations import baseline

revision = "0001"
down_revision = None


def upgrade() -> None:
    baseline(op, "funding", ["households", "divisions"])
