"""What every page knows: language, links, navigation, who is signed in."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _

from app.core import clock, site
from app.core.languages import NAMES, segment
from app.web.guards import current_actor
from app.web.i18n import language, language_links
from app.web.security import csp_nonce
from workflows.procedure.authority import NOBODY, Permission

P = Permission


def install(app: Flask) -> None:
    """Put the common values into every template."""

    @app.context_processor
    def common() -> dict[str, Any]:
        return {
            "html_lang": language(),
            "language_links": language_links(),
            "language_names": NAMES,
            "csp_nonce": csp_nonce(),
            "theme": request.cookies.get("theme"),
            "help_phone": site.settings().help_phone,
            "organ_name": site.settings().organ_name[language()],
            "nav_items": nav_items(),
            "footer_items": footer_items(),
            "actor": current_actor(),
            "now": clock.now(),
        }

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values and "v" not in values:
            values["v"] = _versions(app, values["filename"])


def _versions(app: Flask, filename: str) -> str:
    known: dict[str, str] = app.extensions.setdefault("static_versions", {})
    if filename not in known:
        file = Path(app.root_path, "static", filename)
        known[filename] = f"{zlib.crc32(file.read_bytes()):08x}" if file.is_file() else "0"
    return known[filename]


def nav_items() -> list[dict[str, Any]]:
    """Return the main navigation of the reader: the public's, or what their roles open."""
    actor = current_actor()
    if actor is NOBODY or actor.is_consumer:
        return _public()
    places = [
        (P.RESPONDENT_DESK, _("What is due"), "/r"),
        (P.QUEUE_READ, _("Queue"), "/desk"),
        (P.QUEUE_READ, _("Emergencies"), "/desk/emergencies"),
        (P.COMPLAINT_TYPE, _("Telephone desk"), "/desk/phone"),
        (P.DOSSIER_READ, _("Committee"), "/committee"),
        (P.PENALTY_ANSWER, _("Your standing"), "/r/credit"),
        (P.PENALTY_READ, _("Penalties"), "/desk/conduct"),
        (P.DECISION_PUBLISH, _("Public replies"), "/desk/replies"),
        (P.QUEUE_READ, _("Mail"), "/desk/mail"),
        (P.OUTBOX_READ, _("Outbox"), "/desk/outbox"),
        (P.WATCH_READ, _("System health"), "/admin/system"),
        (P.QUESTION_ANSWER, _("Questions"), "/desk/questions"),
        (P.PEOPLE_MANAGE, _("People"), "/admin/people"),
        (P.ORGANISATION_MANAGE, _("Companies"), "/admin/organisations"),
        (P.PERSON_READ, _("Personal data"), "/admin/data"),
        (P.APPROVAL_DECIDE, _("Two must agree"), "/admin/approvals"),
        (P.SECURITY_READ, _("Security events"), "/admin/alarms"),
        (P.ACCESS_READ, _("Who saw what"), "/watch/access"),
        (P.WATCH_READ, _("Triage"), "/desk/triage"),
        (P.WATCH_READ, _("Rulebook"), "/admin/rulebook"),
    ]
    items = [_item(label, url) for permission, label, url in places if actor.may(permission)]
    return [*items, _item(_("Rules"), f"/{segment(language())}/rules")]


def _public() -> list[dict[str, Any]]:
    here = f"/{segment(language())}"
    return [
        _item(_("Complain"), f"{here}/complain"),
        _item(_("My case"), f"{here}/track"),
        _item(_("Decisions"), f"{here}/decisions"),
        _item(_("Merchants"), f"{here}/merchants"),
        _item(_("Rules"), f"{here}/rules"),
        _item(_("Help"), f"{here}/help"),
    ]


def _item(label: str, url: str) -> dict[str, Any]:
    current = request.path == url or (url.count("/") > 1 and request.path.startswith(url + "/"))
    return {"label": label, "url": url, "current": current, "count": None}


def footer_items() -> list[dict[str, str]]:
    """Return the links at the foot of public pages."""
    here = f"/{segment(language())}"
    return [
        {"label": str(_("Rules")), "url": f"{here}/rules"},
        {"label": str(_("Public record")), "url": f"{here}/ledger"},
        {"label": str(_("Open figures")), "url": f"{here}/stats"},
        {"label": str(_("Penalties")), "url": f"{here}/penalties"},
        {"label": str(_("Blacklist")), "url": f"{here}/blacklist"},
        {"label": str(_("Privacy")), "url": f"{here}/privacy"},
        {"label": str(_("Accessibility")), "url": f"{here}/accessibility"},
        {"label": str(_("Interface for programs (API)")), "url": "/api/v1/docs"},
        {"label": str(_("Staff sign-in")), "url": url_for("accounts.sign_in")},
    ]
