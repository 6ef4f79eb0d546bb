"""Find what sleeps, and what waits to be said, without reading all that was ever said."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ASLEEP = sa.text("snoozed_until IS NOT NULL")


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_index(
        "ix_ticket_asleep", "ticket", ["snoozed_until"], sqlite_where=_ASLEEP, postgresql_where=_ASLEEP
    )
    op.create_index("ix_reminder_state_send_at", "reminder", ["state", "send_at"])
    op.drop_index("ix_reminder_send_at", "reminder")
