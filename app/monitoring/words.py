"""Problems and failures of the running system in the words of the people who run it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.monitoring.health import Backups, Problem
from app.web.filters import instant

# By the class of the error that a task ended with; `last_error` begins with its name.
FAILURES = {
    "ConnectionRefusedError": _l("The mail server cannot be reached."),
    "ConnectionResetError": _l("The mail server broke the connection off."),
    "TimeoutError": _l("There was no answer in time."),
    "gaierror": _l("There is no server of that name. Check SMTP_URL."),
    "SMTPAuthenticationError": _l("The mail server refuses our name or password. Check SMTP_URL."),
    "SMTPRecipientsRefused": _l("The mail server refuses the reader's address."),
    "SMTPSenderRefused": _l("The mail server refuses our address. Check MAIL_FROM."),
    "SMTPConnectError": _l("The mail server cannot be reached."),
    "SMTPServerDisconnected": _l("The mail server broke the connection off."),
    "SMTPDataError": _l("The mail server refuses the letter."),
    "SSLCertVerificationError": _l("The mail server's certificate is not valid."),
    "Refused": _l("The mail server refuses the reader's address."),
    "RenderFailed": _l("The notice could not be printed."),
    "OperationalError": _l("The database was away or busy."),
    "LookupError": _l("What it was about is not there any more."),
    "NoResultFound": _l("What it was about is not there any more."),
    "StoreAway": _l("The storage of files does not answer."),
    "OSError": _l("The disk or the network failed."),
}


def failure(last_error: str | None) -> str:
    """Return why a task failed, in words; the error itself stands beside it for those who can use it."""
    kind = (last_error or "").partition(":")[0].rpartition(".")[2]
    return str(FAILURES.get(kind) or _("Something that nobody foresaw went wrong."))


def task(name: str) -> str:
    """Return what a task does, in words."""
    words = {
        "send_message": _("Send a letter"),
        "send_warnings": _("Send gathered warnings"),
        "issue_notice": _("Print a notice"),
        "alert_duty": _("Tell the duty officers of an emergency"),
        "send_sign_in_link": _("Send a link to sign in"),
        "send_tracking_code": _("Send a code for a case"),
        "draw_panel": _("Draw a panel"),
        "read_mail": _("Read a mail that came in"),
        "remind_of_mail": _("Remind of a mail that waits for a person"),
        "teach_triage": _("Teach triage from corrections"),
        "make_previews": _("Make small pictures of evidence"),
        "remind_of_evidence": _("Remind of evidence that was asked for"),
        "replay_rulebook": _("Work out what a changed rulebook would alter"),
        "send_webhook": _("Tell another system (webhook)"),
        "forget_people": _("Erase whom we may keep no longer"),
    }
    return words.get(name.rpartition(".")[2]) or name


def lane(key: str) -> str:
    """Return what waits in a lane."""
    words = {
        "letters": _("Letters"), "notices": _("Notices"), "clocks": _("Clocks"), "mail": _("Mail in"),
        "hooks": _("Webhooks"),
    }  # fmt: skip
    return words.get(key) or key


def backup(backups: Backups) -> tuple[str, str]:
    """Return in words whether the last backup was found sound, and the tone of it."""
    match backups.state:
        case "sound":
            return _("verified"), "met"
        case "broken":
            return _("does not hold"), "urgent"
        case _:
            return _("not verified"), "soon"


def told(problem: Problem, when: Callable[[datetime], str] = instant) -> tuple[str, str]:
    """Return what is wrong, and why or what to do about it; `when` writes instants."""
    since = when(problem.since) if problem.since else _("never")
    match problem.code:
        case "disk_low":
            size = f"{int(problem.what) / 1024**2:.0f} MB"
            return _("Only %(size)s of disk space is left.", size=size), _("Make room before intake stops.")
        case "files_away":
            words = _("The storage of files does not answer: %(where)s.", where=problem.what)
            return words, _("Nothing that comes in can be kept until it does. It says: %(why)s", why=problem.why)
        case "database_unsound":
            words = _("This build of the database has known faults: %(build)s.", build=problem.what)
            return words, _("Install the packages of requirements.txt, or a newer server.")
        case "sweep_silent":
            return _("No sweep since: %(since)s.", since=since), _(
                "Clocks and letters that are due wait. Start the sweeper: python -m workflows.jobs.sweeper"
            )
        case "backup_broken":
            return _("The last backup does not hold (checked %(since)s).", since=since), _("Make another one now.")
        case "backup_old":
            return _("The last backup is too old: %(since)s.", since=since), _(
                "Have one made every day: flask --app wsgi backup create"
            )
        case "redis_away":
            return _("Redis does not answer."), _("The sweeper does all the work itself, a little later.")
        case "worker_silent":
            return _("No sign of the worker for %(queue)s since: %(since)s.", queue=lane(problem.what), since=since), _(
                "The sweeper does its work, a little later."
            )
        case "clocks_late":
            words = ngettext("%(num)s clock is late", "%(num)s clocks are late", problem.count)
            return f"{words} ({since})", _("Nobody has done yet what was due.")
        case "tasks_late":
            words = _("%(n)s of these wait too long: %(what)s", n=problem.count, what=lane(problem.what))
            return f"{words} ({since})", failure(problem.why) if problem.why else _("No worker has come to it yet.")
        case _:
            words = ngettext("%(num)s task was given up", "%(num)s tasks were given up", problem.count)
            return words, _("Look at the reasons, and have them done again.")
