"""The house rules that no off-the-shelf tool checks, each as a function from a tree to its violations.

A function takes the project's root, so that tests can show it a tree with a planted violation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES, VIEW_LINES = 400, 40, 15
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "data", "info", "misc"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield (path from the root, syntax tree) of our Python files, or of those in `folders`."""
    found = [file for folder in folders or ("app", "workflows", "tests") for file in root.glob(f"{folder}/**/*.py")]
    for file in sorted(found if folders else [*found, *root.glob("*.py")]):
        yield file.relative_to(root).as_posix(), _parsed(file)


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def functions(tree: ast.Module) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a chain of attributes, and what is known of its end for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    yield from ((node.lineno, dotted(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield every module or name that is imported, dotted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# --- sizes and names -----------------------------------------------------------------------------------------------


def long_files(root: Path) -> list[str]:
    sizes = {path: len((root / path).read_text("utf-8").splitlines()) for path, _ in modules(root)}
    return [f"{path} has {lines} lines" for path, lines in sizes.items() if lines > FILE_LINES]


def _lines(function: Function) -> int:
    """Return the lines of a function from `def` to its end, its docstring not counted."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def long_functions(root: Path) -> list[str]:
    """Return the product's functions that are too long. (A test's sample may be one long call.)"""
    return [
        f"{path}:{function.lineno} {function.name} has {_lines(function)} lines"
        for path, tree in modules(root, "app", "workflows")
        for function in functions(tree)
        if _lines(function) > (VIEW_LINES if _is_view(path, function) else FUNCTION_LINES)
    ]


def _is_view(path: str, function: Function) -> bool:
    verbs = {"route", "get", "post", "put", "patch", "delete"}
    called = {dotted(d.func).rpartition(".")[2] for d in function.decorator_list if isinstance(d, ast.Call)}
    return path.startswith("app/") and bool(called & verbs)


def forbidden_names(root: Path) -> list[str]:
    named = {path: {Path(path).stem, *Path(path).parts[:-1]} for path, _ in modules(root)}
    return [path for path, names in named.items() if names & FORBIDDEN_NAMES]


# --- who may do what -----------------------------------------------------------------------------------------------

TIME_READERS = re.compile(
    r"^(datetime\.)?(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns|localtime|gmtime)$|^func\.now$"
)


CLOCKS = ("app/core/clock.py", "workflows/verify/witness.py")  # a witness is a program of its own, on another machine


def clock_readers(root: Path) -> list[str]:
    """Return who asks what time it is, beside those that may."""
    return [
        f"{path}:{line} {called}"
        for path, tree in modules(root, "app", "workflows")
        for line, called in calls(tree)
        if TIME_READERS.match(called) and path not in CLOCKS
    ]


EDGE = re.compile(
    r"^app/\w+/(views|api)(_\w+)?\.py$|^app/accounts/login\.py$|^app/web/afterwards\.py$|^app/cli/|^workflows/jobs/"
    r"|^app/backup/restoring\.py$"
)


def hidden_commits(root: Path) -> list[str]:
    """Return who opens or ends a transaction without being an edge: a view, an API call, a job, a command."""
    return [
        f"{path}:{line} {called}"
        for path, tree in modules(root, "app", "workflows")
        for line, called in calls(tree)
        if path != "app/core/db.py"
        and (called.endswith(".commit") or (called.rpartition(".")[2] == "transaction" and not EDGE.match(path)))
    ]


RANKS = {"views": 0, "api": 0, "forms": 1, "service": 1, "queries": 2, "models": 3, "commands": 4}
WEB = re.compile(r"^(flask|flask_login|flask_wtf|wtforms|rq|app\.web)(\.|$)")


def rank(name: str) -> int | None:
    """Return how deep a file of a room stands; `service_votes` stands where `service` does."""
    return RANKS.get(name.partition("_")[0])


def split_files_off_their_floor(root: Path) -> list[str]:
    """Return what import-linter cannot see: files split by verb that import upward in their room, or the web."""
    found = []
    for path, tree in modules(root, "app"):
        room, stem = path.split("/")[1], Path(path).stem
        depth = rank(stem)
        if depth is None:
            continue
        for name in imports(tree):
            within = name.removeprefix(f"app.{room}.").partition(".")[0] if name.startswith(f"app.{room}.") else ""
            other = rank(within)
            forms = depth == 1 and stem.startswith("forms")
            if (other is not None and other < depth) or (depth >= 1 and not forms and WEB.match(name)):
                found.append(f"{path} imports {name}")
    return found


# --- templates and files -------------------------------------------------------------------------------------------

INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|<script(?![^>]*(\bsrc=|type="importmap" nonce=))|\son[a-z]+\s*=\s*["'{]|javascript:""",
    re.IGNORECASE,
)
TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{#.*?#\}")


def inline_code(root: Path) -> list[str]:
    """Return templates whose page the content security policy would break. (Notices are printed and letters sent.)"""
    return [
        f"{file.relative_to(root)}:{number} {line.strip()}"
        for file in sorted(root.glob("templates/**/*.html"))
        if file.relative_to(root).parts[1] not in ("notices", "emails")
        for number, line in enumerate(TEMPLATE_CODE.sub("", file.read_text("utf-8")).splitlines(), 1)
        if INLINE.search(line)
    ]


REGISTRY = re.compile(
    rb"\b(pypi\.(org|python)|pythonhosted\.org|npmjs\.(org|com)|deb\.debian\.org)|--(extra-)?index-url", re.I
)


def registry_addresses(root: Path, tracked: list[str]) -> list[str]:
    """Return files that name a package registry: the machine's own configuration says where packages are."""
    written = [name for name in tracked if not name.startswith("static/fonts/") and (root / name).is_file()]
    named = [name for name in written if REGISTRY.search((root / name).read_bytes())]
    return [name for name in named if name != "tests/architecture/rules.py"]
