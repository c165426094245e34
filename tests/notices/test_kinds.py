"""The registry of notices cannot be wrong unnoticed, and what was offered is never for the committee."""

import pytest

from app.notices.facts import NoticeKind, NoticeLanguage
from app.notices.kinds import REGISTRY_FILE, RegistryError, kinds, reader_of
from app.notices.wording import wordings
from tests.factories import an_act
from workflows.procedure.authority import NOBODY, Role, consumer_of
from workflows.procedure.names import name
from workflows.procedure.states import Action, steps_from
from workflows.regulation import book

ENTRY = REGISTRY_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_its_words_in_each_language_and_cites_a_clause(kind):
    entry = kinds()[kind]

    for language in NoticeLanguage:
        said = wordings()[language]
        assert {f"{kind}.intro", f"seal.{entry.seal}"} <= set(said)
        assert {f"heading.{heading}" for _, heading in entry.blocks if heading} <= set(said)
        assert name("notice_kind", kind, language)
    assert book.current().clause(entry.clause)


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_kind_tells_of_acts_that_there_are(kind):
    for act in kinds()[kind].after:
        action, _, branch = act.partition(":")
        branches = {step.branch for step in _steps(Action(action))}
        assert not branch or branch in branches


def _steps(action):
    from workflows.procedure.states import CaseState

    return [step for state in CaseState for step in steps_from(state, action)]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('kind = "offer"', 'kind = "gift"'),
        ('kind = "offer"', 'kind = "panel"'),
        ('sent_to = ["respondent"]', 'sent_to = ["committee"]'),
        ('readers = ["respondent", "desk"]', 'readers = ["neighbour"]'),
        ('clause = "3.1.4"\n', ""),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path, was, becomes):
    assert was in ENTRY
    file = tmp_path / "notices.toml"
    file.write_text(ENTRY.replace(was, becomes), encoding="utf-8")

    with pytest.raises(RegistryError, match=r"notices\.toml"):
        kinds(file)


def test_whoever_judges_reads_as_a_judge_whatever_else_they_are():
    readers = {
        "consumer": consumer_of(1, name="", language="en", confirmed=True),
        "respondent": an_act(Role.RESPONDENT).actor,
        "desk": an_act(Role.SUPERVISOR).actor,
        "committee": an_act(Role.CHAIR, Role.LEAD).actor,
        "nobody": NOBODY,
    }

    assert {reader_of(actor): reader for reader, actor in readers.items()} == {key: key for key in readers}
    assert "committee" not in kinds()[NoticeKind.OFFER].readers | kinds()[NoticeKind.SETTLEMENT].readers
