"""An S3-style store takes the folder's place: the same files, the same order, and a plain word when it is away."""

import json
from io import BytesIO

import pytest
from sqlalchemy import event, select

import config
from app.backup import creating, restoring
from app.backup.copying import Silence
from app.cases.models import Case
from app.core import clock, storage
from app.core.bucket import Bucket, StoreAway
from app.core.db import db, session
from app.core.storage import PIECE, TAG_BYTES, name_of, store
from app.core.uploads import take
from app.evidence import previews
from app.evidence.models import Evidence
from app.factory import create_app
from app.intake.models import IdempotencyKey
from app.monitoring import health, words
from app.post import child
from tests.backup.conftest import LOCK, OPENER, elsewhere, files_here, rows_here, system  # noqa: F401 -- fixtures
from tests.core.buckets import NAME, served
from tests.evidence.files import a_photo

COMPLAINT = {"narrative": "商家拒绝退货。", "complainant": {"name": "Lin", "email": "lin@example.test"}}
HASH = "0" * 64


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of buckets, as long as this file's tests run."""
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def bucket(app, server, tmp_path, request):
    """A bucket in the place of the folder."""
    found = server.bucket(tmp_path, prefix=f"desk/{abs(hash(request.node.name))}")
    storage.use(tmp_path / "spool", found)
    return found


