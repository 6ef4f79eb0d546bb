"""Who exists: people, the ways we know them, their roles, their cities."""

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from escalation.kinds import IdentityKind, RoleName
from escalation.tables.base import Base, by_value, instant, maybe_instant


class City(Base, table=True):
    """One municipality of the network, or beside it."""

    __tablename__ = "city"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=80)
    name: str = Field(max_length=200)
    country: str = Field(max_length=2)
    region: str = Field(default="", max_length=8, description="US-CA, CA-QC ...")
    zone: str = Field(max_length=64, description="IANA time zone")
    member: bool = True
    cohort: str = Field(default="", max_length=80, description="the cohort the city joined with, if any")
    population_band: str = Field(default="", max_length=20, description="10k-50k, 250k+ ...")
    government: str = Field(default="", max_length=80, description="council-manager, strong mayor ...")
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    peer_consent: bool = Field(default=False, description="agreed to be introduced to other cities")
    has_911: bool = Field(default=True, description="false where another number is called in an emergency")
    dispatch_phone: str | None = Field(default=None, max_length=40, description="the ten-digit dispatch line")
    police_contact: str | None = Field(default=None, max_length=200)
    police_checked_on: date | None = Field(default=None, description="when both were last tried")
    demonstration: bool = False
    created_at: datetime = instant()


class Person(Base, table=True):
    """Somebody who asks or answers. Nobody is merged by an equal name or address."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(default="", max_length=200)
    language: str | None = Field(default=None, max_length=8)
    zone: str | None = Field(default=None, max_length=64)
    verified: bool = False
    demonstration: bool = False
    created_at: datetime = instant()
    suspended_at: datetime | None = maybe_instant()


class Identity(Base, table=True):
    """One way a person reaches us: the kind, who issued it, and the name it has there."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("kind", "issuer", "external_id"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: IdentityKind = by_value(IdentityKind)
    issuer: str = Field(default="", max_length=200, description="Slack workspace; empty for email")
    external_id: str = Field(max_length=320)
    verified_how: str | None = Field(default=None, max_length=80)
    verified_at: datetime | None = maybe_instant()


class Role(Base, table=True):
    """A role held by a person."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("person_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: RoleName = by_value(RoleName)
    granted_at: datetime = instant()


class Affiliation(Base, table=True):
    """A person works for a city."""

    __tablename__ = "affiliation"
    __table_args__ = (UniqueConstraint("person_id", "city_id"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    city_id: int = Field(foreign_key="city.id", index=True)
    title: str = Field(default="", max_length=200)


class ExpertProfile(Base, table=True):
    """What an expert can take on, and when. Lists are replaced whole, never changed in place.

    `levels` is by topic, 1 to 3. `hours` is as in a policy ("Mon-Fri 09:00-17:00"), on the expert's own
    clock; empty means that only `on_duty` says. `on_call` holds Mondays, `away` first and last days
    ("2026-12-21/2027-01-03"). `conflict_cities` and `conflict_people` are ids.
    """

    __tablename__ = "expert_profile"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    levels: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    jurisdictions: list[str] = Field(default_factory=list, sa_type=JSON)
    capacity: int = 10
    on_duty: bool = True
    takes_danger: bool = Field(default=True, description="may be the one for a P1")
    hours: str = Field(default="", max_length=200)
    on_call: list[str] = Field(default_factory=list, sa_type=JSON)
    away: list[str] = Field(default_factory=list, sa_type=JSON)
    backup_id: int | None = Field(default=None, description="the person asked when this one is away")
    conflict_cities: list[int] = Field(default_factory=list, sa_type=JSON)
    conflict_people: list[int] = Field(default_factory=list, sa_type=JSON)
    pager: str | None = Field(
        default=None, max_length=80, description="what the pager's gateway calls the expert: a number, a name"
    )
