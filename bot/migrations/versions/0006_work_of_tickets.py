"""Keep why an act was done, what kind of help a ticket is about, and who can take what, when and where."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.add_column(
        "ticket_event", sa.Column("reason", sa.String(length=300), nullable=False, server_default="")
    )
    op.add_column("ticket", sa.Column("service", sa.String(length=20), nullable=True))
    op.add_column("ticket", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.create_index("ix_ticket_merged_into_id", "ticket", ["merged_into_id"], unique=False)
    op.add_column("city", sa.Column("cohort", sa.String(length=80), nullable=False, server_default=""))
    op.add_column(
        "city", sa.Column("population_band", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("city", sa.Column("government", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("city", sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("city", sa.Column("peer_consent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("expert_profile", sa.Column("levels", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "expert_profile", sa.Column("takes_danger", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "expert_profile", sa.Column("hours", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column("expert_profile", sa.Column("backup_id", sa.Integer(), nullable=True))
    for name in ("on_call", "away", "conflict_cities", "conflict_people"):
        op.add_column("expert_profile", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
