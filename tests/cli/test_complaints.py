"""`flask complaints import|export`: good rows become cases once, bad ones are told; nothing in a table is a formula."""

import csv
import io
import json

import pytest
from sqlalchemy import func, select

from app import cli
from app.accounts.models_watch import StatedReason
from app.cases.models import Case
from app.core.db import session
from app.intake.table import COLUMNS
from tests.factories import a_person, saved
from tests.intake.complaints import REFUSED_RETURN, a_submission, file
from workflows.procedure.authority import Role

HEADINGS = ["reference", "narrative", "name", "phone", "goods_total", "remedy", "amount", "danger"]
GOOD = ["A-1", REFUSED_RETURN, "林小雨", "+8613800138000", "3299.00", "refund", "3299", "no"]


@pytest.fixture(scope="module", autouse=True)
def installed(built_app):
    if "complaints" not in built_app.cli.commands:
        cli.install(built_app)


@pytest.fixture
def run(app):
    def invoke(*arguments):
        done = app.test_cli_runner().invoke(args=["complaints", *map(str, arguments)])
        session().rollback()
        return done

    return invoke


def a_table(tmp_path, *rows, headings=HEADINGS, name="complaints.csv", encoding="utf-8-sig"):
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    path = tmp_path / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def some_lines(tmp_path, *lines):
    path = tmp_path / "complaints.jsonl"
    path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines))
    return path


def cases():
    return session().scalar(select(func.count()).select_from(Case))


def rejected(path):
    text = path.with_name(f"{path.stem}.rejected{path.suffix}").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text))) if path.suffix == ".csv" else [*map(json.loads, text.splitlines())]


def test_a_row_becomes_a_case_like_any_other(run, tmp_path):
    done = run("import", a_table(tmp_path, GOOD))

    assert done.exit_code == 0, done.output
    assert "1 imported, 0 were there already, 0 refused." in done.output
    case = session().scalars(select(Case)).one()
    assert (case.channel, case.anomaly, case.amount_minor, case.currency) == ("import", "return_refusal", 329900, "CNY")
    assert (case.parties[0].name, case.parties[0].phone) == ("林小雨", "+8613800138000")
    assert {"emergency_start", "first_reply", "resolution"} <= {clock.kind for clock in case.clocks}


def test_a_second_import_makes_no_second_case(run, tmp_path):
    without_reference = ["", *GOOD[1:]]
    path = a_table(tmp_path, GOOD, without_reference)
    run("import", path)

    assert "0 imported, 2 were there already, 0 refused." in run("import", path).output
    assert cases() == 2


def test_a_reference_that_comes_back_with_another_text_is_refused(run, tmp_path):
    run("import", a_table(tmp_path, GOOD))
    changed = a_table(tmp_path, [*GOOD[:2], "别人", *GOOD[3:]])

    assert "1 refused" in run("import", changed).output
    assert cases() == 1


BAD = [
    (["B-1", "", "林", "+8613800138000", "", "", "", ""], "narrative: This is required."),
    (["B-2", "退货被拒", "林", "", "", "", "", ""], "complainant"),
    (["B-3", "退货被拒", "林", "12", "", "", "", ""], "complainant/phone"),
    (["B-4", "退货被拒", "林", "+8613800138000", "12.345", "", "", ""], "goods_total: must be an amount"),
    (["B-5", "退货被拒", "林", "+8613800138000", "١٢", "", "", ""], "goods_total: must be an amount"),
    (["B-6", "退货被拒", "林", "+8613800138000", "", "medal", "", ""], "remedies_sought/0/kind"),
    (["B-7", "退货被拒", "林", "+8613800138000", "", "", "", "maybe"], "danger: must be yes or no"),
    (["B-8", "退\0货", "林", "+8613800138000", "", "", "", ""], "narrative"),
    (["B-9", "退货被拒", "林", "+8613800138000", "", "", "", "", "more"], "more cells than"),
    (["B" * 200, "退货被拒", "林", "+8613800138000", "", "", "", ""], "reference: must be 1 to"),
]


def test_bad_rows_keep_no_good_one_out_and_are_told_with_line_and_reason(run, tmp_path):
    path = a_table(tmp_path, *[row for row, _ in BAD], GOOD)
    done = run("import", path)

    assert done.exit_code == 1
    assert f"1 imported, 0 were there already, {len(BAD)} refused." in done.output
    told = rejected(path)
    assert [int(row["import_line"]) for row in told] == list(range(2, len(BAD) + 2))
    for row, (_, reason) in zip(told, BAD, strict=True):
        assert reason in row["import_reason"]


