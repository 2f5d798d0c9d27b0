"""`Tab`: a further tab of the page, which a package brings. The product knows none of them by name.

A package names a maker of its tab as an entry point of the group `notice_assistant.tabs`. In a checkout the
`pyproject.toml` beside the code is read too, so that a tab is there before the checkout is installed anew.
"""

from __future__ import annotations

import importlib
import logging
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.current import Current
from assistant.users import Role

if TYPE_CHECKING:
    from fastapi import FastAPI

GROUP = "notice_assistant.tabs"
_NAME = "notice-assistant"
_PROJECT = Path(__file__).parent.parent / "pyproject.toml"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Product:
    """What a tab may use: the answerer in use, and the folder of the user's own additions (None: there is none)."""

    current: Current
    data_dir: Path | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab called `name` in addresses (`?tab=name`), which its script draws as `NoticePage.<name>`.

    `strings` are its sentences by language, `tab_<name>` among them; `scripts` and `styles` are files that the page
    loads after its own; `add_routes` adds the addresses that the script asks, all of them below `/name/`.
    Where people sign in, the role `needs` opens these, and the page of whoever lacks it has no such tab. `also_open`
    are addresses of these that another role opens. Where anybody comes from anywhere without signing in (`--open`), the
    tab is closed but for what askers may open, unless it may be `looked_at` and changes nothing then. `uploads` are
    those of them that take files, with the bytes of the largest.
    """

    name: str
    strings: Mapping[str, Mapping[str, str]]
    scripts: tuple[Path, ...]
    styles: tuple[Path, ...]
    add_routes: Callable[[FastAPI], None]
    needs: Role = Role.TRAINER
    also_open: Mapping[str, Role] = field(default_factory=dict)
    looked_at: bool = False
    uploads: Mapping[str, int] = field(default_factory=dict)


def find_tabs(product: Product) -> tuple[Tab, ...]:
    """The tabs that are installed, by name. One that cannot be made is logged and left out: the page goes on."""
    tabs = []
    for name, value in sorted(makers().items()):
        try:
            made = named(value)(product)
            if not isinstance(made, Tab):
                raise TypeError(f"{value} made {type(made).__name__}, wanted Tab")
            tabs.append(made)
        except Exception:  # somebody else's code: whatever breaks in it must not take the page along
            _log.exception("the tab %s cannot be shown", name)
    return tuple(tabs)


def named(value: str) -> Any:
    """What `module:attribute` names; raises ImportError or AttributeError."""
    module, _, attribute = value.partition(":")
    return getattr(importlib.import_module(module), attribute)


def makers(project: Path = _PROJECT, group: str = GROUP) -> dict[str, str]:
    """`module:attribute` by name: what is installed, and what the checkout that this code lies in declares."""
    found = {entry.name: entry.value for entry in entry_points(group=group)}
    if project.is_file():
        data: dict[str, Any] = tomllib.loads(project.read_text(encoding="utf-8"))
        if data.get("project", {}).get("name") == _NAME:
            found |= data["project"].get("entry-points", {}).get(group, {})
    return found
