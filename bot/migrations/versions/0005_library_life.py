"""Keep the library alive: who did what, originals and expiry, approved answers, gaps somebody works on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up to this revision."""
    op.create_table(
        "knowledge_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=140), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("first_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["person.id"], name=op.f("fk_knowledge_gap_assignee_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_gap")),
        sa.UniqueConstraint("document_id", name=op.f("uq_knowledge_gap_document_id")),
    )
    with op.batch_alter_table("knowledge_gap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_gap_assignee_id"), ["assignee_id"], unique=False)

    op.create_table(
        "knowledge_gap_question",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gap_id"], ["knowledge_gap.id"], name=op.f("fk_knowledge_gap_question_gap_id_knowledge_gap")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_knowledge_gap_question")),
    )
    with op.batch_alter_table("knowledge_gap_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_gap_question_gap_id"), ["gap_id"], unique=False)

    op.create_table(
        "kb_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=140), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("kb_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kb_event_document"), ["document"], unique=False)

    op.create_table(
        "kb_approved_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("phrasings", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["kb_document.id"], name=op.f("fk_kb_approved_answer_document_id_kb_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_approved_answer")),
        sa.UniqueConstraint("language", "question", name=op.f("uq_kb_approved_answer_language_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("kb_document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("original", sa.String(length=8), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("expires", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("handling", sa.String(length=80), nullable=False, server_default=""))

    with op.batch_alter_table("kb_document_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_hash", sa.String(length=64), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_kb_document_version_source_hash"), ["source_hash"], unique=False)
