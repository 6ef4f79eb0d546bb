"""The directory comes from CSV files whole or not at all, and goes back out without a change."""

import csv
from collections.abc import Callable, Iterator

import pytest
from sqlmodel import Session, select

from bot.database import reading, transaction
from escalation import directory, directory_csv
from escalation.access import OPERATOR, Actor
from escalation.directory_csv import CsvFaults, Plan, What
from escalation.errors import DirectoryError, Forbidden
from escalation.identities import SenderIdentity
from escalation.tables import Affiliation, ExpertProfile, Identity, IdentityKind, Person, Role
from tests.support.desk import MONDAY_NOON, Desk, DeskFactory

CITIES = """slug,name,country,region,zone,member,has_911,dispatch_phone,police_contact,police_checked_on
lakeport,Lakeport,US,ID,America/Boise,yes,yes,208-555-0142,Sgt. on duty,2026-11-02
sainte-rive,Sainte-Rive,CA,CA-QC,America/Toronto,no,no,,,
"""
PEOPLE = """name,email,slack,roles,city,title,language,zone,topics,languages,on_duty,pager
Robin Vale,Robin@lakeport.test,,official,lakeport,Mayor,en,,,,,
Élise Roy,elise@hub.test,T0HUB/U0ELISE,"expert, lead",,,fr,America/Toronto,doxing swatting,fr en,yes,elise
"""


@pytest.fixture
def session(sqlite_desks: DeskFactory) -> Iterator[Session]:
    """Yield a session on a desk whose directory holds the demonstration people only."""
    with sqlite_desks.desk() as desk, transaction(desk.services.engine) as session:
        yield session


def take(session: Session, text: str | bytes) -> Plan:
    """Take a file as the operator does."""
    content = text.encode() if isinstance(text, str) else text
    return directory_csv.apply(session, content, OPERATOR, MONDAY_NOON)


def faults(session: Session, text: str | bytes) -> list[str]:
    """Return what is wrong with a file."""
    with pytest.raises(CsvFaults) as told:
        take(session, text)
    return [f"{fault.line}: {fault.text}" for fault in told.value.faults]


def everything(session: Session) -> list[object]:
    """Return the directory's rows, to see that nothing changed."""
    session.flush()
    tables = (Person, Identity, Role, Affiliation, ExpertProfile)
    rows = [row.model_dump() for table in tables for row in session.exec(select(table)).all()]
    return [*rows, *(city.model_dump() for city in directory.list_cities(session))]


def person(session: Session, email: str) -> Person:
    found = directory.person_of(session, IdentityKind.EMAIL, "", email)
    assert found is not None
    return found


def test_cities_and_people_are_taken_and_are_verified(session: Session) -> None:
    take(session, CITIES)
    plan = take(session, PEOPLE)
    assert [change.what for change in plan.changes] == [What.NEW, What.NEW]
    robin, elise = person(session, "robin@lakeport.test"), person(session, "elise@hub.test")
    assert robin.verified
    assert directory.city_of(session, robin.id or 0).slug == "lakeport"  # type: ignore[union-attr]
    assert directory.actor_for(session, IdentityKind.SLACK, "T0HUB", "U0ELISE") == Actor(
        elise.id, frozenset({"expert", "lead"})
    )
    profile = directory.profile_of(session, elise.id or 0)
    assert (profile.topics, profile.languages, profile.on_duty) == (
        ["doxing", "swatting"],
        ["fr", "en"],
        True,
    )
    identities = session.exec(select(Identity).where(Identity.person_id == elise.id)).all()
    assert {(row.verified_how, row.verified_at) for row in identities} == {("directory import", MONDAY_NOON)}


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.replace(",", ";").replace('"expert; lead"', "expert lead").encode(),
        lambda text: text.replace('"expert, lead"', "expert lead").replace(",", "\t").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("cp1252"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: ("sep=,\r\n" + text).encode(),
        lambda text: text.replace("name,email", " Name , E-Mail ".replace("E-Mail", "EMAIL")).encode(),
        lambda text: text.replace("\n", ",,\n").encode(),
        lambda text: ("\n" + text.replace("\n", "\n,,\n")).encode(),
    ],
)
def test_a_file_is_understood_however_a_spreadsheet_wrote_it(
    session: Session, form: Callable[[str], bytes]
) -> None:
    take(session, CITIES)
    take(session, form(PEOPLE))
    assert person(session, "elise@hub.test").name == "Élise Roy"
    assert take(session, PEOPLE).empty


