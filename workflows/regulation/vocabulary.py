"""From the rulebook's files to the words of its rules: names of facts, sentences of findings, absolute wording."""

import re
from string import Formatter

from workflows.regulation import entries as kinds
from workflows.regulation.errors import Quoted, Words
from workflows.regulation.loading import File, finish, key_of, number_of
from workflows.regulation.reading import Entry, Folder
from workflows.regulation.text import LANGUAGES, Text3

SPOKEN = ("zh", "en")


def terms(folder: Folder) -> tuple[kinds.Term, ...]:
    """Return the names of facts."""
    return File(folder, "terms.toml").read(Words("term"), "key", _term)


def _term(_: File, entry: Entry) -> kinds.Term:
    return finish(entry, kinds.Term(key=key_of(entry, "key"), name=entry.text3("name")))


def explanations(folder: Folder) -> tuple[kinds.Explanation, ...]:
    """Return the sentences of findings."""
    return File(folder, "explanations.toml").read(Words("explanation"), "key", _explanation)


def _explanation(_: File, entry: Entry) -> kinds.Explanation:
    text = entry.text3("text")
    blanks = [_blanks(entry, text, language) for language in LANGUAGES]
    if unlike := frozenset.union(*blanks) - frozenset.intersection(*blanks):
        names = ", ".join(sorted(unlike))
        raise entry.fail("'text' does not name the same facts in each language: %(names)s", names=names)
    return finish(entry, kinds.Explanation(clause=number_of(entry, "clause"), key=key_of(entry, "key"), text=text))


def _blanks(entry: Entry, text: Text3, language: str) -> frozenset[str]:
    """Return the names in braces. Raises: RulebookError for braces that cannot be filled."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(text.in_(language)) if name is not None]
    except ValueError as mistake:
        raise entry.fail("'text' in %(language)s: %(mistake)s", language=language, mistake=Quoted(mistake)) from mistake
    if not all(name.isidentifier() for name in names):
        raise entry.fail("'text' in %(language)s has braces without a name", language=language)
    return frozenset(names)


def order_fields(folder: Folder) -> tuple[kinds.OrderField, ...]:
    """Return what of an order can be changed."""
    return File(folder, "order_fields.toml").read(Words("order_field"), "key", _order_field)


def _order_field(file: File, entry: Entry) -> kinds.OrderField:
    return finish(
        entry,
        kinds.OrderField(**file.named(entry), aliases=entry.strings("aliases"), protected=entry.flag("protected")),
    )


def required(folder: Folder) -> tuple[kinds.Required, ...]:
    """Return what a listing must say and what proof a request needs."""
    return File(folder, "required.toml").read(Words("required"), "key", _required)


def _required(file: File, entry: Entry) -> kinds.Required:
    return finish(entry, kinds.Required(**file.named(entry)))


def proofs(folder: Folder) -> tuple[kinds.Proof, ...]:
    """Return what proves each anomaly, in the order in which people are asked for it."""
    return File(folder, "proof.toml").read(Words("proof"), "key", _proof)


def _proof(file: File, entry: Entry) -> kinds.Proof:
    anomalies, side = entry.strings("anomalies"), entry.choice("side", ("consumer", "respondent"))
    return finish(entry, kinds.Proof(**file.named(entry), anomalies=anomalies, side=side))


def signs(folder: Folder) -> tuple[kinds.Sign, ...]:
    """Return what an inspection of goods and packaging can see."""
    return File(folder, "inspection.toml").read(Words("sign"), "key", _sign)


def _sign(file: File, entry: Entry) -> kinds.Sign:
    points_to = entry.choice("points_to", ("quality", "transit_damage")) if entry.has("points_to") else None
    seen_on = entry.choice("seen_on", ("packaging", "damage"))
    return finish(entry, kinds.Sign(**file.named(entry), seen_on=seen_on, points_to=points_to))


def wordings(folder: Folder) -> tuple[kinds.Wording, ...]:
    """Return how each language words absolute claims."""
    return File(folder, "absolute_wording.toml").read(Words("wording"), "language", _wording)


def _wording(file: File, entry: Entry) -> kinds.Wording:
    return finish(
        entry,
        kinds.Wording(
            language=entry.choice("language", SPOKEN),
            claims=_pattern(entry, "claims"),
            harmless=_pattern(entry, "harmless"),
            negation=_pattern(entry, "negation", ending=True),
            mention_before=_pattern(entry, "mention_before", ending=True),
            mention_after=_pattern(entry, "mention_after"),
            **file.dated(entry),
        ),
    )


def merits(folder: Folder) -> tuple[kinds.Merits, ...]:
    """Return how a refusal disputes the defect itself."""
    return File(folder, "refusals.toml").read(Words("merits"), "language", _merits)


def _merits(file: File, entry: Entry) -> kinds.Merits:
    language = entry.choice("language", SPOKEN)
    return finish(entry, kinds.Merits(language=language, pattern=_pattern(entry, "words"), **file.dated(entry)))


def _pattern(entry: Entry, key: str, *, ending: bool = False) -> re.Pattern[str]:
    """Return one pattern for a list of them; `ending` asks that the text ends there."""
    every = entry.strings(key)
    if not every:
        raise entry.fail("'%(key)s' is missing", key=key)
    try:
        return re.compile(f"(?:{'|'.join(every)})" + ("$" if ending else ""), re.IGNORECASE)
    except re.error as mistake:
        raise entry.fail("'%(key)s' is not a pattern: %(mistake)s", key=key, mistake=Quoted(mistake)) from mistake