def test_the_rejected_file_is_mended_and_imported(run, tmp_path):
    path = a_table(tmp_path, [*GOOD[:3], "12", *GOOD[4:]], ["C-2", "=1+1 退货被拒", "林", "12", "", "", "", ""])
    run("import", path)
    beside = path.with_name("complaints.rejected.csv")
    assert beside.stat().st_mode & 0o077 == 0
    assert "'=1+1" in beside.read_text()  # a spreadsheet must not calculate what a complainant wrote
    beside.write_text(beside.read_text().replace(",12,", ",+8613800138000,"))

    assert "2 imported" in run("import", beside).output
    assert "=1+1 退货被拒" in [each.narrative for each in session().scalars(select(Case))]


def test_lines_of_json_are_bodies_of_the_api(run, tmp_path):
    body = {"narrative": REFUSED_RETURN, "complainant": {"email": "lin@example.test"}, "reference": "J-1"}
    path = some_lines(
        tmp_path, body, "", "{not json", '{"narrative": "a", "narrative": "b"}', "[1]", body | {"reference": 7},
        body | {"reference": "J-2", "surprise": 1}, "[" * 100_000, body | {"reference": "J-3"},
    )  # fmt: skip
    done = run("import", path)

    assert "2 imported, 0 were there already, 6 refused." in done.output
    reasons = [row["import_reason"] for row in rejected(path)]
    assert [row["import_line"] for row in rejected(path)] == [3, 4, 5, 6, 7, 8]
    assert "a key stands twice" in reasons[1]
    assert "surprise: There is no such field." in reasons[4]
    assert "nested too deeply" in reasons[5]


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (["narative"], "not known: narative"),
        (["phone"], "no column narrative"),
        (["narrative"] * 2, "column twice"),
        ([], "no column"),
    ],
)
def test_a_table_with_other_columns_is_refused_whole(run, tmp_path, headings, told):
    done = run("import", a_table(tmp_path, headings=headings))

    assert done.exit_code == 1
    assert told in done.output
    assert "Nothing was imported" in done.output


def test_a_table_in_another_encoding_says_so_and_is_read_when_named(run, tmp_path):
    path = a_table(tmp_path, GOOD, encoding="gb18030")

    assert "is not in utf-8" in run("import", path).output
    assert "1 imported" in run("import", path, "--encoding", "gb18030").output


def test_the_export_holds_every_case_without_people_and_nothing_a_spreadsheet_calculates(run, monkeypatch):
    monkeypatch.setattr("app.cli.complaints.PAGE", 2)
    numbers = [file(a_submission(narrative=f"={n} 退货被拒")).case.number for n in range(5)]

    rows = list(csv.DictReader(io.StringIO(run("export").output.removeprefix("\ufeff"))))
    assert [row["number"] for row in rows] == numbers[::-1]
    assert "林小雨" not in str(rows)
    assert "退货" not in str(rows)
    assert json.loads(run("export", "--format", "jsonl").output.splitlines()[0])["number"] == numbers[-1]


def test_people_are_exported_for_a_stated_reason_only(run, tmp_path):
    file(a_submission(narrative="=1 退货被拒"))
    lead = saved(a_person, Role.LEAD)
    out = tmp_path / "all.csv"

    assert run("export", "--with-people").exit_code == 1
    assert run("export", "--with-people", "--by", lead.email).exit_code == 1
    assert run("export", "--with-people", "--by", lead.email, "--reason", "Audit 2026", "--out", out).exit_code == 0
    assert out.stat().st_mode & 0o077 == 0
    (row,) = csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")))
    assert (row["name"], row["narrative"]) == ("林小雨", "'=1 退货被拒")
    stated = session().scalars(select(StatedReason)).one()
    assert (stated.user_id, stated.reason) == (lead.id, "Audit 2026")


def test_every_column_has_its_place_in_the_body(run, tmp_path):
    values = {
        "narrative": REFUSED_RETURN, "language": "zh-Hans", "anomaly": "return_refusal", "danger": "yes", "name": "林",
        "phone": "13800138000", "email": "a@example.test", "contact_by": "phone", "hours": "晚上",
        "on_behalf_of": "母亲",
        "respondent": "晴川服饰", "respondent_id": "", "order_id": "O-1", "category": "apparel", "goods_total": "199",
        "currency": "CNY", "submitted_at": "2026-08-30T10:00:00+08:00", "delivered_at": "2026-08-31T10:00:00+08:00",
        "received_at": "2026-08-31T11:00:00+08:00", "remedy": "refund", "amount": "199.00", "remedy_note": "全额",
    }  # fmt: skip
    assert set(values) == set(COLUMNS)
    done = run("import", a_table(tmp_path, list(values.values()), headings=list(values)))

    assert "1 imported" in done.output, done.output
    case = session().scalars(select(Case)).one()
    assert (case.order_facts["goods_total_minor"], case.danger, case.parties[0].on_behalf_of) == (19900, True, "母亲")