def test_taking_a_file_again_changes_nothing(session: Session) -> None:
    take(session, CITIES)
    take(session, PEOPLE)
    before = everything(session)
    assert take(session, CITIES).empty
    assert take(session, PEOPLE).empty
    assert everything(session) == before


def test_what_is_exported_comes_back_without_a_change(session: Session) -> None:
    take(session, CITIES)
    take(session, PEOPLE)
    take(
        session,
        "name,email,city,title\n'=cmd|x,f@x.test,lakeport,'+1 clerk\n'-,dash@x.test,lakeport,'''@home\n",
    )
    people, cities = directory_csv.export_people(session), directory_csv.export_cities(session)
    assert b"Demo" not in people + cities
    assert b"'=cmd|x" in people
    assert b"'+1 clerk" in people
    assert person(session, "f@x.test").name == "=cmd|x"
    before = everything(session)
    assert take(session, people).empty
    assert take(session, cities).empty
    assert everything(session) == before
    session.rollback()
    take(session, cities)
    take(session, people)
    assert directory_csv.export_people(session) == people


def test_strangers_and_suspended_people_are_not_exported(session: Session) -> None:
    stranger = SenderIdentity(IdentityKind.EMAIL, "", "stranger@elsewhere.test", "S. Tranger")
    directory.ensure_person(session, stranger, MONDAY_NOON)
    take(session, "name,email\nGone,gone@x.test\n")
    person(session, "gone@x.test").suspended_at = MONDAY_NOON
    session.flush()
    assert directory_csv.export_people(session).decode("utf-8-sig").splitlines()[1:] == []


def test_every_fault_is_told_with_its_line_and_nothing_is_changed(session: Session) -> None:
    take(session, CITIES)
    before = everything(session)
    told = faults(
        session,
        "name,email,slack,roles,city,language,zone,on_duty,emial\n"
        "A,a@x.test,,oficial,lakport,es,America/Torronto,perhaps,\n"
        "\n"
        '"B\nB",not an address,T0HUB-U1,,,,EST,,\n'
        "C,,,,,,,,\n"
        ",d@x.test,,,,,,,\n"
        "E,e@x.test,,,,,,,,,one too many\n"
        "F,f@x.test,,,,,,,\n"
        "F again,F@X.test,,,,,,,\n",
    )
    assert told == [
        "1: unknown column 'emial': did you mean email?",
        "2: city: there is no city 'lakport': did you mean lakeport?",
        "2: roles: unknown role 'oficial': did you mean official?",
        "2: language: 'es' is not a language the desk writes in: en or fr",
        "2: zone: unknown time zone 'America/Torronto': did you mean America/Toronto?",
        "2: on_duty: 'perhaps' is neither yes nor no",
        "4: email: 'not an address' is not an email address",
        "4: slack: 'T0HUB-U1' is not in the form WORKSPACE/USER, such as T0123ABCD/U0456EFGH",
        "4: zone: 'EST' is not a time zone with a place in it; write it like America/Toronto",
        "6: a person needs an email address or a Slack identity",
        "7: somebody new needs a name",
        "8: has 11 cells, the header 9: is a quotation mark missing?",
        "10: the same person is on line 9 already",
    ]
    assert everything(session) == before


def test_faulty_cities_are_told_with_their_lines(session: Session) -> None:
    take(session, CITIES)
    assert faults(
        session,
        "slug,name,country,region,zone,member\n"
        "lakeport,Lakeport,USA,ID,America/Boise,maybe\n"
        "Two Words,X,US,,America/Boise,\n"
        "newtown,Newtown,,,,\n"
        "lakeport,Lakeport,,CA-QC,,\n"
        "demo-riverbend,Riverbend,US,,America/Boise,\n",
    ) == [
        "2: country: 'USA' is not a code of two letters, such as US or CA",
        "2: member: 'maybe' is neither yes nor no",
        "3: slug: 'Two Words' may have only the letters a to z, digits and hyphens",
        "4: a new city needs country and zone",
        "5: region: CA-QC is not in US",
        "5: the city lakeport is on line 2 already",
        "6: demo-riverbend is a demonstration city: choose another slug",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the header is neither"),
        (b"colour,size\nred,1\n", "the header is neither"),
        (b"PK\x03\x04rest", "a spreadsheet, not CSV"),
        (b"name,email\nA,\x00a@x.test\n", "not a text file"),
        (b"name,email\nA,\x81\x8d@x.test\n", "2: the characters are neither"),
        (b"name,email\n", "1: there is no line below the header"),
        (b'name,email\nA,a@x.test\nB,"b@x.test\n', "3: the quotation marks don't match"),
        (b"name,email\nA\x1b[31m,a@x.test\n", "2: name holds characters that can't be seen"),
        (b"name,email,email\nA,a@x.test,b@x.test\n", "1: the column email is there twice"),
        (b"x" * 20_000_001, "the limit is 20 MB"),
    ],
)
def test_a_file_that_is_no_directory_is_refused_in_words(
    session: Session, content: bytes, words: str
) -> None:
    assert any(words in fault for fault in faults(session, content))


