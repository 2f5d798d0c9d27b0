"""The whole page for browser tests: asking, checking and 评测 over the spring outing and a notice for every payload.

The server runs in a process of its own, since Gradio leaves threads behind.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import outing
from check_fixture import FakeChecker
from page_fixture import OverlapAnswerer
from payloads import PAYLOADS
from tab_fixture import write_set
from test_users import CHEAP, PASSWORD

from assistant.access import Access
from assistant.current import Current
from assistant.tab import Product
from assistant.users import Role, Users
from content.corpus import Corpus, make_corpus
from content.notice import Notice, parse_notice
from evals.tab import make_tab


def hostile(payload: str, name: str) -> Notice:
    """A notice whose title, number, addressees, text, issuer and id would run as a script."""
    text = f"各组{payload}要有人值班，{payload}。"
    lines = (f"关于{payload}的通知", "", f"{payload}：", "", text, "", f"一、{payload}")
    return parse_notice("\n".join((*lines, "", f"{payload}都要。", "", f"{payload}局", "2024年6月1日", "")), name)


def corpus(with_hostile: bool) -> Corpus:
    more = [hostile(payload, f"{payload}-{n}") for n, payload in enumerate(PAYLOADS)] if with_hostile else []
    return make_corpus((parse_notice(outing.TEXT, "春游"), *more))


@contextmanager
def serving(with_hostile: bool = False, sign_in: bool = False, port: int = 0, options: str = "") -> Iterator[str]:
    """The address without the last slash. With `sign_in` there are the users asker, trainer and admin."""
    tests = Path(__file__).parent
    paths = [str(tests.parent), str(tests)]
    call = f"whole_fixture.main({with_hostile!r}, {sign_in!r}, {port!r}, {options!r})"
    code = f"import sys; sys.path[:0] = {paths!r}; import whole_fixture; {call}"
    with subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), "the page did not start"
            yield address.rstrip("/")
        finally:
            process.terminate()


def main(with_hostile: bool, sign_in: bool, port: int, options: str) -> None:
    """Serve until killed; prints the address. `options`: "proxy" for behind a proxy, "/path" for below that path."""
    from assistant.server import Serving, serve

    with TemporaryDirectory() as folder:
        product = Current(OverlapAnswerer(corpus(with_hostile)))
        (Path(folder) / "saved").mkdir()
        sets = write_set(Path(folder) / "sets")
        tab = make_tab(Product(product, Path(folder) / "data"), sets, Path(folder) / "saved")
        users = None
        if sign_in:
            users = Users(Path(folder) / "users.json", CHEAP)
            for role in Role:
                users.add(role.value, PASSWORD, role)
        behind = "proxy" in options or options.startswith("/")
        access = Access(users, local=not behind and not sign_in, behind_proxy=behind)
        checker = FakeChecker(product.corpus)
        root = options if options.startswith("/") else ""
        serving = Serving(access, root_path=root) if root else Serving(access)
        serve(product, port=port, ready=print, examples=["要交钱吗"], checker=checker, tabs=(tab,), serving=serving)
