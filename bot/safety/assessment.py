"""What an assessment says, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from escalation.sla import Priority


class Situation(StrEnum):
    """Which safety reply fits: one hand-written text per situation and language."""

    AT_THE_DOOR = "at_the_door"
    SWATTING = "swatting"
    SUSPICIOUS_ITEM = "suspicious_item"
    DEVICE_THREAT = "device_threat"
    FOLLOWED = "followed"
    SHOTS = "shots"
    ASSAULT = "assault"
    COLLAPSED = "collapsed"
    GENERIC = "generic"
    # Somebody else is in danger, in another place than the writer.
    FOR_ANOTHER = "for_another"
    # Violence and despair both look possible, and nothing says which.
    DANGER_OR_DESPAIR = "danger_or_despair"
    SELF_HARM_FIRST_PERSON = "self_harm_first_person"
    SELF_HARM_THIRD_PARTY = "self_harm_third_party"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The safety reading of one message.

    `situation` is set exactly when `immediate_danger` or `self_harm` is. `cues` name what was seen
    (concepts, never the writer's words, so they may be logged). `in_doubt` asks the caller to answer
    normally and add one short line with the emergency number. `needed_by` is a deadline that the writer
    stated, as an aware datetime, and is only ever set when `sent_at` was given. `language_sure` is false where the
    words may be of either language: whoever knows the writer's language better should follow that.
    """

    immediate_danger: bool
    self_harm: bool
    wants_human: bool
    urgency: Priority
    cues: tuple[str, ...]
    language: str
    situation: Situation | None = None
    in_doubt: bool = False
    needed_by: datetime | None = None
    language_sure: bool = True
