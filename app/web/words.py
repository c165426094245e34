"""The words for what the rules and the edge refuse: code → sentence, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

REFUSALS = {
    "role": _l("Your role does not include this step. Ask the person in charge of the case."),
    "other_case": _l("This case is not yours to act on."),
    "unconfirmed": _l("Confirm with a one-time code first that it is you."),
    "own_interest": _l("Your organisation is a party to this case, so you cannot take this step."),
    "not_seated": _l("You are not on the panel of this case."),
    "step_not_allowed": _l("This step is not possible in the present state of the case. Possible now: %(possible)s."),
    "stale": _l("Somebody changed this case while you were writing. Nothing of yours was lost; compare both versions."),
    "control": _l("There are characters in it that cannot be shown. Type the text again without them."),
    "surrogate": _l("There are broken characters in it. Type the text again without them."),
    "too_long": _l("This is too long. The limit is %(limit)s characters."),
    "blank": _l("This cannot be empty."),
    "check_fields": _l("Some fields need correcting"),
    "unknown_field": _l("There is no such field."),
    "missing": _l("This is required."),
    "not_a_text": _l("This must be text."),
    "not_a_list": _l("This must be a list."),
    "not_an_object": _l("This must be an object."),
    "not_a_whole_number": _l("This must be a whole number."),
    "not_true_or_false": _l("This must be true or false."),
    "not_an_instant": _l("This must be an instant with offset, for example 2026-06-01T10:00:00+08:00."),
    "not_a_currency": _l("This must be a currency code, for example CNY."),
    "not_one_of": _l("This value is not possible here."),
    "not_for_this_event": _l("This field does not belong to this type of event."),
    "out_of_range": _l("This number is out of range."),
    "year_out_of_range": _l("This year is out of range."),
    "unknown_time_zone": _l("This time zone is not known."),
    "unwelcome_characters": _l("There are characters in it that cannot be shown. Type the text again without them."),
    "wrong_type": _l("This is of the wrong kind."),
    "not_possible": _l("This value is not possible here."),
    "email_invalid": _l("This is not an e-mail address."),
    "email_taken": _l("Somebody already uses this e-mail address."),
    "password_short": _l("Use at least %(minimum)s characters."),
    "organisation_missing": _l("Name the organisation."),
    "organisation_unknown": _l("There is no such organisation."),
    "contact_missing": _l("Give a telephone number or an e-mail address, so that we can reach the complainant."),
    "phone_invalid": _l("This is not a telephone number. Write it with digits, for example +86 138 0013 8000."),
    "reason_missing": _l("Give a reason."),
    "offer_gone": _l("This offer is no longer open."),
    "offer_changed": _l("The offer changed while you were reading. Here are the new terms."),
    "remedy_needs_amount": _l("Enter the amount."),
    "remedy_has_no_amount": _l("This remedy has no amount. Leave it empty, or choose a refund or compensation."),
    "remedy_needs_party": _l("Say who has to do this."),
    "amount_not_positive": _l("Enter an amount above zero."),
    "refund_above_price": _l(
        "A refund is no more than the price, %(price)s. Put anything above it down as compensation."
    ),
    "other_currency": _l("Write amounts in %(currency)s."),
    "party_unknown": _l("The rules do not know this kind of party."),
    "days_out_of_range": _l("Write a number of days from %(least)s to %(most)s."),
    "remedy_unknown": _l("Choose one of the remedies that the rules know."),
    "too_many": _l("This is too many. The limit is %(limit)s."),
    "clause_missing": _l("Name the clause that you rely on."),
    "clause_unknown": _l("There is no such clause in the rules."),
    "view_name": _l("Give the view a name of at most 40 characters."),
    "whose_missing": _l("Say whose it is."),
    "party_not_asked": _l("The responsible company has not been asked yet. Ask it to answer first."),
    "already_answered": _l("You already answered this."),
    "no_offer_terms": _l("An offer needs at least one remedy, with an amount where money is owed, and a date."),
    "party_not_known": _l("No responsible organisation has been named yet. Classify the case first."),
    "window_closed": _l("The time for this was over on %(until)s."),
    "undeclared": _l("Declare first whether you have an interest in this case."),
    "not_presiding": _l("Only the member who presides over this panel can do this."),
    "voting_closed": _l("Voting on this case is closed."),
    "vote_open": _l("The panel is still voting."),
    "votes_incomplete": _l("Vote on every issue: there are %(issues)s."),
    "chair_abstains": _l("The chair's vote decides a tie, so the chair cannot abstain."),
    "outcome_not_voted": _l("This is not the outcome that the panel voted."),
    "order_not_voted": _l("The panel did not vote for this remedy."),
    "order_missing": _l("A remedy that the panel granted is missing."),
    "order_other_amount": _l("This is not the amount that the panel granted in full."),
    "no_draft": _l("There is no draft that waits for a signature."),
    "statement_missing": _l("Tick every statement before you sign."),
    "password_wrong": _l("The password is wrong. Nothing was signed."),
    "call_code_wrong": _l("This is not the code of the call. Ask for the six digits in our message."),
    "contact_unreachable": _l("Give a telephone number or an e-mail address, so that this contact can be reached."),
    "hour_invalid": _l("Write the hour like 08:30."),
    "review_final": _l("This decision was made on review and is final."),
    "nothing_decided": _l("There is no decision that could be reviewed."),
    "nothing_to_publish": _l("There is no outcome that is not published yet."),
    "names_in_public_text": _l("The public would read who the parties are: %(words)s."),
    "idempotency_missing": _l("Send an Idempotency-Key header, so that a repeated request makes no second case."),
    "hash_differs": _l("What arrived is not what was sent: the SHA-256 differs. Send the file again."),
    "file_empty": _l("This file is empty."),
    "file_too_large": _l("This file is too large. The limit is %(limit)s MB."),
    "file_type": _l("Files of this kind are not taken. Send pictures, PDF, text, sound or video."),
    "too_many_files": _l("These are too many files. The limit is %(limit)s."),
    "idempotency_reused": _l("This Idempotency-Key was used with other content."),
}


def sentence(code: str, fields: dict[str, Any] | None = None) -> str:
    """Return the words for a refusal's code; a general sentence for a code without words of its own."""
    words = REFUSALS.get(code)
    if words is None:
        return str(_("This could not be done. Nothing was changed. Check what you entered and try again."))
    return str(words) % {key: str(value) for key, value in (fields or {}).items()} if "%(" in str(words) else str(words)
