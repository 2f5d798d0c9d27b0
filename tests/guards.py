"""Every guard taken out once: `python tests/guards.py --save` shows that tests notice each time.

The project is copied to a temporary folder; one guard after another is taken out there, the tests that should notice
are run, and the guard is put back. A guard that no test misses is named, and ends this with status 1.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.measurement import save_measurement

ROOT = Path(__file__).parent.parent
_COPIED = ("assistant", "content", "evals", "index", "tests", "pyproject.toml", "README.md", "README.zh-CN.md", "docs")
_PATIENCE = 600
_FAILED = re.compile(r"^FAILED (\S+)", re.M)


@dataclass(frozen=True, slots=True)
class Guard:
    """What it keeps out, and how it is taken out: `old`, which `path` holds once, becomes `new`."""

    name: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]


ACCESS = ("tests/test_access.py",)
SERVER = ("tests/test_server.py",)
GUARDS = (
    Guard("nothing without signing in", "assistant/access.py", 'return 401, "请先登录。"', "return None", ACCESS),
    Guard(
        "rights by role",
        "assistant/access.py",
        "return None if user.role.may(needed) else",
        "return None if True else",
        ACCESS,
    ),
    Guard(
        "the longest address of a tab decides",
        "assistant/access.py",
        "sorted(tabs, key=len, reverse=True)",
        "sorted(())",
        ("tests/test_tab_access.py",),
    ),
    Guard(
        "no runs and decisions by strangers",
        "assistant/access.py",
        "return needed is not None and not Role.ASKER.may(needed)",
        "return False",
        ("tests/test_tab_access.py",),
    ),
    Guard(
        "a token that was taken away",
        "assistant/users.py",
        "self._change_user(name, lambda u: replace(u, tokens=()))",
        "self._existing(name)",
        ACCESS,
    ),
    Guard(
        "a token is held against its digest",
        "assistant/users.py",
        "if any(secrets.compare_digest(held.digest, digest) for held in user.tokens):",
        "if user.tokens or digest:",
        ACCESS,
    ),
    Guard("passwords cannot be tried", "assistant/sign_in.py", "Limit(5, 1 / 30)", "Limit(5000, 1)", ACCESS),
    Guard("names cannot be tried", "assistant/sign_in.py", "Limit(20, 1 / 10)", "Limit(5000, 1)", ACCESS),
    Guard("the cookie is out of reach", "assistant/sign_in.py", "httponly=True,\n            s", "s", ACCESS),
    Guard(
        "signing in leads nowhere else",
        "assistant/sign_in.py",
        "target = local_address(fields",
        "target = str(fields",
        ("tests/test_access.py", "tests/test_sign_in.py"),
    ),
    Guard(
        "a session ends with its time",
        "assistant/session.py",
        "return content if -300 <= age <= self._lifetime else None",
        "return content",
        ("tests/test_session.py",),
    ),
    Guard(
        "a session ends with the password",
        "assistant/session.py",
        "secrets.compare_digest(user.stamp, str(stamp))",
        "stamp",
        ("tests/test_session.py",),
    ),
    Guard("other sites cannot post", "assistant/access.py", 'site not in ("same-origin", "none")', "False", ACCESS),
    Guard("local names only", "assistant/access.py", "if not is_loopback(host_name):", "if False:", ACCESS),
    Guard(
        "no proxy by mistake",
        "assistant/access.py",
        "if any(name in headers for name in _FORWARDED):",
        "if False:",
        ACCESS,
    ),
    Guard(
        "a user's rate",
        "assistant/access.py",
        "if self.of_user is not None and user is not None:",
        "if False:",
        (*ACCESS, "tests/test_server_access.py"),
    ),
    Guard(
        "an address's rate", "assistant/access.py", "if self.of_address is not None and not wait:", "if False:", ACCESS
    ),
    Guard("no web sockets", "assistant/access.py", 'if scope["type"] == "websocket":', "if False:", ACCESS),
    Guard(
        "no other origin may read",
        "assistant/guard.py",
        'and not name.lower().startswith(b"access-control-")',
        "",
        ("tests/test_server_access.py", *SERVER),
    ),
    Guard("doors of Gradio are shut", "assistant/guard.py", 'if _SHUT.match(scope["path"]):', "if False:", SERVER),
    Guard(
        "a length beside a transfer encoding",
        "assistant/guard.py",
        'b"transfer-encoding" in headers or',
        "",
        ("tests/test_guard.py",),
    ),
    Guard(
        "no control character in an address",
        "assistant/access.py",
        'if any(ord(character) < 32 for character in scope["path"]):',
        "if False:",
        ACCESS,
    ),
    Guard(
        "strangers lock nobody out",
        "assistant/sign_in.py",
        "if self._known.get(name) != address:",
        "if True:",
        ("tests/test_sign_in.py",),
    ),
    Guard(
        "no sender takes every turn",
        "assistant/turns.py",
        " and self._held[sender] < OF_ONE",
        "",
        ("tests/test_turns.py",),
    ),
    Guard("bodies are bounded", "assistant/guard.py", "int(length) > largest", "False", SERVER),
    Guard(
        "the page has a policy",
        "assistant/guard.py",
        '(b"content-security-policy", content_policy(nonce).encode()),',
        "",
        SERVER,
    ),
    Guard(
        "scripts need the nonce",
        "assistant/guard.py",
        "\"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; \"",
        "\"script-src 'self' 'unsafe-inline' 'unsafe-eval'; \"",
        SERVER,
    ),
    Guard("the queue is not passed by", "assistant/app.py", "api_open=False", "api_open=True", SERVER),
    Guard(
        "no insides in an error",
        "assistant/api.py",
        "raise Refused(500, UNEXPECTED) from error",
        "raise Refused(500, repr(error)) from error",
        ("tests/test_api.py",),
    ),
    Guard(
        "no formula in a sheet",
        "assistant/sheet_export.py",
        'if kept.lstrip(" ").startswith(_DANGEROUS) else kept',
        "if False else kept",
        ("tests/test_sheet_export.py",),
    ),
    Guard(
        "no bomb in a sheet",
        "assistant/sheet_office.py",
        "if len(parts) > _MOST_PARTS or total > LARGEST_UNPACKED or large or document > LARGEST_DOCUMENT:",
        "if False:",
        ("tests/test_sheet.py",),
    ),
    Guard(
        "no bomb in a document",
        "content/source/word.py",
        "if size > LARGEST_UNPACKED:",
        "if False:",
        ("tests/test_source.py",),
    ),
    Guard(
        "no bomb in a PDF",
        "content/source/bounded.py",
        "        if self.left < 0:\n            raise TooLargeError\n",
        "",
        ("tests/test_source.py", "tests/test_bounded.py"),
    ),
    Guard(
        "index files are held against their digests",
        "index/store.py",
        "if _digest_of(path) != digest:",
        "if False:",
        ("tests/test_store.py",),
    ),
    Guard(
        "a quotation is the notice's words",
        "assistant/citation.py",
        "if notice.sha256 != sha256:",
        "if False:",
        ("tests/test_citation.py",),
    ),
    Guard(
        "questions are logged only if wanted",
        "assistant/server.py",
        "if serving.log_questions:",
        "if True:",
        ("tests/test_logs.py", "tests/test_server_logs.py", *SERVER),
    ),
)


@dataclass(frozen=True, slots=True)
class Missed:
    """A guard, and the tests that failed without it."""

    guard: str
    path: str
    failed: tuple[str, ...]


def missed_without(guard: Guard, folder: Path) -> Missed:
    """Take a guard out of the copy, run its tests, put it back. Raises ValueError where it is not there."""
    path = folder / guard.path
    text = path.read_text(encoding="utf-8")
    if text.count(guard.old) != 1:
        raise ValueError(f"{guard.path} holds {text.count(guard.old)} times: {guard.old}")
    path.write_text(text.replace(guard.old, guard.new), encoding="utf-8")
    tests = [name for name in guard.tests if (folder / name).is_file()]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    finally:
        path.write_text(text, encoding="utf-8")
    return Missed(guard.name, guard.path, tuple(_FAILED.findall(done.stdout)))


def main() -> int:
    """Status 1 where a guard can be taken out unnoticed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--save", action="store_true", help="keep the outcome in evals/results")
    options.add_argument("--only", default="", help="guards whose name holds this")
    given = options.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="notice-guards-") as name:
        folder = Path(name)
        for each in _COPIED:
            source = ROOT / each
            if source.is_dir():
                shutil.copytree(source, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.is_file():
                shutil.copy2(source, folder / each)
        for guard in GUARDS:
            if given.only in guard.name:
                found.append(missed_without(guard, folder))
                print(f"{len(found[-1].failed):3} tests fail without: {guard.name}", flush=True)
    unnoticed = [one.guard for one in found if not one.failed]
    if given.save:
        print(save_measurement("guards", [asdict(one) for one in found]))
    print(f"{len(found)} guards, {len(unnoticed)} unnoticed", *unnoticed, sep="\n")
    return bool(unnoticed)


if __name__ == "__main__":
    sys.exit(main())
