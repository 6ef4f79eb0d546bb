"""Which sentences the console has about the library."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """One language's sentences. `{...}` is filled in where the sentence is used."""

    documents: str
    gaps: str
    words: str
    changes: str
    new: str
    waits: str
    behind: str
    overdue: str
    untranslated: str
    all_current: str
    to_look_at: str
    draft_waits: str
    is_behind: str
    no_twin: str
    open_page: str
    facts: str
    about: Mapping[str, str]
    kinds: Mapping[str, str]
    versions: str
    version: str
    written: str
    by: str
    out_since: str
    version_states: Mapping[str, str]
    compare: str
    changed_title: str
    first_version: str
    nothing_differs: str
    check_first: str
    gone: str
    new_fact: str
    fact_kinds: Mapping[str, str]
    line_gone: str
    line_new: str
    acts: str
    publish: str
    publish_hint: str
    needs_second: str
    roll_back: str
    edit: str
    confirm: str
    confirm_hint: str
    retire: str
    retire_hint: str
    withdraw: str
    withdraw_hint: str
    purge: str
    purge_hint: str
    purge_sure: str
    reason: str
    done: Mapping[str, str]
    purged: str
    nobody_saw: str
    saw: str
    sealed_request: str
    nameless: str
    when: str
    channel: str
    edit_title: str
    edit_lead: str
    save: str
    unchanged: str
    new_title: str
    skeleton: str
    gaps_lead: str
    gaps_headline: str
    gaps_none_yet: str
    gaps_counts: str
    gaps_empty: str
    gaps_writing: str
    asked: str
    not_helped: str
    first: str
    where: str
    such_as: str
    take: str
    title: str
    language: str
    owner: str
    nobody: str
    written_by: str
    words_lead: str
    synonyms: str
    synonyms_lead: str
    synonyms_empty: str
    people_write: str
    library_says: str
    add: str
    remove: str
    approved: str
    approved_lead: str
    approved_empty: str
    question: str
    other_ways: str
    other_ways_hint: str
    reply: str
    document: str
    section: str
    section_hint: str
    not_given: str
    approve: str
    changes_lead: str
    changes_empty: str
    who: str
    what: str
    act_names: Mapping[str, str]
    propose_title: str
    propose_lead: str
    propose: str
    proposed: str
    days: str
    hours: str
    faults: Mapping[str, str] = field(default_factory=dict)