def test_two_people_with_one_name_stay_two(session: Session) -> None:
    take(session, "name,email\nSam Hill,sam@one.test\nSam Hill,sam@two.test\n")
    assert person(session, "sam@one.test").id != person(session, "sam@two.test").id


def test_a_line_that_names_two_people_of_the_directory_is_refused(session: Session) -> None:
    take(session, "name,email,slack\nAda,ada@x.test,\nBo,,T0HUB/U0BO\n")
    assert faults(session, "email,slack\nada@x.test,T0HUB/U0BO\n") == [
        "2: email and slack belong to two people of the directory (Ada and Bo)"
    ]


def test_one_person_on_two_lines_by_two_identities_is_refused(session: Session) -> None:
    take(session, "name,email,slack\nAda,ada@x.test,T0HUB/U0ADA\n")
    assert faults(session, "email,slack\nada@x.test,\n,T0HUB/U0ADA\n") == [
        "3: the same person is on line 2 already"
    ]


def test_a_changed_address_takes_the_place_of_the_old_one(session: Session) -> None:
    take(session, "name,email,slack\nAda,ada@old.test,T0HUB/U0ADA\n")
    ada = person(session, "ada@old.test").id
    plan = take(session, "email,slack\nada@new.test,T0HUB/U0ADA\n")
    assert plan.changes[0].details == ("email: ada@old.test -> ada@new.test",)
    assert directory.email_of(session, ada or 0) == "ada@new.test"
    assert directory.person_of(session, IdentityKind.EMAIL, "", "ada@old.test") is None


def test_an_empty_cell_leaves_things_and_a_dash_empties_them(session: Session) -> None:
    take(session, CITIES)
    take(session, PEOPLE)
    before = everything(session)
    assert take(session, "name,email,roles,city,zone,topics\n,elise@hub.test,,,,\n").empty
    assert everything(session) == before
    plan = take(session, "email,roles,zone,topics\nelise@hub.test,expert,-,-\n")
    assert plan.changes[0].details == (
        "roles: expert lead -> expert",
        "zone: America/Toronto -> (none)",
        "topics: doxing swatting -> (none)",
    )
    elise = person(session, "elise@hub.test")
    assert elise.zone is None
    assert directory.actor_of(session, elise.id or 0).roles == {"expert"}
    assert directory.profile_of(session, elise.id or 0).topics == []


def test_a_stranger_who_wrote_before_becomes_verified(session: Session) -> None:
    stranger = SenderIdentity(IdentityKind.EMAIL, "", "robin@lakeport.test", "robin")
    known = directory.ensure_person(session, stranger, MONDAY_NOON)
    assert not known.verified
    take(session, CITIES)
    plan = take(session, PEOPLE)
    assert "becomes verified" in plan.changes[0].details
    assert person(session, "robin@lakeport.test").id == known.id
    assert known.verified
    assert directory.audience_of(session, known) == {"public", "member", "city:lakeport"}


def test_what_has_no_place_is_said_and_not_refused(session: Session) -> None:
    plan = take(session, "name,email,title,topics\nPat,pat@hub.test,Analyst,doxing\n")
    assert [note.text for note in plan.notes] == [
        "the title is not kept: a title belongs to a city",
        "not kept, because it belongs to experts: topics",
    ]


def test_only_those_who_may_edit_the_directory_can_take_a_file(session: Session) -> None:
    for roles in ({"official"}, {"expert", "lead"}, {"auditor"}):
        with pytest.raises(Forbidden):
            directory_csv.apply(session, CITIES.encode(), Actor(1, frozenset(roles)), MONDAY_NOON)


