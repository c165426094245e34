"""A minimal Flask application that shows every component with invented content: the gallery.

Returns pages in the language and colours that the query asks for (`?lang=zh-Hant&theme=dark`). It stands in for
the product's context (language links, navigation, filters), so that the design can be tested on its own.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, abort, flash, render_template, request
from flask_babel import Babel
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.web.security import POLICY

ROOT = Path(__file__).parents[2]
LANGUAGES = {"en": "EN", "zh-Hans": "简", "zh-Hant": "繁"}
NOW = datetime(2026, 11, 23, 5, 38, tzinfo=UTC)
PAGES = ("file-step", "track", "queue", "form", "parts", "committee", "composer", "home", "register")
ERRORS = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503)


ANSWERS = {
    "problem": {
        "0": ("My order did not arrive", "没收到货", "沒收到貨"),
        "1": ("Something is wrong with the item", "商品有问题", "商品有問題"),
        "2": ("I have not got my refund", "退款没到账", "退款沒到帳"),
        "3": ("I was charged too much", "多扣了钱", "多扣了錢"),
        "4": ("I am not sure", "我不确定", "我不確定"),
    },
    "danger": {"yes": ("Yes, it is urgent", "是，很紧急", "是，很緊急"), "no": ("No", "不是", "不是")},
    "remedies": {"refund": ("Refund", "退款", "退款"), "replace": ("Replacement", "换货", "換貨")},
    "audience": {
        "both": ("Both", "双方", "雙方"),
        "consumer": ("Consumer", "消费者", "消費者"),
        "respondent": ("Respondent", "被申诉方", "被申訴方"),
        "internal": ("Internal", "内部", "內部"),
    },
    "vote": {
        "uphold": ("Uphold", "支持", "支持"),
        "partly": ("Partly", "部分支持", "部分支持"),
        "reject": ("Reject", "不支持", "不支持"),
    },
}


class Ticks(SelectMultipleField):
    """Several answers as ticks, as the product's forms do it."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class GalleryForm(FlaskForm):
    """One field of every kind, each with the validator that shows its error."""

    problem = RadioField("problem", validators=[InputRequired("Choose what went wrong.")])
    danger = RadioField("danger", validators=[InputRequired("Say whether anyone is in danger.")])
    remedies = Ticks("remedies", validators=[InputRequired("Choose at least one.")])
    order = StringField("Order number", validators=[InputRequired("Enter the order number.")])
    phone = TelField("Phone")
    story = TextAreaField("What happened?", validators=[InputRequired("Tell us what happened."), Length(max=2000)])
    bought_on = DateField("When did you buy it?", validators=[InputRequired("Enter the day.")])
    amount = DecimalField("Amount")
    channel = SelectField(
        "How shall we reach you?", choices=[SelectChoice("phone", "Phone"), SelectChoice("email", "E-mail")]
    )
    files = MultipleFileField("Photos and files")
    true = BooleanField("What I say is true", validators=[InputRequired("Confirm that it is true.")])
    audience = RadioField("audience", default="consumer")
    vote = RadioField("vote", validators=[InputRequired("Choose one.")])
    reason = TextAreaField("Reasons", validators=[InputRequired("Give your reasons.")])


def clock(tone: str, label: str, text: str, hours: float, due_text: str) -> dict:
    """Return a clock as the product hands it to the macros; `hours` from now to its end."""
    return {"kind": tone, "tone": tone, "label": label, "text": text, "due_text": due_text,
            "due_at": NOW + timedelta(hours=hours), "clause": "2.1.7.1"}  # fmt: skip


def gallery_form(say, errors: bool) -> GalleryForm:
    """Return the form with its choices in the reader's language, refused if `errors`."""
    form = GalleryForm(formdata=None)
    for name, answers in ANSWERS.items():
        form[name].choices = [SelectChoice(value, say(*words)) for value, words in answers.items()]
    form.problem.data = None if errors else "1"
    form.bought_on.data = date(2026, 11, 3)
    if errors:
        for field in form:
            if field.flags.required:
                field.errors = [say(f"Please answer: {field.label.text}", "请回答这一项", "請回答這一項")]
    return form


