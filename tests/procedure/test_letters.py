"""Every letter can be filled in every language, and none can leave with a field unfilled."""

import re
from html import unescape
from itertools import product

import pytest

from app.core.mail_html import as_html
from workflows.procedure import letters
from workflows.procedure.letters import LANGUAGES

ALL = list(product(letters.keys(), LANGUAGES))
HAN = re.compile(r"[\u4e00-\u9fff]")


def filled(key: str) -> dict[str, str]:
    return {name: f"⟨{name}⟩" for name in letters.fields_of(key)}


@pytest.mark.parametrize(("key", "language"), ALL)
def test_a_letter_shows_all_that_it_was_given_and_nothing_unfilled(key, language):
    letter = letters.write(key, language, **filled(key))

    for text in (letter.body, letter.by("sms")):
        assert "{" not in text + letter.subject
        assert text
    shown = letter.subject + letter.body
    assert {name for name in letters.fields_of(key) if f"⟨{name}⟩" not in shown + (letter.sms or "")} == set()
    assert "\n" not in letter.subject
    assert bool(HAN.search(shown)) is (language != "en")


@pytest.mark.parametrize(("key", "language"), [each for each in ALL if letters.fields_of(each[0])])
def test_a_letter_with_a_field_missing_is_never_written(key, language):
    fields = filled(key)
    for name in fields:
        with pytest.raises(KeyError, match=name):
            letters.write(key, language, **{k: v for k, v in fields.items() if k != name})


@pytest.mark.parametrize(("key", "language"), ALL)
def test_a_letter_as_html_says_the_same_in_the_same_language(key, language):
    letter = letters.write(key, language, **filled(key))

    html = as_html(subject=letter.subject, body=letter.body, language=language, organ="O")

    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
    words = re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", html.partition("<main>")[2])))
    assert all(re.sub(r"\s+|^[·-] ", "", line) in words for line in letter.body.splitlines())


def test_what_goes_by_telephone_is_short():
    long = [key for key, language in ALL if (sms := letters.write(key, language, **filled(key)).sms) and len(sms) > 200]

    assert long == []
