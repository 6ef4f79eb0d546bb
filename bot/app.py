"""The composition root: settings in, a ready desk out. The only module that knows the real clock."""

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot import curation, provisioning
from bot.channels.email.sender import SmtpSender
from bot.channels.pager.sender import PagerSender
from bot.channels.slack.app import SlackApp, build_app
from bot.channels.slack.sender import SlackSender
from bot.channels.slack.workspace import brisk_client
from bot.channels.web.sender import WebSender
from bot.database import open_engine, reading, transaction
from bot.delivery import sealing
from bot.messages import Sender
from bot.policies import Policies
from bot.provisioning import NotReady, Say
from bot.redaction import mask
from bot.rendering import Renderer
from bot.services import Masker, Services
from bot.settings import Settings
from bot.vault import Vault, VaultError
from escalation import policy_store
from escalation.business_hours import check_zone_data, force_packaged_zones
from escalation.sla import Policy, PolicyError, default_policy_text
from escalation.tables import ChannelName, PolicyOrigin
from knowledge_base.library import Library

HANDLERS = 4


def real_clock() -> dt.datetime:
    """Return the present, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def silent(_line: str) -> None:
    """Say nothing: for commands whose output is an answer."""


def build(
    settings: Settings,
    *,
    say: Say = silent,
    may_upgrade: bool = False,
    senders: Mapping[ChannelName, Sender] | None = None,
    masker: Masker = mask,
) -> Services:
    """Prepare the data that is missing and return the desk; raise NotReady with one line if it can't work.

    Without its master key the desk is returned all the same, with `vault` None: it gives safety replies
    and stores nothing. `senders` replaces the channels' own, `masker` what masks the words of messages.
    """
    force_packaged_zones()
    if faults := check_zone_data():
        raise NotReady(f"the time zone data is wrong: {faults[0]}")
    provisioning.make_data_dir(settings)
    engine = open_engine(settings.url)
    try:
        if provisioning.migrate(settings, engine, may_upgrade=may_upgrade):
            say("setting up the database")
        vault, fault = _vault(settings, engine)
        if vault is not None:
            sealing.seal_masked_words(engine, vault, real_clock())
        provisioning.import_starter(engine, real_clock(), say)
        if vault is not None:
            provisioning.seed_demonstration(settings, engine, real_clock())
        policy = _policy(settings, engine)
        library = Library(settings.index_dir)
        library.refresh(engine, real_clock())
    except DBAPIError as error:
        raise NotReady(provisioning.describe(error, settings)) from None
    except OSError as error:
        raise NotReady(f"{error.filename or settings.data_dir} can't be written: {error.strerror}") from None
    services = Services(
        settings=settings,
        engine=engine,
        vault=vault,
        vault_fault=fault,
        library=library,
        renderer=Renderer(settings.hub_name, keep_days=settings.keep_originals_days),
        policies=Policies(policy),
        clock=real_clock,
        pool=ThreadPoolExecutor(HANDLERS, thread_name_prefix="handle"),
        mask=masker,
        senders=senders if senders is not None else _senders(settings, vault),
    )
    if curation.expire(services):
        library.refresh(engine, real_clock())
    return services


def build_slack(services: Services) -> SlackApp | None:
    """Return the Slack app of a desk that has a bot token, or None."""
    settings = services.settings
    if settings.slack_bot_token is None:
        return None
    return build_app(
        services,
        token=settings.slack_bot_token.get_secret_value(),
        signing_secret=settings.slack_signing_secret.get_secret_value()
        if settings.slack_signing_secret
        else "",
        base_url=settings.slack_api_url,
    )


def _vault(settings: Settings, engine: Engine) -> tuple[Vault | None, str | None]:
    try:
        return provisioning.open_vault(settings, engine, real_clock()), None
    except VaultError as error:
        return None, str(error)


def _policy(settings: Settings, engine: Engine) -> Policy:
    """Return the policy in force; a policy file, or a default, edited since the last start becomes a version."""
    file = settings.policy_file
    origin = PolicyOrigin.FILE if file else PolicyOrigin.DEFAULT
    try:
        text = file.read_text("utf-8") if file else default_policy_text()
        with reading(engine) as session:
            if found := policy_store.taken_up(session, text, origin):
                return found
        with transaction(engine) as session:
            return policy_store.save(session, text, origin, real_clock())
    except (PolicyError, OSError, UnicodeDecodeError) as error:
        raise NotReady(f"HELPDESK_POLICY_FILE: {error}") from None


def _senders(settings: Settings, vault: Vault | None) -> dict[ChannelName, Sender]:
    senders: dict[ChannelName, Sender] = {ChannelName.WEB: WebSender(), ChannelName.TERMINAL: WebSender()}
    if settings.slack_bot_token is not None:
        token = settings.slack_bot_token.get_secret_value()
        senders[ChannelName.SLACK] = SlackSender(brisk_client(token, settings.slack_api_url, timeout=10))
    if settings.email_missing is None:
        senders[ChannelName.EMAIL] = SmtpSender(settings, vault.sign if vault else None, clock=real_clock)
    if settings.pager_url is not None and vault is not None:
        senders[ChannelName.PAGER] = PagerSender(settings, vault.sign, clock=real_clock)
    return senders
