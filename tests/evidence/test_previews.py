"""Previews: made in a child process with limits; whatever breaks it leaves the exhibit as it was."""

import os
import subprocess
import sys
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from app.cases import queries as cases
from app.core.db import transaction
from app.core.storage import store
from app.core.uploads import take
from app.evidence import office, previews, queries, service
from app.evidence.previews import rendered
from tests.core.test_uploads import bomb
from tests.evidence.files import (
    A_HEIC,
    AUTHOR,
    OFFICE_PARTS,
    PLACE,
    a_film,
    a_pdf,
    a_photo,
    a_sound,
    an_authors_pdf,
    an_office_file,
)
from tests.factories import a_case, a_person, an_act, complaining, saved, sign_in
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState


def kept(content):
    return store().put_bytes(content).ref


def made_of(content, media_type):
    return rendered(kept(content), media_type)


def size_of(picture):
    with Image.open(BytesIO(picture)) as opened:
        return opened.size


def test_a_picture_gets_a_small_one_that_tells_nothing_but_what_is_seen(app):
    made = made_of(a_photo(size=(3_000, 2_000)), "image/jpeg")

    assert [size_of(each) for each in made.pictures] == [(320, 213)]
    assert b"Telephone" not in made.pictures[0]
    assert made.told == {"width": 3_000, "height": 2_000}


def test_the_first_pages_of_a_pdf_become_pictures(app):
    made = made_of(a_pdf(7), "application/pdf")

    assert (made.told, len(made.pictures)) == ({"pages": 7}, 6)


@pytest.mark.parametrize(("form", "media_type"), [("mov", "video/quicktime"), ("matroska", "video/x-matroska")])
def test_a_film_gets_its_first_picture_and_a_copy_without_its_place(app, form, media_type):
    film = a_film(form)
    assert PLACE.encode() in film

    made = made_of(film, media_type)

    assert [size_of(each) for each in made.pictures] == [(64, 48), (64, 48)]
    assert (made.told["seconds"], made.told["width"]) == (0.5, 64)
    assert PLACE.encode() not in made.copy
    assert made_of(made.copy, media_type).told["width"] == 64  # it still plays


@pytest.mark.parametrize(
    ("form", "codec", "media_type"), [("wav", "pcm_s16le", "audio/x-wav"), ("mp3", "libmp3lame", "audio/mpeg")]
)
def test_a_recording_gets_its_wave_and_a_copy_without_its_tags(app, form, codec, media_type):
    made = made_of(a_sound(form, codec), media_type)

    assert made.told["seconds"] == pytest.approx(2, abs=0.2)
    assert made.told["peaks"][-2] > made.told["peaks"][2]  # it rises
    assert made.copy
    assert PLACE.encode() not in made.copy
    assert b"Telephone" not in made.copy


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (bomb(60_000, 60_000), "image/png", "limit"),
        (b"%PDF-1.4 nonsense", "application/pdf", "broken"),
        (b"GIF89a<script>", "image/gif", "broken"),
        (b"PK\x03\x04" + b"\0" * 100, "application/zip", "type"),
        (a_film()[:200], "video/quicktime", "type"),
    ],
)
def test_what_cannot_be_shown_has_no_preview_and_says_why(app, content, media_type, why):
    made = made_of(content, media_type)

    assert (made.pictures, made.copy) == ([], b"")
    assert made.why_none in (why, "broken")


def test_a_child_that_does_not_end_is_ended(app, monkeypatch):
    monkeypatch.setattr(previews, "PATIENCE_S", 0.01)

    assert made_of(a_photo(), "image/jpeg").why_none == "limit"


