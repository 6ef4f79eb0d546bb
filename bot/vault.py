"""Envelope encryption: a data key per request, wrapped by the master key.

Every ciphertext is bound to the row and field it belongs to, so two of them cannot be swapped. The
master key lives apart from the data: in a setting, or in a 0600 file beside the data directory.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32
# What people may still hold from before the master key was changed: replies to mail that was sent then.
_LASTING = frozenset({"ticket-address", "message-id", "instance"})
_MOST_EARLIER = 8
_RECORD = b"masked words"


class VaultError(Exception):
    """The key is missing or wrong, or a ciphertext was altered or moved."""


class Erased(VaultError):
    """The text's data key was destroyed on purpose: nobody can read it any more."""


def new_master_key() -> str:
    """Return a fresh master key as text: 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(_KEY)).decode()


def read_key_file(path: Path) -> str:
    """Return the master key in `path`, or raise VaultError in words an operator can act on."""
    try:
        mode = path.stat().st_mode & 0o077
        key = path.read_text("ascii").strip()
    except FileNotFoundError:
        raise VaultError(f"the key file {path} is missing: restore it from your key backup") from None
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(f"the key file {path} can't be read ({type(error).__name__})") from None
    if mode:
        raise VaultError(f"the key file {path} can be read by others: run chmod 600 on it")
    return key


def write_key_file(path: Path) -> str:
    """Create `path` with a fresh master key, readable by its owner alone, and return the key."""
    key = new_master_key()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


class Vault:
    """Seal and open texts. Holds the master key; its repr shows nothing.

    `earlier` is what `succeed` returned when this key took the place of another.
    """

    def __init__(self, master_key: str, earlier: bytes | None = None) -> None:
        try:
            raw = base64.b64decode(master_key.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raw = b""
        if len(raw) != _KEY:
            raise VaultError("the master key must be 32 bytes in base64 (44 characters)")
        self._master = AESGCM(raw)
        self._mac_key = hashlib.sha256(b"helpdesk mac\0" + raw).digest()
        self.fingerprint = hashlib.sha256(b"helpdesk fingerprint\0" + raw).hexdigest()[:16]
        known = self._decrypt(self._master, earlier, self._heirloom) if earlier else b""
        self._earlier = tuple(known[start : start + _KEY] for start in range(0, len(known), _KEY))

    def __repr__(self) -> str:
        return f"Vault({self.fingerprint})"

    def new_data_key(self, key_id: str) -> bytes:
        """Return a fresh data key, wrapped and bound to `key_id`."""
        return self._encrypt(self._master, secrets.token_bytes(_KEY), f"data_key/{key_id}")

    def seal(
        self, key_id: str, wrapped: bytes | None, content: str | bytes, *, row: str, field: str
    ) -> bytes:
        """Return `content` encrypted under the wrapped data key for one field of one row."""
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        return self._encrypt(self._data_key(key_id, wrapped), raw, f"{row}/{field}")

    def unseal(self, key_id: str, wrapped: bytes | None, sealed: bytes, *, row: str, field: str) -> str:
        """Return the text sealed for that field of that row, or raise VaultError."""
        raw = self.unseal_bytes(key_id, wrapped, sealed, row=row, field=field)
        return raw.decode("utf-8", "surrogatepass")

    def unseal_bytes(
        self, key_id: str, wrapped: bytes | None, sealed: bytes, *, row: str, field: str
    ) -> bytes:
        """Return the bytes sealed for that field of that row, or raise VaultError."""
        return self._decrypt(self._data_key(key_id, wrapped), sealed, f"{row}/{field}")

    def sign(self, purpose: str, value: str) -> str:
        """Return a keyed MAC of `value`, 32 hex digits, of no use for another purpose."""
        return _mac(self._mac_key, purpose, value)

    def signed(self, purpose: str, value: str, mac: str) -> bool:
        """Tell whether `mac` is ours for that purpose and value, in constant time.

        Mail that was signed before the master key was changed is still ours; sessions and forms are not.
        """
        keys = (self._mac_key, *(self._earlier if purpose in _LASTING else ()))
        given = mac.encode("utf-8", "replace")
        return any(hmac.compare_digest(_mac(key, purpose, value).encode(), given) for key in keys)

    def rewrap(self, old: "Vault", key_id: str, wrapped: bytes) -> bytes:
        """Return a data key that `old` wrapped, wrapped by this vault instead. What it sealed stays as it is."""
        raw = self._decrypt(old._master, wrapped, f"data_key/{key_id}")
        return self._encrypt(self._master, raw, f"data_key/{key_id}")

    def succeed(self, old: "Vault") -> bytes:
        """Return, sealed under this key, what proves mail that was signed under `old`."""
        keys = (old._mac_key, *old._earlier)[:_MOST_EARLIER]
        return self._encrypt(self._master, b"".join(keys), self._heirloom)

    @property
    def _heirloom(self) -> str:
        return f"earlier/{self.fingerprint}"

    def _data_key(self, key_id: str, wrapped: bytes | None) -> AESGCM:
        if wrapped is None:
            raise Erased("this text was erased: its data key is destroyed")
        return AESGCM(self._decrypt(self._master, wrapped, f"data_key/{key_id}"))

    def record_sealer(self, key_id: str, wrapped: bytes | None) -> "RecordSealer":
        """Return what seals masked words, which belong to no one row, under that data key."""
        return RecordSealer(self._data_key(key_id, wrapped))

    @staticmethod
    def _encrypt(cipher: AESGCM, content: bytes, bound_to: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + cipher.encrypt(nonce, content, bound_to.encode())

    @staticmethod
    def _decrypt(cipher: AESGCM, sealed: bytes, bound_to: str) -> bytes:
        try:
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise VaultError("wrong key, or a text that was altered or moved") from None


def _mac(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


class RecordSealer:
    """Seals masked words at rest: they are shown masked everywhere, and rest sealed all the same."""

    def __init__(self, cipher: AESGCM) -> None:
        self._cipher = cipher

    def seal(self, words: str) -> str:
        """Return the words sealed, as text."""
        nonce = os.urandom(_NONCE)
        raw = self._cipher.encrypt(nonce, words.encode("utf-8", "surrogatepass"), _RECORD)
        return base64.b64encode(nonce + raw).decode()

    def unseal(self, sealed: str) -> str:
        """Return the words, or raise VaultError for a text that was altered."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            words = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _RECORD)
        except (InvalidTag, ValueError):
            raise VaultError("wrong key, or a text that was altered or moved") from None
        return words.decode("utf-8", "surrogatepass")
