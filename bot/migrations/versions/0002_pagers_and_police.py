"""Keep pagers, police lines with the date they were checked, places without 911, and what was paged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.add_column("city", sa.Column("has_911", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("city", sa.Column("dispatch_phone", sa.String(length=40), nullable=True))
    op.add_column("city", sa.Column("police_contact", sa.String(length=200), nullable=True))
    op.add_column("city", sa.Column("police_checked_on", sa.Date(), nullable=True))
    op.add_column("expert_profile", sa.Column("pager", sa.String(length=80), nullable=True))
    op.add_column("message", sa.Column("paged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "outbox_message", sa.Column("ahead", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # what was in danger before pages were counted has been paged
    op.execute("UPDATE message SET paged_at = recorded_at WHERE immediate_danger OR self_harm")
