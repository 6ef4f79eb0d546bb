"""A browser without a screen: follows the pages' own links and forms, over the real app."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import httpx
from lxml import html

from bot.server import create
from bot.services import Services


class AtOnce(Executor):
    """Run what is handed over before going on, so that a test need not wait."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  an executor keeps what its call raised
            future.set_exception(error)
        return future


class Client:
    """Send requests to the app in this process, with the cookies of one browser."""

    def __init__(self, services: Services, address: str, peer: str) -> None:
        self._app = create(replace(services, pool=AtOnce()))
        self._address = address
        self._peer = peer
        self.cookies = httpx.Cookies()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._request("GET", path, None, headers))

    def post(
        self, path: str, data: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return asyncio.run(self._request("POST", path, data, headers))

    def post_raw(self, path: str, body: str, headers: Mapping[str, str]) -> httpx.Response:
        return asyncio.run(self._request("POST", path, None, headers, content=body))

    async def _request(
        self,
        method: str,
        path: str,
        data: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        content: str | None = None,
    ) -> httpx.Response:
        usual = {"Accept": "text/html", "Accept-Language": "en"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app, client=(self._peer, 50000)),
            base_url=self._address,
            cookies=self.cookies,
            headers={**usual, **(headers or {})},
            follow_redirects=True,
        ) as client:
            response = await client.request(method, path, data=data, content=content)
            self.cookies = client.cookies
        return response


class Tab:
    """One browser at the desk: its cookies, and the page it shows."""

    def __init__(
        self, services: Services, *, address: str = "http://127.0.0.1:8000", peer: str = "127.0.0.1"
    ) -> None:
        self.client = Client(services, address, peer)
        self.response = httpx.Response(0)

    def open(self, path: str, **headers: str) -> "Tab":
        """Go to an address and follow redirects."""
        self.response = self.client.get(
            path, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )
        return self

    def send(self, action: str, headers: dict[str, str] | None = None, /, **fields: str) -> "Tab":
        """Fill in the form of the present page that leads to `action`, and send it."""
        for form in self.page.iter("form"):
            if form.get("action") == action:
                values = {key: value for key, value in form.form_values() if key not in fields} | fields
                self.response = self.client.post(action, data=values, headers=headers or {})
                return self
        raise AssertionError(f"this page has no form for {action}:\n{self.text}")

    def ask(self, text: str) -> "Tab":
        """Open the first page and send a question."""
        return self.open("/").send("/chat", text=text)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.url.path

    @property
    def page(self) -> Any:
        return html.fromstring(self.response.text)

    @property
    def text(self) -> str:
        """Return the words on the page, with single spaces."""
        return " ".join(self.page.text_content().split())

    def turns(self, voice: str) -> list[str]:
        """Return the words of every turn in one voice."""
        return [" ".join(turn.text_content().split()) for turn in self.page.find_class(f"turn {voice}")]

    def links(self) -> list[str]:
        """Return where the page's links lead."""
        return [str(link.get("href")) for link in self.page.iter("a")]
