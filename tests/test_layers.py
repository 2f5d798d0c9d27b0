"""Imports run one way, content <- index <- assistant <- evals; and what only one place may do is done there only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("content", "index", "assistant", "evals")
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
# Seconds each to import: only inside the functions that need them, so that --help answers at once.
HEAVY = {"torch", "transformers", "sentence_transformers", "peft", "gradio", "sklearn", "pandas", "pymilvus", "grpc"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """The top-level packages that these nodes import."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write the full name of what is imported"
            assert node.module is not None
            found.add(node.module.partition(".")[0])
    return found


def at_import_time(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run when the module is imported: no function bodies, nothing for type checkers only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            continue
        yield child
        yield from at_import_time(child)


def test_there_is_something_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_one_way(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    above = set(LAYERS[LAYERS.index(layer) + 1 :]) | {"tests"}
    assert imported(ast.walk(tree(path))) & above == set()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_heavy_packages_are_imported_where_they_are_needed(path: Path) -> None:
    assert imported(at_import_time(tree(path))) & HEAVY == set()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    module, names = tree(path), {"environ", "environb", "getenv"}
    # Setting a variable for a library that is imported next is no reading.
    set_only = {
        id(node.value) for node in ast.walk(module) if isinstance(node, ast.Attribute) and node.attr == "update"
    }
    reads = [
        f"line {node.lineno}"
        for node in ast.walk(module)
        if (isinstance(node, ast.Attribute) and node.attr in names and id(node) not in set_only)
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & names)
    ]
    assert reads == [] or name(path) == "assistant/settings.py"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_command_lines_print(path: Path) -> None:
    prints = [
        f"line {node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "click.echo", "click.secho", "sys.exit"}
    ]
    printing = ("assistant/cli", "assistant/command", "assistant/user_command", "evals/cli", "evals/command")
    assert prints == [] or name(path).startswith(printing)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_pickled(path: Path) -> None:
    module = tree(path)
    assert imported(ast.walk(module)) & {"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"} == set()
    allowed = [
        f"line {node.lineno}"
        for node in ast.walk(module)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False"
    ]
    assert allowed == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_are_named_for_what_they_do(path: Path) -> None:
    assert not set(path.stem.split("_")) & {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}


def test_the_test_itself_sees_what_it_forbids() -> None:
    source = (
        "import torch.nn\nif TYPE_CHECKING:\n    import peft\ndef f():\n    import gradio\n"
        "try:\n    from pandas import x\nexcept ImportError:\n    pass"
    )
    assert imported(at_import_time(ast.parse(source))) == {"torch", "pandas"}
    assert imported(ast.walk(ast.parse(source))) == {"torch", "peft", "gradio", "pandas"}
