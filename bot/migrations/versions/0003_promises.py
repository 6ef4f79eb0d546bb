"""Add versions of the policy, escalations, follow-up plans, self-tests; reminders that wait for their reader."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SUBJECTS = "('ticket', 'follow_up', 'review', 'self_test')"
TARGETS = "('acknowledge', 'first_response', 'next_response', 'update', 'resolution', 'follow_up', 'review', 'silence')"


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "ticket",
                "follow_up",
                "review",
                "self_test",
                name="subjectkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("P1", "P2", "P3", "P4", name="priority", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("rearm_seconds", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("lap", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "cycle", name=op.f("uq_chain_subject_kind_subject_id_cycle")
        ),
    )
    with op.batch_alter_table("chain", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chain_next_at"), ["next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_chain_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "self_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("outbox_id", sa.String(length=32), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_how", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_test")),
        sa.UniqueConstraint("code", name=op.f("uq_self_test_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("self_test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_self_test_started_at"), ["started_at"], unique=False)

    op.create_table(
        "chain_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_chain_entry_chain_id_chain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_entry")),
    )
    with op.batch_alter_table("chain_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chain_entry_chain_id"), ["chain_id"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "default", "file", "command", name="policyorigin", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_policy_version_saved_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_follow_up_done_by_person")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_follow_up_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_follow_up_ticket_id_number")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_ticket_id"), ["ticket_id"], unique=False)

    _widen("clock")
    moment = sa.DateTime(timezone=True)
    op.add_column("reminder", sa.Column("state", sa.String(length=7), nullable=True))
    op.add_column("reminder", sa.Column("send_at", moment, nullable=True))
    op.add_column("reminder", sa.Column("settled_at", moment, nullable=True))
    op.execute("UPDATE reminder SET state = 'sent', send_at = recorded_at, settled_at = recorded_at")
    _widen("reminder")
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_send_at"), ["send_at"], unique=False)


def _widen(table: str) -> None:
    """Let the table hold the new kinds of subject and target."""
    with op.batch_alter_table(table) as batch_op:
        for name, column, values in (
            ("subjectkind", "subject_kind", SUBJECTS),
            ("target", "target", TARGETS),
        ):
            batch_op.drop_constraint(name, type_="check")
            batch_op.create_check_constraint(name, f"{column} IN {values}")
        if table == "reminder":
            batch_op.create_check_constraint(
                "reminderstate", "state IN ('sent', 'held', 'dropped', 'digest')"
            )
            batch_op.alter_column("state", nullable=False, existing_type=sa.String(length=7))
            batch_op.alter_column("send_at", nullable=False, existing_type=sa.DateTime(timezone=True))
