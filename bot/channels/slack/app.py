"""Builds the Bolt app, the same one for HTTP and for Socket Mode."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.channels.slack import endpoint
from bot.channels.slack.desk import Desk
from bot.channels.slack.listeners import NotStoredError, Reception, register
from bot.channels.slack.service_desk import ServiceDesk
from bot.channels.slack.workspace import FAILURES, Workspace, brisk_client, patient_client, quiet_logger
from bot.services import Services

log = structlog.get_logger()
THREADS = 24


class SlackApp(App):
    """A Bolt app that knows its signing secret and stops its threads."""

    def __init__(self, *, client: WebClient, signing_secret: str, token: str, workspace: Workspace) -> None:
        self.own_secret = signing_secret
        self.own_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="slack")

        def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            # Asks Slack nothing: a failed auth.test would make Bolt turn a person's message away, with
            # HTTP 200. Machines' posts are told by the payload itself as well.
            ourselves = workspace.known_ourselves()
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_token=token,
                bot_user_id=ourselves.bot_user_id,
                bot_id=ourselves.bot_id,
            )

        super().__init__(
            name="helpdesk",
            logger=quiet_logger("bot.channels.slack.bolt"),
            client=client,
            signing_secret=signing_secret,
            token_verification_enabled=False,
            authorize=authorize,
            process_before_response=True,
            listener_executor=self.own_threads,
        )

    def close(self) -> None:
        """Wait for what is under way, then stop the threads."""
        self.own_threads.shutdown(wait=True)


def build_app(services: Services, *, token: str, signing_secret: str, base_url: str) -> SlackApp:
    """Return the app over the real desk. Nothing is asked of Slack until the first request."""
    return assemble(
        ServiceDesk(services),
        clock=services.clock,
        experts_channel=services.settings.slack_experts_channel,
        token=token,
        signing_secret=signing_secret,
        base_url=base_url,
    )


def assemble(
    desk: Desk,
    *,
    clock: Callable[[], datetime],
    experts_channel: str | None,
    token: str,
    signing_secret: str,
    base_url: str,
) -> SlackApp:
    """Return the app over any desk."""
    brisk = brisk_client(token, base_url)
    workspace = Workspace(brisk_client(token, base_url, timeout=1), clock)
    patient = patient_client(token, base_url)
    app = SlackApp(client=patient, signing_secret=signing_secret, token=token, workspace=workspace)
    app.error(_on_error)
    reception = Reception(
        desk=desk, workspace=workspace, brisk=brisk, patient=patient, afterwards=app.own_threads
    )
    register(app, reception, experts_channel)
    return app


def handle_http(app: SlackApp, headers: Mapping[str, str], body: bytes) -> endpoint.Reply:
    """Return status, headers and body for one request to /slack/events; never raise for its input.

    Blocks until the listener is done: run it on a thread pool, not on the event loop.
    """
    return endpoint.handle_http(app, headers, body, signing_secret=app.own_secret)


def start_socket_mode(app: SlackApp, app_token: str) -> SocketModeHandler:
    """Connect to Slack and take events from there; `close()` on what is returned ends it.

    Raise SlackClientError when Slack refuses the app-level token, OSError when it can't be reached.
    """
    handler = SocketModeHandler(
        app,
        app_token,
        logger=quiet_logger("bot.channels.slack.socket"),
        web_client=brisk_client(app_token, app.client.base_url, timeout=10),
    )
    try:
        handler.connect()  # type: ignore[no-untyped-call]  # Bolt has no types for it
    except FAILURES:
        handler.close()  # type: ignore[no-untyped-call]  # Bolt has no types for it
        raise
    return handler


def _on_error(error: Exception, request: BoltRequest) -> BoltResponse:
    kind = str((request.body.get("event") or {}).get("type") or request.body.get("type"))
    if isinstance(error, NotStoredError):
        log.warning("slack delivery refused, it will come again", action="slack.not_stored", kind=kind)
    else:
        log.error("slack listener failed", action="slack.listener_failed", kind=kind, exc_info=error)
    return BoltResponse(status=500, body="")
