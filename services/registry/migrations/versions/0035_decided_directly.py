"""Which doubt a change came from, for those who ask which came from none."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.execute("CREATE INDEX doubt_by_change ON doubt (change_id) WHERE change_id IS NOT NULL")
