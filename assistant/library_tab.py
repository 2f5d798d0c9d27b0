"""The tab 通知库 of the page: which documents there are, putting some in, taking some out."""

from __future__ import annotations

from pathlib import Path

from assistant.library_desk import LibraryDesk
from assistant.library_routes import UPLOAD, add_library_routes
from assistant.library_words import STRINGS
from assistant.tab import Tab
from content.source.registry import LARGEST

_PAGE = Path(__file__).parent / "page"


def library_tab(desk: LibraryDesk) -> Tab:
    """The tab over a desk; where people sign in it is for trainers."""
    return Tab(
        name="library",
        strings=STRINGS,
        scripts=(_PAGE / "library.js",),
        styles=(_PAGE / "library.css",),
        add_routes=lambda app: add_library_routes(app, desk),
        looked_at=True,
        uploads={UPLOAD: LARGEST},
    )
