"""What a caller reaches: rules switched off are his county's affair, twins are looked for among his own."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "rule_switch", rights="SELECT, INSERT")
    # Towns and villages are raised no doubts by a rule that their county has switched off.
    op.execute(
        "CREATE POLICY seen_from_below ON rule_switch FOR SELECT TO registry_api"
        " USING (starts_with(current_setting('app.division', true), division))"
    )
