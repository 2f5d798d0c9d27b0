"""Formats that only an office suite reads (.doc, .wps, .ofd and others): through LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from content.source.extract import Extract, UnreadableError
from content.source.word import read_word

_PROGRAMS = ("soffice", "libreoffice")
_SECONDS = 180


def read_office(data: bytes, suffix: str) -> Extract:
    """The words of a document that LibreOffice can turn into .docx. Raises UnreadableError where it cannot."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise UnreadableError(f"{suffix} 文件要靠 LibreOffice 转换，本机没有安装，请安装它，或另存为 .docx、.pdf。")
    with tempfile.TemporaryDirectory(prefix="notice-") as scratch:
        folder = Path(scratch)
        source = folder / f"document{suffix}"
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless", "--norestore", "--nolockcheck",
            "--convert-to", "docx", "--outdir", str(folder / "out"), str(source),
        ]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except (subprocess.TimeoutExpired, OSError) as error:
            raise UnreadableError(f"LibreOffice 没能转换这个 {suffix} 文件，请另存为 .docx 或 .pdf 后再试。") from error
        made = folder / "out" / "document.docx"
        if not made.is_file():
            raise UnreadableError(f"LibreOffice 没能转换这个 {suffix} 文件，请另存为 .docx 或 .pdf 后再试。")
        return read_word(made.read_bytes())
