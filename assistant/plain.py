"""Our own plain pages beside Gradio's: the sign-in page and the page about the API. HTML without any script."""

from __future__ import annotations

import hashlib
import html
from functools import cache
from pathlib import Path

_STYLE = Path(__file__).parent / "page" / "plain.css"

PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of a plain page."""


@cache
def plain_style() -> str:
    """The style sheet of the plain pages."""
    return _STYLE.read_text(encoding="utf-8")


def plain_page(title: str, body: str, language: str = "zh-CN", wide: bool = False) -> str:
    """An HTML page around `body`, which is HTML already; addresses in it are relative to the service's root."""
    version = hashlib.sha256(plain_style().encode()).hexdigest()[:12]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<link rel="stylesheet" href="page/plain.css?{version}">\n</head>\n<body>\n'
        f"<main{' class=wide' if wide else ''}>\n{body}</main>\n</body>\n</html>\n"
    )
