"""Keep beside a quotation what must be said with it: a translation that is behind, a number last tried."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("caveats", sa.String(length=400), nullable=False, server_default=""))
