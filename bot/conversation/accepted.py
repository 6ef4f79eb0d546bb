"""What becomes of a message at the door: it is on record, or it is not."""

from dataclasses import dataclass

from bot import recording
from bot.safety.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that is on record. `duplicate` says it had been before."""

    message_id: str
    duplicate: bool
    assessment: Assessment
    thread_id: str | None
    request_id: int
    masked: recording.MaskedWords


class NotAccepted(Exception):
    """Nothing was stored. The channel shows `safety_text` directly if there is one, else `notice`,
    and then fails the delivery so that it comes again."""

    def __init__(self, *, safety_text: str | None, language: str, safety_only: bool) -> None:
        super().__init__("the message could not be stored")
        self.safety_text = safety_text
        self.language = language
        self.safety_only = safety_only
        self.notice = _NOT_STORED["fr" if language == "fr" else "en"]


_NOT_STORED = {
    "en": "We cannot take your message right now. Please try again in a few minutes. "
    "If anyone is in danger, call 911. Thoughts of suicide: call or text 988.",
    "fr": "Nous ne pouvons pas recevoir votre message en ce moment. Réessayez dans quelques minutes. "
    "Si quelqu’un est en danger, appelez le 911. Pensées suicidaires : appelez ou textez le 988.",
}