def test_a_preview_that_is_no_longer_true_is_not_taken(session: Session) -> None:
    shown = directory_csv.plan(session, CITIES.encode())
    take(session, "slug,name,country,zone\nlakeport,Port of the Lake,US,America/Boise\n")
    with pytest.raises(DirectoryError, match="changed meanwhile"):
        directory_csv.apply(session, CITIES.encode(), OPERATOR, MONDAY_NOON, shown=shown)


@pytest.mark.postgresql
def test_the_directory_is_the_same_on_both_engines(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        take(session, CITIES)
        take(session, PEOPLE)
    with reading(desk.services.engine) as session:
        assert directory_csv.plan(session, PEOPLE.encode()).empty
        robin, elise = csv.DictReader(directory_csv.export_people(session).decode("utf-8-sig").splitlines())
        assert (robin["name"], robin["email"], robin["roles"]) == (
            "Robin Vale",
            "robin@lakeport.test",
            "official",
        )
        assert (elise["name"], elise["slack"], elise["roles"]) == (
            "Élise Roy",
            "T0HUB/U0ELISE",
            "expert, lead",
        )
        assert (elise["topics"], elise["languages"]) == ("doxing, swatting", "fr, en")


def test_police_lines_are_kept_with_their_date_and_emptied_by_a_dash(session: Session) -> None:
    take(session, CITIES)
    lakeport = next(city for city in directory.list_cities(session) if city.slug == "lakeport")
    assert (lakeport.dispatch_phone, str(lakeport.police_checked_on)) == ("208-555-0142", "2026-11-02")
    plan = take(session, "slug,dispatch_phone,police_checked_on\nlakeport,-,-\n")
    assert "dispatch_phone: 208-555-0142 -> (none)" in plan.changes[0].details
    assert (lakeport.dispatch_phone, lakeport.police_checked_on) == (None, None)
    assert lakeport.police_contact == "Sgt. on duty"
    assert faults(session, "slug,dispatch_phone,police_checked_on\nlakeport,911,May 2026\n") == [
        "2: dispatch_phone: '911' is not a ten-digit line, such as 208-555-0142",
        "2: police_checked_on: 'May 2026' is not a date, such as 2026-11-23",
    ]


# What an expert can take, and when


EXPERTS = """email;name;roles;topics;languages;jurisdictions;capacity;hours;on_call;away;conflict_cities
elise@hub.test;Élise;expert;doxing:3, swatting;fr, en;CA-QC, US;4;Mon-Fri 09:00-17:00;2026-11-26;2026-12-21/2027-01-03;{city}
"""


def test_an_experts_time_levels_and_conflicts_come_back_from_a_round_trip(session: Session) -> None:
    take(session, CITIES)
    city = directory.list_cities(session)[0].slug
    take(session, EXPERTS.format(city=city).encode("utf-8-sig").decode("utf-8"))  # a BOM and semicolons
    elise = directory.find_named(session, "Élise")
    assert elise
    profile = directory.profile_of(session, elise.id or 0)
    assert (profile.topics, profile.levels) == (["doxing", "swatting"], {"doxing": 3})
    assert (profile.capacity, profile.hours) == (4, "Mon-Fri 09:00-17:00")
    assert (profile.on_call, profile.away) == (["2026-11-23"], ["2026-12-21/2027-01-03"])
    assert directory.actor_of(session, elise.id or 0).cities  # a conflict weighs like working there
    assert directory_csv.plan(session, directory_csv.export_people(session)).empty
    assert directory_csv.plan(session, directory_csv.export_cities(session)).empty


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("topics,doxing:9", "a level is 1, 2 or 3"),
        ("away,2027-02-29", "is not a date or two"),
        ("away,2027-01-03/2026-12-21", "ends before it begins"),
        ("on_call,next week", "is not a date"),
        ("hours,Mon-Fri 17:00-09:00", "closes before it opens"),
        ('hours,"Mon-Fri 09:00-12:00,11:00-17:00"', "overlap"),
        ("capacity,-3", "is not a number of cases"),
        ("jurisdictions,Quebec", "is not a country, state or province"),
        ("backup,nobody@hub.test", "there is no person"),
        ("conflict_cities,atlantis", "there is no city"),
    ],
)
def test_what_an_expert_can_not_be_is_told_by_line(session: Session, cell: str, said: str) -> None:
    name, value = cell.split(",", 1)
    file = f"email,name,roles,{name}\nelise@hub.test,Elise,expert,{value}\n"
    with pytest.raises(CsvFaults) as told:
        directory_csv.plan(session, file.encode())
    assert [fault.line for fault in told.value.faults] == [2]
    assert said in told.value.faults[0].text
