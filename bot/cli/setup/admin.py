"""The first admin: who it is, and their way in."""

from sqlmodel import Session, select

from bot.cli.common import out, plain
from bot.cli.directory import sign_in_address
from bot.cli.setup.interview import prompted
from bot.console.sign_in import create_link, end_sessions
from bot.database import reading, transaction
from bot.provisioning import NotReady
from bot.services import Services
from escalation import directory
from escalation.directory_csv.cells import CellError
from escalation.directory_csv.cells import email as read_email
from escalation.identities import SenderIdentity
from escalation.rows import insert_new
from escalation.tables import Identity, IdentityKind, Role, RoleName

LINK_HOURS = 24


def first_admin(
    services: Services, name: str | None, address: str | None, *, asking: bool
) -> tuple[str, str]:
    """Return name and mail address of the first admin; by default those of the admin there is."""
    with reading(services.engine) as session:
        found = [one for one in directory.people_with(session, RoleName.ADMIN) if not one.demonstration]
        known = next(
            ((one.name, mail) for one in found if (mail := directory.email_of(session, one.id or 0))),
            ("", ""),
        )
    if asking and (name is None or address is None):
        out.print()
        out.print("The first admin")
        name = name if name is not None else prompted("Name", known[0], secret=False)
        address = address if address is not None else prompted("Mail address", known[1], secret=False)
    elif name is None and address is None:
        name, address = known
    if not name or not address:
        raise NotReady("the first admin needs a name and a mail address: --admin-name and --admin-email")
    if not name.isprintable() or len(name) > 200:
        raise NotReady("the admin's name is too long, or holds characters that can't be seen")
    try:
        return name.strip(), read_email(address.strip())
    except CellError as error:
        raise NotReady(str(error)) from None


def hand_over(services: Services, name: str, address: str) -> None:
    """Make the admin, let the demonstration people go, and print the admin's way in."""
    now = services.clock()
    with transaction(services.engine) as session:
        gone = directory.remove_demonstration(session, now)
        for person_id in gone:
            end_sessions(session, person_id, now)
        person_id = _make_admin(session, services, name, address)
        token = create_link(session, person_id, now, LINK_HOURS * 60)
    out.print()
    if gone:
        out.print(f"The {len(gone)} demonstration people are gone, and signed out.")
    out.print(plain(f"{name} is an admin. This link signs them in, once, within {LINK_HOURS} hours:"))
    out.print(sign_in_address(services.settings.base_url, token))
    out.print("Next: import your experts and a lead (helpdesk directory import), then look: helpdesk doctor")
    out.print("Start the desk, or start it again if it runs: helpdesk serve")


def _make_admin(session: Session, services: Services, name: str, address: str) -> int:
    now = services.clock()
    person = directory.ensure_person(session, SenderIdentity(IdentityKind.EMAIL, "", address, name), now)
    person.name, person.verified, person.suspended_at = name, True, None
    session.add(person)
    session.flush()
    assert person.id is not None
    identity = session.exec(
        select(Identity).where(
            Identity.kind == IdentityKind.EMAIL, Identity.issuer == "", Identity.external_id == address
        )
    ).one()
    if identity.verified_at is None:
        identity.verified_how, identity.verified_at = "setup", now
        session.add(identity)
    insert_new(session, Role(person_id=person.id, name=RoleName.ADMIN, granted_at=now))
    return person.id
