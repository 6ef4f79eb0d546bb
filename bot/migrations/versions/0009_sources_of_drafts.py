"""Remember which messages a draft was made from, so that its material goes when they may not be read any more."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "draft_source",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.String(length=140), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "document_id", name=op.f("pk_draft_source")),
    )