def test_the_child_can_open_neither_files_nor_the_network():
    code = (
        "from app.evidence.rendering import _warm_up, _limit; import socket\n"
        "_warm_up('image', 'image/jpeg'); _limit()\n"
        "for act in (lambda: open('/etc/passwd'), lambda: socket.socket(), lambda: __import__('os').pipe()):\n"
        "    try: act(); print('done')\n"
        "    except OSError as refused: print(refused.errno)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=os.getcwd(), check=True)

    assert done.stdout.split() == ["24", "24", "24"]


# --- in a case --------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(app):
    return saved(a_case, CaseState.MEDIATION)


def shown(case, content, name="film.mov"):
    """Add a file as the complainant and have its preview made, as the worker does."""
    with transaction():
        [exhibit] = service.add(cases.case_to_work(case.id), [take(name, BytesIO(content))], act=complaining(case))
    for evidence_id in previews.waiting(case.id):
        made = previews.make(evidence_id)
        for _ in range(2):  # twice is harmless
            with transaction():
                previews.keep(evidence_id, made, act=an_act())
    return queries.numbered(case, exhibit.number)


def respondent_of(case):
    return saved(a_person, Role.RESPONDENT, organisation_id=case.respondent_id)


def test_the_other_side_gets_a_film_only_once_its_place_is_gone(case):
    reader = respondent_of(case).actor()
    with transaction():
        service.add(cases.case_to_work(case.id), [take("film.mov", BytesIO(a_film()))], act=complaining(case))
    assert queries.copy_for(queries.of_case(case)[0], reader) is None

    [evidence_id] = previews.waiting(case.id)
    made = previews.make(evidence_id)
    with transaction():
        previews.keep(evidence_id, made, act=an_act())

    ref, name, media_type = queries.copy_for(queries.of_case(case)[0], reader)
    assert (name, media_type) == ("film.mp4", "video/mp4")
    assert PLACE.encode() not in store().read(ref)


def test_what_a_telephone_takes_is_shown_as_a_copy_without_its_place(client, case):
    assert b"Telephone" in A_HEIC
    exhibit = shown(case, A_HEIC, "IMG_0001.HEIC")
    sign_in(client, respondent_of(case))

    page = client.get(f"/evidence/{exhibit.id}/view").text
    given = client.get(f"/evidence/{exhibit.id}", buffered=True)

    assert f"/evidence/{exhibit.id}/picture" in page
    assert "IMG_0001.jpg" in given.headers["Content-Disposition"]
    assert b"Telephone" not in given.data
    assert size_of(given.data) == (64, 48)
    with Image.open(BytesIO(given.data)) as copy:
        assert dict(copy.getexif()) == {}


def test_the_other_side_gets_a_pdf_without_its_author_s_name(client, case):
    content = an_authors_pdf()
    exhibit = shown(case, content, "receipt.pdf")
    sign_in(client, respondent_of(case))

    given = client.get(f"/evidence/{exhibit.id}", buffered=True).data

    assert AUTHOR.encode() in content
    assert given.startswith(b"%PDF")
    assert AUTHOR.encode() not in given
    assert made_of(given, "application/pdf").told == {"pages": 1}
    assert store().read(exhibit.ref) == content


def test_a_pdf_that_is_locked_or_signed_is_handed_on_as_it_is(app):
    for content in (an_authors_pdf(locked="owner"), an_authors_pdf(signed=True)):
        made = made_of(content, "application/pdf")
        assert (made.copy, made.why_none) == (b"", None)


@pytest.mark.parametrize("kind", OFFICE_PARTS)
def test_the_other_side_gets_an_office_document_without_its_authors_names(client, case, kind):
    content = an_office_file(kind)
    exhibit = shown(case, content, f"list.{kind}")
    sign_in(client, respondent_of(case))

    given = client.get(f"/evidence/{exhibit.id}", buffered=True)

    parts, theirs = unpacked(content), unpacked(given.data)
    assert list(theirs) == list(parts)
    assert [name for name in parts if AUTHOR.encode() in parts[name]]
    assert not any(AUTHOR.encode() in part or b"Telephone" in part for part in theirs.values())
    assert b"The coat was never worn" in b"".join(theirs.values())
    assert f"list.{kind}" in given.headers["Content-Disposition"]
    assert store().read(exhibit.ref) == content


def unpacked(content):
    with ZipFile(BytesIO(content)) as document:
        return {name: document.read(name) for name in document.namelist()}


def test_what_a_table_is_called_is_no_author(app):
    copy = made_of(an_office_file("xlsx"), office.TYPES[1]).copy

    assert b'displayName="Orders"' in unpacked(copy)["xl/tables/table1.xml"]


def test_an_office_document_inside_another_forgets_its_author_too(app):
    inner = an_office_file("docx")
    outer = an_office_file("xlsx", more={"xl/embeddings/inner.docx": inner})

    copy = unpacked(made_of(outer, office.TYPES[1]).copy)["xl/embeddings/inner.docx"]

    assert AUTHOR.encode() not in b"".join(unpacked(copy).values())


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"_xmlsignatures/sig1.xml": "<Signature/>"}, "type"),
        ({"META-INF/manifest.xml": "<m><encryption-data/></m>"}, "type"),
        ({f"word/{n}.xml": "<a>" + " " * 29_000_000 + "</a>" for n in range(8)}, "limit"),
        ({"word/big.xml": "<a>" + " " * 31_000_000 + "</a>"}, "limit"),
        ({"word/laughs.xml": '<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;">]><a>&c;</a>'}, "type"),
        ({"word/broken.xml": "<a><b></a>"}, "broken"),
    ],
)
def test_one_that_is_signed_locked_or_too_large_is_handed_on_as_it_is(app, more, why):
    made = made_of(an_office_file("docx", more=more), office.TYPES[0])

    assert made.why_none == why
    assert bool(made.copy) is ("word/laughs.xml" in more)


def test_until_the_copy_is_made_the_other_side_waits(client, case):
    with transaction():
        [exhibit] = service.add(cases.case_to_work(case.id), [take("a.pdf", BytesIO(an_authors_pdf()))],
                                act=complaining(case))  # fmt: skip
    sign_in(client, respondent_of(case))

    assert client.get(f"/evidence/{exhibit.id}").status_code == 404
    assert "without its author" in client.get(f"/evidence/cases/{case.number}").text


@pytest.mark.parametrize(
    ("content", "name", "seen"),
    [
        (a_photo(), "photo.jpg", "<img"),
        (a_pdf(2), "paper.pdf", 'alt="Page 2"'),
        (a_film(), "film.mov", "<video"),
        (a_sound(), "call.wav", "<audio"),
        ("收到的外套有破洞".encode("gb18030"), "chat.txt", "收到的外套有破洞"),
        (b"PK\x03\x04" + b"\0" * 100, "all.zip", "No preview for this kind of file"),
    ],
)
def test_each_kind_has_a_page_of_its_own(client, case, content, name, seen):
    exhibit = shown(case, content, name)
    sign_in(client, respondent_of(case))

    page = client.get(f"/evidence/{exhibit.id}/view")

    assert page.status_code == 200
    assert seen in page.text
    for path in ("preview", "preview/1"):
        assert client.get(f"/evidence/{exhibit.id}/{path}", buffered=True).status_code in (200, 404)


def test_a_preview_is_for_those_who_see_the_case_only(client, case):
    exhibit = shown(case, a_film())
    sign_in(client, saved(a_person, Role.RESPONDENT, organisation_id=saved(a_case).respondent_id))

    for path in ("preview", "preview/1", "view"):
        assert client.get(f"/evidence/{exhibit.id}/{path}").status_code == 404