def test_what_is_put_is_there_byte_for_byte_and_nothing_stays_on_the_disk(bucket, server, tmp_path):
    content = a_photo(size=(1_600, 1_200))
    kept = store().put_bytes(content)

    assert store().read(kept.ref) == content
    assert list(bucket.entries()) == [(name_of(kept.ref), len(content) + TAG_BYTES * (1 + (len(content) - 1) // PIECE))]
    assert [
        path.name for path in (server.folder / NAME).rglob("*") if path.is_file() and path.name == name_of(kept.ref)
    ]
    assert not [path for path in (tmp_path / "spool").rglob("*") if path.is_file()]


def test_files_larger_than_one_piece_are_put_whole(bucket):
    content = bytes(range(256)) * 4 * 1024 * 12  # 12 MB

    assert store().read(store().put_bytes(content).ref) == content


def test_what_is_not_there_is_told_as_by_a_folder(bucket):
    kept = store().put_bytes(b"a receipt")
    bucket.remove(name_of(kept.ref))
    bucket.remove(name_of(kept.ref))  # once more is no mistake

    for ref in (kept.ref, f"{HASH}.{HASH}"):
        with pytest.raises(FileNotFoundError):
            store().open(ref)
    with pytest.raises(ValueError, match="not a ref"):
        store().open("../../secret.key")


@pytest.mark.parametrize("fault", ["other keys", "no such bucket", "nobody answers", "no file of keys"])
def test_a_store_that_takes_nothing_is_away(server, tmp_path, fault):
    url = server.url(bucket="another" if fault == "no such bucket" else NAME)
    keys = server.keys(tmp_path, secret="wrong" if fault == "other keys" else "")
    if fault == "nobody answers":
        url = url.replace(f":{server.port}", ":9")
    if fault == "no file of keys":
        keys[0].unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.core.bucket.AGAIN", {"max_retries": 0})
        shelf = Bucket(url, keys)
        (tmp_path / "file").write_bytes(b"x")
        with pytest.raises(StoreAway) as refused:
            shelf.settle(tmp_path / "file", HASH)

    assert server.secret not in str(refused.value)
    assert (tmp_path / "file").exists()


# --- the whole system with it -----------------------------------------------------------------------------------------


def complain(client, key="k-1"):
    return client.post("/api/v1/complaints", json=COMPLAINT, headers={"Idempotency-Key": key})


def test_a_file_is_in_the_bucket_before_the_row_that_names_it_is_committed(bucket, client):
    seen = []

    def look(current, *_):
        if originals := {name_of(row.original_ref) for row in current.new if isinstance(row, Case)}:
            seen.append(originals <= {name for name, _size in bucket.entries()})

    event.listen(db.session, "before_flush", look)
    try:
        number = complain(client).get_json()["case_number"]
    finally:
        event.remove(db.session, "before_flush", look)

    assert seen == [True]
    case = session().scalars(select(Case).where(Case.number == number)).one()
    assert json.loads(store().read(case.original_ref))["narrative"] == COMPLAINT["narrative"]


def test_while_the_store_is_away_nothing_is_acknowledged_and_later_it_is_taken(app, client, bucket, server, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.core.bucket.AGAIN", {"max_retries": 0})
        storage.use(tmp_path / "spool", Bucket(server.url().replace(f":{server.port}", ":9"), server.keys(tmp_path)))
        refused = complain(client)
        problems = {each.code: each for each in health.report(clock.now()).problems}
    session().rollback()

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert session().scalars(select(Case)).all() == session().scalars(select(IdempotencyKey)).all() == []
    assert problems["files_away"].grave
    with app.test_request_context("/en/"):
        assert "storage" in words.told(problems["files_away"])[0]
    storage.use(tmp_path / "spool", bucket)
    assert complain(client).status_code == 201
    assert "files_away" not in {each.code for each in health.report(clock.now()).problems}


def test_exhibits_their_previews_and_their_downloads(bucket, client):
    photo = a_photo(size=(640, 480))
    filed = complain(client).get_json()
    bearer = {"Authorization": f"Bearer {filed['access_token']}"}
    address = f"/api/v1/cases/{filed['case_number']}/evidence"
    answer = client.post(address, data={"file": (BytesIO(photo), "a.jpg")}, headers=bearer)
    assert answer.status_code == 201, answer.get_json()

    exhibit = session().scalars(select(Evidence)).one()
    assert len(previews.make(exhibit.id).pictures) == 1
    assert store().read(exhibit.ref) == photo
    assert client.get(f"{address}/1", headers=bearer).data == photo


def test_a_mail_is_read_from_it(bucket):
    raw = b"From: lin@example.test\r\nSubject: Coat\r\n\r\nThe shop refuses to take it back.\r\n"
    with child.opened(store().put_bytes(raw).ref) as message:
        assert message.told["subject"] == "Coat"


def test_a_backup_takes_it_along_and_brings_it_to_another_bucket(bucket, system, elsewhere, server, tmp_path):  # noqa: F811
    from tests.backup.conftest import a_complaint

    a_complaint()
    rows, files = rows_here(), files_here()
    creating.create(tmp_path / "backup", LOCK, at=clock.now(), progress=Silence())

    with elsewhere():
        storage.use(tmp_path / "other", server.bucket(tmp_path, prefix="another/desk"))
        restoring.restore(tmp_path / "backup", OPENER, progress=Silence())
        assert rows_here() == rows
        assert {**files_here(), "people.key": None} == {**files, "people.key": None}
        with pytest.raises(restoring.BackupRefused, match="empty place"):
            restoring.restore(tmp_path / "backup", OPENER, progress=Silence())
        store().shelf.clear()
        assert list(store().shelf.entries()) == []


# --- how it is named --------------------------------------------------------------------------------------------------


def test_a_setting_puts_the_bucket_in_the_folders_place(server, tmp_path, app):
    file, profile = server.keys(tmp_path)
    named = {"EVIDENCE_URL": server.url("set"), "AWS_SHARED_CREDENTIALS_FILE": str(file), "AWS_PROFILE": profile}
    other = create_app(config.load({"DATA_DIR": str(tmp_path / "data")} | named))
    with other.app_context():
        kept = take("a.jpg", BytesIO(a_photo()))
        names = {name_of(kept.ref), name_of(kept.shared_ref)}
        assert names == {name for name, _size in server.bucket(tmp_path, "set").entries()}
        db.engine.dispose()


@pytest.mark.parametrize(
    "url",
    ["https://s3.example.org/b", "s3://", "s3://key:secret@bucket/x", "s3://b?endpoint=ftp://h", "s3://b?secret=x"],
)
def test_an_address_that_is_none_is_refused_without_telling_it(tmp_path, url):
    with pytest.raises(config.SettingError, match="s3://bucket/prefix") as refused:
        config.load({"DATA_DIR": str(tmp_path), "EVIDENCE_URL": url})

    assert "secret@" not in str(refused.value)


def test_a_file_of_keys_that_cannot_be_read_is_told_at_the_start(tmp_path):
    with pytest.raises(config.SettingError, match="AWS_SHARED_CREDENTIALS_FILE"):
        config.load({
            "DATA_DIR": str(tmp_path), "EVIDENCE_URL": "s3://b", "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")
        })  # fmt: skip
