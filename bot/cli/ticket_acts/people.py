"""Who else hears of a ticket: watch, unwatch, invite."""

from bot import casework
from bot.cli.common import AsWhom, DataDir, Somebody, TicketNumber, acting, desk, person_named
from bot.cli.ticket_acts.doing import CHANNEL, Reason, do, done
from bot.privacy import need_to_know


def watch(number: TicketNumber, person: Somebody, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Tell somebody, too, of what happens to a ticket."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.watch(
            services, number, by, person_named(services, person), channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is watched.",
        signed=False,
    )


def unwatch(number: TicketNumber, person: Somebody, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Tell somebody no longer."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.unwatch(
            services, number, by, person_named(services, person), channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number}: done.",
        signed=False,
    )


def invite(
    number: TicketNumber, person: Somebody, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Let a partner see one ticket, masked, and nothing else."""
    with desk(data_dir) as services:
        actor = acting(services, who)
        need_to_know.name(services, number, actor, person_named(services, person), reason, channel=CHANNEL)
        done(services, f"{number}: invited.")
