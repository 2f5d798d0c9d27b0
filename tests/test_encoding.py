import json
import subprocess
import sys
from pathlib import Path

import outing
import pytest
import tiny_weights

from assistant.opening import build
from assistant.settings import Settings
from content.corpus import Corpus
from evals.change import ChangeError, measure_change
from evals.encoding import measure_encoding
from index import bundled
from index.encoder import half_precision, load_encoder


def test_a_small_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_weights.write_weights(tmp_path / "weights.bin")
    monkeypatch.setattr(bundled, "weights_file", lambda: path)
    encoder = load_encoder(str(bundled.bundled_folder(tmp_path)), tmp_path)
    found = measure_encoding(encoder, outing.corpus(), texts=8, rounds=3)
    assert (found.texts, found.rounds) == (8, 3)
    assert min(found.raw, found.built, found.built_float32, found.ratio, found.ratio_float32) > 0
    assert found.precision == ("bfloat16" if half_precision() else "float32")
    assert encoder.half == half_precision()


def test_a_library_that_cannot_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.change.open_encoder", lambda _: outing.answerer().retriever.encoder)
    for name in ("content", "index"):
        (tmp_path / name).mkdir()
    settings = Settings(tmp_path / "content", tmp_path / "index", tmp_path / "cache", None, None, with_bank=False)
    with pytest.raises(ChangeError, match="没有找到通知"):
        measure_change(settings)


@pytest.mark.real
def test_a_change_encodes_what_changed(tmp_path: Path, corpus: Corpus) -> None:
    for number in range(3):
        outing.write(tmp_path / "content" / str(number), outing.TEXT.replace("周五", f"周五{number}"))
    settings = Settings.from_environment(tmp_path / "content", tmp_path / "index")
    built = build(settings)
    found = measure_change(settings)
    assert found.documents == len(built.corpus.notices) == 3
    assert found.encoded == 1  # passage, sentence and clause are the same words
    assert min(found.seconds, found.unchanged_seconds) > 0


@pytest.mark.real
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
def test_the_command_that_kills() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evals.cli", "kills", "--count", "2", "--json"],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    builds, additions = json.loads(done.stdout)
    assert builds["kills"] >= 2 <= additions["kills"]
    assert builds["broken"] == builds["twice"] == additions["broken"] == additions["twice"] == 0
