"""What the console says, as one value per language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConsoleTexts:
    """One language's sentences. `{...}` is filled in where the sentence is used."""

    title: str
    skip: str
    language_switch: str
    nav: str
    queue: str
    library: str
    outbox: str
    access_log: str
    sign_out: str
    demonstration: str
    sign_in_title: str
    sign_in_lead: str
    sign_in_ready: str
    sign_in_button: str
    sign_in_used: str
    sign_in_mail: str
    sign_in_mail_button: str
    sign_in_sent: str
    not_staff_title: str
    not_staff: str
    filter_all: str
    filter_mine: str
    filter_unclaimed: str
    filter_done: str
    empty_all: str
    empty_mine: str
    empty_unclaimed: str
    empty_done: str
    col_request: str
    col_due: str
    col_about: str
    col_from: str
    col_language: str
    col_state: str
    col_assignee: str
    nobody: str
    you: str
    no_clock: str
    reminded: str
    unverified: str
    unverified_advice: str
    unknown_city: str
    police_title: str
    police_of: str
    police_no_line: str
    police_checked: str
    police_unchecked: str
    police_no_911: str
    police_no_city: str
    police_why: str
    back: str
    transcript: str
    masked_note: str
    original_note: str
    show_masked: str
    official: str
    desk: str
    safety: str
    note: str
    desk_note: str
    automatic: str
    from_library: str
    source: str
    page_label: str
    new_tab: str
    unreviewed: str
    withdrawn: str
    no_citation: str
    clocks: str
    clock_met: str
    clock_met_late: str
    due_stamp: str
    needed_by: str
    history: str
    facts: str
    reason: str
    suggested: str
    opened: str
    rated_yes: str
    rated_no: str
    claim: str
    claim_hint: str
    reply_title: str
    reply_label: str
    reply_hint: str
    reply_button: str
    note_title: str
    note_label: str
    note_button: str
    resolve_title: str
    outcome_label: str
    outcome_choose: str
    remark_label: str
    remark_hint: str
    resolve_button: str
    done_claim: str
    done_reply: str
    done_note: str
    done_resolve: str
    read_only: str
    erased: str
    unreadable: str
    empty_text: str
    stale_form: str
    not_found_title: str
    not_found: str
    forbidden_title: str
    conflict: str
    refused_title: str
    refused: str
    closed_title: str
    closed: str
    busy_title: str
    busy: str
    too_large: str
    already_claimed: str
    illegal_move: str
    library_lead: str
    library_empty: str
    col_document: str
    col_kind: str
    col_version: str
    col_passages: str
    col_review: str
    col_owner: str
    reviewed: str
    not_reviewed: str
    review_by: str
    outbox_lead: str
    outbox_counts: str
    outbox_recent: str
    outbox_empty: str
    reminders: str
    reminders_lead: str
    reminders_empty: str
    col_when: str
    col_channel: str
    col_message: str
    col_attempts: str
    col_error: str
    col_point: str
    col_to: str
    reload: str
    states: Names = field(default_factory=dict)
    events: Names = field(default_factory=dict)
    outcomes: Names = field(default_factory=dict)
    kinds: Names = field(default_factory=dict)
    points: Names = field(default_factory=dict)
    recipients: Names = field(default_factory=dict)
    document_states: Names = field(default_factory=dict)
    languages: Names = field(default_factory=dict)
    channels: Names = field(default_factory=dict)
