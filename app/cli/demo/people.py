"""The demo's companies and people, with addresses, passwords and tokens that are new at every first start."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.accounts import service as accounts
from app.accounts.models import User
from app.organisations import queries, service
from app.organisations.commands import KeepContacts, KeepLicence
from app.organisations.models import Organisation, PartyKind
from workflows.procedure.act import Act
from workflows.procedure.authority import Role

HOUSE = "heng.example"
PASSWORD_BYTES = 9
NIGHT = {"zh-Hans": "夜间备用电话", "zh-Hant": "夜間備用電話", "en": "Night desk"}


class Cast(Struct, frozen=True):
    """Who plays: people by nick, companies by key, and what each person signs in with."""

    people: dict[str, User]
    companies: dict[str, Organisation]
    passwords: dict[int, str]
    accounts: list[dict[str, Any]]

    def of(self, company: Organisation) -> User:
        """Return the person who answers for the company."""
        return next(person for person in self.people.values() if person.organisation_id == company.id)


@cache
def _listed() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(Path(__file__).with_name("people.toml").read_text("utf-8"))


def present() -> bool:
    """Return whether the demo's companies are registered."""
    return all(queries.by_name(each["name"]) for each in _listed()["organisation"])


def enter(*, act: Act) -> Cast:
    """Register the companies, create the people, and return them."""
    cast = Cast({}, {}, {}, [])
    for row in _listed()["staff"]:
        _person(cast, row, HOUSE, None, act)
    for row in _listed()["organisation"]:
        company = _company(row, act)
        cast.companies[row["key"]] = company
        _person(cast, row["person"] | {"role": "respondent", "language": row["language"]}, row["domain"], company, act)
    return cast


def _company(row: dict[str, Any], act: Act) -> Organisation:
    company = service.register(
        PartyKind(row["kind"]), row["name"], act=act, email=f"disputes@{row['domain']}", phone=row["phone"],
        language=row["language"],
    )  # fmt: skip
    service.keep_contacts(company, _contacts(row), act=act)
    until = act.at.date() + timedelta(days=90 + 37 * company.id)
    service.keep_licence(company, KeepLicence(number=f"9131{company.id:05}MA1K", until=until), act=act)
    return company


def _contacts(row: dict[str, Any]) -> KeepContacts:
    """Return who is on duty by day, and the fall-back for the night."""
    by_day = {"name": row["on_duty"], "phone": row["phone"], "email": f"duty@{row['domain']}"}
    night = {"name": NIGHT[row["language"]], "email": f"night@{row['domain']}", "fallback": True}
    contacts = ({**by_day, "opens": "08:00", "closes": "22:00"}, night)
    return KeepContacts.model_validate({"time_zone": row.get("time_zone", "Asia/Shanghai"), "contacts": contacts})


def _person(cast: Cast, row: dict[str, Any], domain: str, company: Organisation | None, act: Act) -> None:
    email = f"{row['slug']}.{secrets.token_hex(2)}@{domain}"
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    person = accounts.create(
        email=email, name=row["name"], password=password, roles=[Role(row["role"])], language=row["language"],
        organisation_id=company.id if company else None, act=act,
    )  # fmt: skip
    cast.people[row["nick"]], cast.passwords[person.id] = person, password
    cast.accounts.append(
        {
            "email": email, "role": row["role"], "organisation": company.name if company else None,
            "password": password, "token": accounts.give_token(person, "demo", act=act),
        }
    )  # fmt: skip


def write_down(cast: Cast, file: Path) -> None:
    """Write the accounts where only the owner reads them."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as text:
        json.dump(cast.accounts, text, ensure_ascii=False, indent=1)
