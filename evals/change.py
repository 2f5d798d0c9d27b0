"""What it costs to change one document of a built library."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from assistant.opening import KEPT_VECTORS, open_encoder
from assistant.settings import Settings
from content.document import document_paths, read_document
from index.build import vector_maker
from index.kept import Kept

_SENTENCE = "本条是为测量而加的一句话，与原来的任何一句都不相同，编号"


@dataclass(frozen=True, slots=True)
class Change:
    """Seconds of `notice-assistant build` in a process of its own, from its start to its end, loading and all.

    `unchanged_seconds` is that of a build with nothing to do, `encoded` how many new vectors came with the change.
    """

    documents: int
    vectors: int
    encoded: int
    unchanged_seconds: float
    seconds: float


class ChangeError(RuntimeError):
    """A build that failed; the message is what it said."""


def measure_change(settings: Settings) -> Change:
    """Copy a library with its index to a temporary folder, add a sentence to one document, and build.

    Raises ChangeError, NoticeError, EncoderError, OSError.
    """
    with tempfile.TemporaryDirectory(prefix="notice-change-") as name:
        folder = Path(name)
        shutil.copytree(settings.content_dir, folder / "content")
        shutil.copytree(settings.index_dir, folder / "index")
        maker = vector_maker(open_encoder(settings))
        _build(folder, settings.model)  # in step with this version, whatever made it
        unchanged = _build(folder, settings.model)
        before = len(Kept(folder / "index" / KEPT_VECTORS, maker))
        paths = document_paths(folder / "content")
        _change(paths[len(paths) // 2])
        seconds = _build(folder, settings.model)
        after = len(Kept(folder / "index" / KEPT_VECTORS, maker))
        return Change(len(paths), after, after - before, unchanged, seconds)


def _change(path: Path) -> None:
    """One sentence more in the middle of a document of plain text."""
    read_document(path, path.stem)  # raises NoticeError where it is none
    lines = path.read_text(encoding="utf-8").split("\n")
    lines.insert(len(lines) // 2, f"{_SENTENCE}{path.stat().st_mtime_ns}。")
    path.chmod(0o644)
    path.write_text("\n".join(lines), encoding="utf-8")


def _build(folder: Path, model: str | None) -> float:
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "build"]
    places = ["--content", str(folder / "content"), "--index-dir", str(folder / "index")]
    places += ["--model", model] if model is not None else []
    began = time.perf_counter()
    done = subprocess.run([*command, *places], capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ChangeError(done.stderr.strip())
    return time.perf_counter() - began
