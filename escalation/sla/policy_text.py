"""A policy as TOML again: `load_policy` reads back the same policy. Pure."""

import json
from collections.abc import Iterable

from escalation.business_hours import Calendar, hours_text
from escalation.sla.policy import Duration, Policy, Rule, Step


def write_policy(policy: Policy) -> str:
    """Return the policy as an admin would write it, without its comments."""
    top = [
        f"name = {_text(policy.name)}",
        f"hub = {_text(policy.hub)}",
        f'reopen_within = "{Duration(policy.reopen_within)}"',
        f"next_response_waits_for_third_party = {str(policy.next_response_waits_for_third_party).lower()}",
        f"names_shown = {str(policy.names_shown).lower()}",
        f"fallback = {_text(policy.fallback)}",
    ]
    parts = ["\n".join(top)]
    if policy.out_of_hours is not None:
        channels = ", ".join(map(_text, policy.out_of_hours.channels))
        parts.append(f"[out_of_hours]\nwho = {_text(policy.out_of_hours.who)}\nchannels = [{channels}]")
    if policy.follow_up.topics:
        days = ", ".join(map(str, policy.follow_up.days))
        topics = ", ".join(map(_text, policy.follow_up.topics))
        parts.append(f"[follow_up]\ndays = [{days}]\ntopics = [{topics}]")
    parts += (_rule(rule) for rule in policy.rules)
    parts += (_calendar(calendar) for calendar in policy.calendars)
    return "\n\n".join(parts) + "\n"


def _rule(rule: Rule) -> str:
    values: list[tuple[str, Duration | None]] = [
        ("acknowledge", rule.acknowledge),
        ("first_response", rule.first_response),
        ("next_response", rule.next_response),
        ("resolution", rule.resolution),
        ("repeat", rule.repeat),
        ("rearm", rule.rearm),
        ("silence", rule.silence),
    ]
    lines = [
        f"[priorities.{rule.priority}]",
        f"meaning = {_text(rule.meaning)}",
        f"calendar = {_text(rule.calendar)}",
        *(f'{name} = "{value}"' for name, value in values if value is not None),
    ]
    if rule.update:
        lines.append(f"update = [{', '.join(_text(str(step)) for step in rule.update)}]")
    return "\n".join([*lines, *_chain(rule.priority, rule.chain)])


def _chain(priority: str, steps: Iterable[Step]) -> list[str]:
    return [
        f"\n[[priorities.{priority}.chain]]\nnotify = {_text(step.notify)}\n"
        f'wait = "{Duration(step.wait)}"\nrepeat = {step.repeat}'
        for step in steps
    ]


def _calendar(calendar: Calendar) -> str:
    rows = [
        f"    {{ date = {holiday.date.isoformat()}, name = {_text(holiday.name)}, region = {_text(holiday.region)} }},"
        for holiday in calendar.holidays
    ]
    return "\n".join(
        [
            f"[calendars.{_text(calendar.name)}]",
            f"zone = {_text(calendar.zone)}",
            f"hours = {_text(hours_text(calendar.windows))}",
            "holidays = [",
            *rows,
            "]",
        ]
    )


def _text(value: str) -> str:
    # a JSON string is a TOML basic string, but for DEL, which TOML wants escaped
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