def compiled(folder: Path) -> Path:
    """Compile the design room's catalogues into `folder` and return it."""
    for locale in ("zh_Hans", "zh_Hant"):
        target = folder / locale / "LC_MESSAGES" / "design.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with (ROOT / "translations" / locale / "LC_MESSAGES" / "design.po").open("rb") as source:
            catalog = read_po(source, locale=locale)
        with target.open("wb") as out:
            write_mo(out, catalog)
    return folder


def stand_in(name: str, *pages: str) -> Blueprint:
    """Return stand-ins for the addresses of a blueprint that the frame links to."""
    blueprint = Blueprint(name, __name__)
    for page in pages:
        blueprint.add_url_rule(f"/{page}", endpoint=page, view_func=lambda: "", methods=["GET", "POST"])
    return blueprint


def create_gallery(catalogues: Path) -> Flask:
    """Return the gallery application; compiled translations are written to `catalogues`."""
    app = Flask("gallery", static_folder=str(ROOT / "static"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent)])
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_ENABLED=False, TESTING=True,
                      BABEL_TRANSLATION_DIRECTORIES=str(compiled(catalogues)), BABEL_DOMAIN="design")  # fmt: skip
    Babel(app, locale_selector=lambda: language().replace("-", "_"))
    app.jinja_env.filters.update(
        instant=lambda at: f"{at:%d.%m.%Y %H:%M} (UTC)", day=lambda d: f"{d:%d.%m.%Y}",
        money=lambda minor, currency: f"¥{minor / 100:,.2f}", clause_url=lambda no: f"/rules#{no}",
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    app.register_blueprint(stand_in("accounts", "sign_in", "sign_out"))
    app.register_blueprint(stand_in("accounts_own", "account"))
    app.context_processor(context)
    app.add_url_rule("/gallery/<page>", view_func=show, endpoint="show")
    app.add_url_rule(
        "/error/<int:code>", view_func=lambda code: render_template(f"errors/{code}.html"), endpoint="error"
    )
    app.after_request(strict)
    return app


def strict(response):
    """Set the product's content security policy."""
    response.headers["Content-Security-Policy"] = POLICY.format(nonce="gallery")
    return response


def language() -> str:
    tag = request.args.get("lang", "en")
    return tag if tag in LANGUAGES else "en"


def context() -> dict:
    """Return what the product's context processors put into every page."""
    tag = language()
    say = {"en": lambda en, *_: en, "zh-Hans": lambda _, hans, __: hans, "zh-Hant": lambda *all_: all_[2]}[tag]
    here = dict(request.args)
    links = [{"tag": t, "label": label, "current": t == tag, "url": "?" + "&".join(
        f"{k}={v}" for k, v in (here | {"lang": t}).items())} for t, label in LANGUAGES.items()]  # fmt: skip
    return {
        "html_lang": tag, "say": say, "language_links": links, "csp_nonce": "gallery", "help_phone": "400-000-1234",
        "theme": request.args.get("theme"), "now": NOW, "clock": clock, "case_number": "H2026-000123-7",
        "footer_items": [{"label": say("Rules", "规则", "規則"), "url": "/rules"}],
        "timedelta": timedelta,
    }  # fmt: skip


def show(page: str):
    """Show one gallery page; `?errors=1` shows it as after a refused submit."""
    if page not in PAGES:
        abort(404)
    say = context()["say"]
    if "HX-Request" in request.headers:
        return '<h2 class="case-h">Marked as delivered, never received</h2><a data-key="r" href="#">Reply</a>'
    if page == "parts":
        for category in ("success", "message", "warning", "error"):
            flash(say("Your answer was sent.", "你的答复已发送。", "你的答覆已送出。"), category)
    staff = page in ("queue", "composer", "committee")
    return render_template(
        f"gallery/{page}.html",
        form=gallery_form(say, "errors" in request.args),
        current_user=SimpleNamespace(
            is_authenticated=staff, user=SimpleNamespace(name=say("Ms Shen", "沈调解员", "沈調解員"))
        ),
        nav_items=[{"label": say(*words), "url": "/gallery/queue", "current": i == 0, "count": 7 if i == 0 else None}
                   for i, words in enumerate([("Queue", "队列", "佇列"), ("Phone", "电话受理", "電話受理"),
                                              ("Committee", "委员会", "委員會"), ("Rules", "规则库", "規則庫")])]
                  if staff else [],
    )  # fmt: skip
