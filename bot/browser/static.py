"""The style sheet, the module and the pictures, and the addresses that change when they do."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER: Final = Path(__file__).resolve().parent.parent / "static"


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "public, max-age=86400"
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response


def mount_static(app: FastAPI) -> None:
    """Serve the static files under /static."""
    app.mount("/static", _Files(directory=FOLDER), name="static")


@cache
def address_of(name: str) -> str:
    """Return the address of a static file; it changes with the file, so that it may be cached."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?{digest}"
