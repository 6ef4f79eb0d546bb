"""The .env file: where `helpdesk setup` writes what was answered."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values, set_key, unset_key

from bot.provisioning import NotReady
from bot.settings import env_file


def env_path() -> Path:
    """Return the .env file. One that HELPDESK_ENV_FILE names is made when it is not there yet."""
    path = env_file(os.environ)
    if os.environ.get("HELPDESK_ENV_FILE") and not path.exists():
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise NotReady(f"{path} can't be written: {error.strerror or type(error).__name__}") from None
    return path


def write_env(path: Path, answers: Mapping[str, str]) -> None:
    """Change these settings in a .env file, all at once, and keep its other lines; "" removes one.

    A new file is readable by its owner alone; of an older one, nobody outside its group keeps a right.
    """
    path = path.resolve()
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if path.exists():
            part.write_bytes(path.read_bytes())
            before = path.stat()
            part.chmod(before.st_mode & 0o770)
            with contextlib.suppress(PermissionError):
                os.chown(part, before.st_uid, before.st_gid)
        present = dotenv_values(part, interpolate=False)
        for name, value in answers.items():
            if value:
                set_key(part, name, value)
            elif name in present:
                unset_key(part, name)
        part.replace(path)
    except BaseException:  # an interrupt too: no half-written file stays behind
        part.unlink(missing_ok=True)
        raise
