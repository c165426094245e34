"""Settings: everything has a default, and what cannot be used is refused with the reason."""

import pytest

import config


def load(tmp_path, **environ):
    return config.load({"DATA_DIR": str(tmp_path)} | environ)


def test_nothing_has_to_be_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    settings = config.load({})

    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/heng.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.redis_url is None


def test_a_variable_that_is_set_to_nothing_is_not_set(tmp_path):
    settings = load(tmp_path, PORT="", BASE_URL="", REDIS_URL="", DATABASE_URL="")

    assert (settings.port, settings.base_url, settings.redis_url) == (8000, "http://127.0.0.1:8000", None)


def test_folder_and_key_are_made_for_the_owner_only_and_the_key_stays(tmp_path):
    first, again = load(tmp_path / "new"), load(tmp_path / "new")

    assert first.secret_key == again.secret_key
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("desk.internal", "http://desk.internal:8123"),
    ],
)
def test_without_a_public_address_links_lead_to_where_this_machine_listens(tmp_path, host, url):
    assert load(tmp_path, HOST=host, PORT="8123").base_url == url


def test_the_hosts_that_are_answered_are_ours(tmp_path):
    settings = load(tmp_path, BASE_URL="https://desk.example.org/", TRUSTED_HOSTS="a.example, b.example")

    assert settings.trusted_hosts == ("desk.example.org", "localhost", "127.0.0.1", "a.example", "b.example")
    assert settings.secure_cookies


@pytest.mark.parametrize(
    "environ",
    [
        {"PORT": "http"},
        {"PORT": "0"},
        {"PORT": "65536"},
        {"PORT": "١"},
        {"BASE_URL": "desk.example.org"},
        {"BASE_URL": "https://desk.example.org/path"},
        {"BASE_URL": "ftp://desk.example.org"},
        {"DATA_DIR": "/dev/null/var"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused_by_name(tmp_path, environ):
    with pytest.raises(config.SettingError, match=next(iter(environ))):
        load(tmp_path, **environ)


def test_a_key_that_is_too_short_is_refused(tmp_path):
    (tmp_path / "secret.key").write_text("short")

    with pytest.raises(config.SettingError, match="fewer than 32"):
        load(tmp_path)
