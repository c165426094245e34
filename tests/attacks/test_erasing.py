"""Erasing is real: people with texts of their own through every channel, half of them erased, nothing of them found."""

import base64
import subprocess
import sys
import zipfile

import pytest

from tests.architecture.rules import ROOT
from tests.attacks.canaries import hits, pattern_of
from tests.attacks.canaries_life import CHANNELS, Canary

PEOPLE = 2 * len(CHANNELS)  # one of each channel is erased, one stays; `--people 100` for the whole trial


def test_nothing_of_the_erased_is_found_and_everything_of_the_others():
    command = [sys.executable, "-m", "tests.attacks.canaries", "--people", str(PEOPLE)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "values of the others" in done.stdout


WAYS = {
    "as it stands": lambda word: word.encode(),
    "in capitals": lambda word: word.upper().encode(),
    "in UTF-16": lambda word: word.encode("utf-16-le"),
    **{f"in base64 at {n}": lambda word, n=n: base64.b64encode(b"x" * n + word.encode() + b"yz") for n in range(3)},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_text_that_was_left_is_found(tmp_path, way):
    one = Canary.made(7)
    (tmp_path / "left").write_bytes(b"\0..." + WAYS[way](one.word) + b"...")

    assert len(hits(tmp_path, pattern_of([one]), {})) == 1
    assert hits(tmp_path, pattern_of([Canary.made(8)]), {}) == []


def test_a_text_inside_an_archive_is_found(tmp_path):
    one = Canary.made(7)
    with zipfile.ZipFile(tmp_path / "left.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", f"…{one.word}…")

    assert len(hits(tmp_path, pattern_of([one]), {})) == 1
