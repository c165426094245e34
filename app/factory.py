"""The web application, put together: settings, database, languages, guards, rooms."""

from __future__ import annotations

import logging
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app.accounts import login
from app.core import clock, site, sqlite_build, storage
from app.core.db import db, engine_options
from app.web import afterwards, context, edge, errors, filters, i18n, limits, security, unbroken
from app.web.rules import Application
from workflows.procedure.checks.facts import DEFAULT_ZONE
from workflows.regulation import approved as approved_rules
from workflows.triage import approved

if TYPE_CHECKING:
    from app.core.bucket import Bucket

ROOT = Path(__file__).resolve().parent.parent
MAX_BODY = 40 * 1024 * 1024

# Every room's pages (`views.py`) and API (`api.py`); a room that serves neither only registers its actions.
ROOMS = (
    "web.openapi",
    "accounts.views",
    "accounts.views_hours",
    "accounts.views_proof",
    "accounts.views_own",
    "accounts.views_watch",
    "organisations.views",
    "cases.access",
    "cases.api",
    "cases.views_deadlines",
    "cases.views_seen",
    "cases.service_steps",
    "cases.service_performance",
    "intake.views",
    "intake.views_files",
    "intake.views_later",
    "intake.views_signed",
    "intake.api",
    "ledger.views",
    "ledger.api",
    "evidence.views",
    "evidence.api",
    "learning.views",
    "emergency.service",
    "emergency.service_calls",
    "emergency.views",
    "mediation.service",
    "mediation.service_bids",
    "committee.views_steps",
    "committee.views_challenges",
    "committee.views_pool",
    "committee.views",
    "committee.service",
    "committee.service_votes",
    "committee.service_decision",
    "committee.service_review",
    "committee.service_reading",
    "committee.service_challenges",
    "conduct.service",
    "conduct.service_breaches",
    "conduct.views",
    "conduct.views_company",
    "notices.views",
    "notices.views_case",
    "notices.service",
    "notices.similar",
    "desk.views",
    "desk.views_lists",
    "desk.views_kept",
    "desk.views_people",
    "desk.views_personal",
    "desk.views_emergencies",
    "desk.views_phone",
    "desk.views_agreeing",
    "desk.views_facts",
    "post.views",
    "rulebook.views",
    "hooks.views",
    "portal.views",
    "portal.views_evidence",
    "portal.views_facts",
    "portal.views_entry",
    "portal.views_steps",
    "portal.views_panel",
    "portal.views_data",
    "portal.views_respondent",
    "portal.views_respondent_steps",
    "portal.views_respondent_calls",
    "portal.views_papers",
    "portal.views_agreeing",
    "portal.views_respondent_agreeing",
    "portal.views_respondent_facts",
    "portal.views_order_keys",
    "register.views",
    "register.api",
    "register.views_figures",
    "register.views_merchants",
    "register.views_replies",
    "register.api_merchants",
    "knowledge.views",
    "knowledge.views_help",
    "knowledge.views_questions",
    "knowledge.views_checks",
    "knowledge.api",
    "monitoring.views",
    "monitoring.views_system",
    "monitoring.views_access",
)


def create_app(settings: config.Settings | None = None) -> Flask:
    """Return the application, ready to serve. Nothing heavy is imported: rendering happens in workers."""
    settings = settings or config.load()
    if settings.database_url.startswith("sqlite") and (warning := sqlite_build.warning()):
        logging.getLogger("heng.database").warning(warning)
    app = Application("heng", root_path=str(ROOT), template_folder="templates", static_folder="static")
    site.use(settings)
    app.config.update(_flask_settings(settings))
    storage.use(settings.data_dir / "files", _shelf(settings))
    approved.use(settings.data_dir / "triage")
    approved_rules.use(settings.data_dir / "rulebook", today=civil_day)
    db.init_app(app)
    errors.install(app)
    security.install(app)
    afterwards.install(app)
    login.install(app)  # before the edge: who is refused there is told in their own language
    edge.install(app)
    limits.install(app)
    if settings.trusted_proxies:  # otherwise what a proxy is said to have seen is anybody's invention
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0, x_prefix=0
        )
    i18n.install(app)
    filters.install(app)
    context.install(app)
    unbroken.install(app)
    for room in ROOMS:
        module = import_module(f"app.{room}")
        for blueprint in getattr(module, "BLUEPRINTS", ()):
            app.register_blueprint(blueprint)
    return app


def civil_day() -> date:
    """Return the civil day whose law holds."""
    return clock.now().astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def _shelf(settings: config.Settings) -> Bucket | None:
    """Return where files lie when it is not a folder."""
    if not settings.evidence_url:
        return None
    from app.core.bucket import Bucket

    return Bucket(settings.evidence_url, settings.evidence_keys)


def _flask_settings(settings: config.Settings) -> dict[str, object]:
    return {
        "HENG": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": site.cookie("heng"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "TRANSLATIONS": ROOT / "translations",
        "TEMPLATES_AUTO_RELOAD": False,
    }
