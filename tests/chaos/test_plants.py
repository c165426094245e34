"""The experiment can be run: what it changes in its copy of the product is still there to be changed."""

import subprocess
import sys

import pytest

from tests.chaos.__main__ import LIMITS, SHORT_LIMITS
from tests.chaos.product import FIGURES, PLANTS, a_copy
from workflows.regulation import book


@pytest.mark.parametrize("planted", [None, *PLANTS])
def test_the_copy_has_shorter_limits_and_the_planted_bug(tmp_path, planted):
    root = a_copy(tmp_path / "heng", LIMITS, planted)

    rules = book.load(root / FIGURES.parent)
    assert rules.figure("emergency_start").length.total_seconds() == 60
    assert book.load(book.DATA).figure("emergency_start").length.total_seconds() == 7200
    for file in {PLANTS[planted].file} if planted else set():
        compile((root / file).read_text("utf-8"), file, "exec")


def test_the_short_limits_make_a_sound_rulebook_too(tmp_path):
    root = a_copy(tmp_path / "heng", SHORT_LIMITS, None)

    assert book.load(root / FIGURES.parent).figure("warnings").values == (5, 10, 15)


def test_it_says_how_it_is_used():
    said = subprocess.run([sys.executable, "-m", "tests.chaos", "--help"], capture_output=True, text=True, check=True)

    assert "--planted" in said.stdout
