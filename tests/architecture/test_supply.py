"""What we build on is pinned by hash and under licences that we may use; no secret lies in the repository."""

import re

import pytest

from tests.architecture import supply
from tests.architecture.rules import ROOT

FILES = ["requirements.txt", "requirements-dev.txt", "requirements-setup.txt"]


@pytest.mark.parametrize("name", FILES)
def test_everything_is_pinned_by_hash(name):
    assert supply.pinned(ROOT / name)
    assert supply.without_hash(ROOT / name) == []


def test_planted_package_without_a_hash_is_found(tmp_path):
    (tmp_path / "requirements.txt").write_text("good==1.0 \\\n    --hash=sha256:00\nbad==2.0\n    # via x\n")

    assert supply.without_hash(tmp_path / "requirements.txt") == ["bad==2.0"]


def test_every_package_is_listed_with_its_licence():
    listed = (ROOT / supply.LICENCES).read_text("utf-8")

    missing = [
        f"{name} {version}" for name, version in supply.pinned(ROOT / "requirements.txt").items()
        if f"| {name} | {version} |" not in listed
    ]  # fmt: skip
    assert missing == [], "run `make licences`"
    assert supply.REFUSED.findall(listed) == []


def test_no_secret_lies_in_the_repository():
    assert supply.secrets(ROOT, supply.tracked()) == []


PLANTED = {
    "a private key": "-----BEGIN " + "PRIVATE KEY-----",
    "a cloud key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "a forge's token": "ghp_" + "a1" * 18,
    "a password in an address": "smtp://desk:" + "hunter22hunter@mail.example",
    "a random text called a secret": 'SECRET_KEY = "' + 'q7Jx2mVt9LwZ4kRbY1nPcD8s"',
}


@pytest.mark.parametrize("plant", PLANTED)
def test_planted_secret_is_found(plant):
    assert list(supply.secrets_in(PLANTED[plant]))


def test_words_are_no_secrets():
    assert list(supply.secrets_in('password = "correct horse battery"; TOKEN_MADE = "token_made_for_a_program"')) == []


def test_the_walk_through_asvs_is_whole_and_names_what_is_there():
    page = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    items = re.findall(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| (met|part|site|none) \|", page, re.MULTILINE)
    named = set(re.findall(r"(?:tests|app|workflows|templates)/[\w/]+\.(?:py|html)", page))

    assert len(items) == len(dict(items)) == 253  # levels 1 and 2 of ASVS 5.0.0
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_the_walk_through_asvs_points_at_commands_and_chapters_that_are_there():
    page = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    chapters = re.findall(r"`SECURITY\.md`, \*([^*]+)\*", page)
    targets = re.findall(r"`make (\w+)", page)
    security = (ROOT / "SECURITY.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert (len(chapters), len(targets)) >= (5, 3)
    assert [each for each in chapters if f"## {each}\n" not in security and f"**{each}.**" not in security] == []
    assert [each for each in targets if f"\n{each}:" not in makefile] == []
