"""How a channel knows somebody: a value, apart from the tables. Pure."""

from dataclasses import dataclass

from escalation.kinds import IdentityKind


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """Who sent it, as the channel knows them. `verified` says the channel itself vouches for it."""

    kind: IdentityKind
    issuer: str
    external_id: str
    name: str = ""
    verified: bool = False
