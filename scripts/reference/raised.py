"""Finds the stable codes of the source: what is raised, with which code, and the words of its message."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from antiphon.model.errors import Refused, Rejected

SOURCE = Path(__file__).resolve().parents[2] / "src"

_CARRIERS = ("parse_xml", "Refusal", "UnusableFile")
"""What takes the code of a Rejected that is raised later: a reader of XML, and what a media child answers."""


class RaisedCode(NamedTuple):
    """One place that raises one code. ``family`` is Rejected, Refused, or Finding where nothing is raised."""

    code: str
    family: str
    room: str
    message: str


def find_codes() -> list[RaisedCode]:
    """Return every code at every place it is raised, in the order of the source."""
    return [raised for module, tree in _read_modules() for raised in _find_in(module, tree)]


def find_reasons() -> set[str]:
    """Return the words that refusals of the catalogue API give as their reason."""
    calls = (
        node
        for module, tree in _read_modules()
        if module.__name__.startswith("antiphon.surfaces.reads.")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )
    values = (keyword.value for call in calls for keyword in call.keywords if keyword.arg == "reason")
    return {str(value.value) for value in values if isinstance(value, ast.Constant)}


def _read_modules() -> Iterator[tuple[ModuleType, ast.Module]]:
    """Yield the modules that name an error or a finding, imported and parsed."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text()
        if re.search(r"Re(fus|ject)ed|Refusal|UnusableFile|Finding\(|parse_xml", text) and path.stem != "__init__":
            name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
            yield importlib.import_module(name), ast.parse(text)


def _find_in(module: ModuleType, tree: ast.Module) -> Iterator[RaisedCode]:
    room = module.__name__.split(".")[1]
    for scope in ast.walk(tree):
        if isinstance(scope, ast.ClassDef) and _find_family(module, scope.name):
            yield from _find_in_class(module, scope, room)
        elif isinstance(scope, ast.FunctionDef):
            for call in (node for node in ast.walk(scope) if isinstance(node, ast.Call)):
                family = _find_family(module, _last_name(call.func))
                for code in _read_codes(module, _find_code(call)) if family else ():
                    yield RaisedCode(code, family, room, _read_message(module, scope, call))


def _find_in_class(module: ModuleType, scope: ast.ClassDef, room: str) -> Iterator[RaisedCode]:
    """Yield the code an error class gives itself, with the first sentence of its docstring."""
    calls = (
        node for node in ast.walk(scope) if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
    )
    for call in calls:
        for code in _read_codes(module, _find_code(call)):
            sentence = (ast.get_docstring(scope) or "").partition("\n")[0].rstrip(".")
            yield RaisedCode(code, _find_family(module, scope.name), room, sentence)


def _find_family(module: ModuleType, name: str) -> str:
    """Return the family that a name of a module stands for; empty: none that has codes."""
    if name in ("Finding", *_CARRIERS):
        return "Finding" if name == "Finding" else "Rejected"
    named = getattr(module, name, None)
    if not isinstance(named, type) or named.__module__ == module.__name__ == "antiphon.model.errors":
        return ""
    return "Rejected" if issubclass(named, Rejected) else "Refused" if issubclass(named, Refused) else ""


def _find_code(call: ast.Call) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg in ("code", "rule")]
    strings = [
        argument for argument in call.args if not isinstance(argument, ast.Constant) or isinstance(argument.value, str)
    ]
    return named[0] if named else strings[0] if strings else None


def _read_codes(module: ModuleType, node: ast.expr | None) -> list[str]:
    """Return the codes an expression may be; none where it only passes on what somebody else chose."""
    if isinstance(node, ast.IfExp):
        return [*_read_codes(module, node.body), *_read_codes(module, node.orelse)]
    value = (
        node.value
        if isinstance(node, ast.Constant)
        else getattr(module, node.id, None)
        if isinstance(node, ast.Name)
        else None
    )
    return [value] if isinstance(value, str) and re.fullmatch(r"[A-Za-z_]+", value) else []


def _read_message(module: ModuleType, scope: ast.FunctionDef, call: ast.Call) -> str:
    parts = {keyword.arg: keyword.value for keyword in call.keywords}
    if "got" in parts:
        got, expected, fix = (_read_text(module, scope, parts.get(name)) for name in ("got", "expected", "fix"))
        return f"got {got}; expected {expected}; {fix}"
    positional = [argument for argument in call.args if _find_code(call) is not argument]
    texts = [_read_text(module, scope, argument) for argument in positional]
    return next((text for text in texts if " " in text), "")


def _read_text(module: ModuleType, scope: ast.FunctionDef, node: ast.expr | None) -> str:
    """Return the words of an expression, what it fills in as words in braces."""
    text = "{...}"
    match node:
        case ast.Constant():
            text = str(node.value)
        case ast.JoinedStr():
            text = "".join(_read_text(module, scope, part) for part in node.values)
        case ast.FormattedValue():
            text = _read_text(module, scope, node.value)
        case ast.Attribute():
            text = f"{{{node.attr}}}"
        case ast.Name() if isinstance(value := getattr(module, node.id, None), str | int):
            text = str(value)
        case ast.Name():
            assigned = _find_assigned(scope, node.id)
            text = f"{{{node.id}}}" if assigned is None else _read_text(module, scope, assigned)
    return text


def _find_assigned(scope: ast.FunctionDef, name: str) -> ast.expr | None:
    """Return the one text that a function puts into a name; None: another value, or several."""
    statements = (node for node in ast.walk(scope) if isinstance(node, ast.Assign))
    values = [statement.value for statement in statements if ast.unparse(statement.targets[0]) == name]
    return values[0] if len(values) == 1 and isinstance(values[0], ast.JoinedStr | ast.Constant) else None


def _last_name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""
