from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import outing
import pytest
from bigram import BigramEncoder

from assistant import doctor, opening
from assistant.doctor import Finding, examine
from assistant.settings import Settings
from index.encoder import EncoderError


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A sound installation with an index of the small notice; a named model, so that no engine is compared."""
    monkeypatch.setattr(opening, "load_encoder", lambda name, cache, adapter: BigramEncoder())
    found = Settings(outing.write(tmp_path / "通知"), tmp_path / "索引", tmp_path / "缓存", "bigram", None, True)
    opening.build(found)
    return found


def findings(settings: Settings) -> list[Finding]:
    return list(examine(settings))


def bad(settings: Settings) -> str:
    """The text of the only finding that is not well, which is the last."""
    found = findings(settings)
    assert [finding.well for finding in found] == [True] * (len(found) - 1) + [False]
    return found[-1].text


def test_a_sound_installation(settings: Settings) -> None:
    found = findings(settings)
    assert all(finding.well for finding in found)
    assert [finding.text.partition("：")[0] for finding in found] == ["软件包", "中文路径", "通知", "编码器", "索引"]
    assert "sentence-transformers" in found[0].text
    assert found[2].text == "通知：1 份，9 个段落，题库 0 题，引文逐字相符"
    assert found[3].text == "编码器：bigram，256 维，指纹 bigram-1"
    assert "与通知和编码器一致" in found[4].text


def test_a_missing_package(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "gradio":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor, "version", version)
    found = findings(settings)
    assert found[0] == Finding(False, "软件包：缺少 gradio，请按 README 重新安装")
    assert all(finding.well for finding in found[1:])


def test_no_place_for_temporary_files(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    assert findings(settings)[1] == Finding(False, "中文路径：写不了临时文件（No space left on device）")


def test_no_notices(settings: Settings, tmp_path: Path) -> None:
    assert bad(replace(settings, content_dir=tmp_path / "没有")).startswith(f"通知：{tmp_path / '没有'}：没有找到通知")


def test_a_faulty_bank(settings: Settings) -> None:
    folder = settings.content_dir / "questions"
    folder.mkdir()
    (folder / "春游.jsonl").write_text("{", encoding="utf-8")
    assert "不是有效的 JSON" in bad(settings)


def test_an_encoder_that_cannot_be_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise EncoderError("编码器坏了")

    monkeypatch.setattr(opening, "load_encoder", broken)
    assert bad(settings) == "编码器：编码器坏了"


def test_a_missing_a_stale_and_a_damaged_index(settings: Settings, tmp_path: Path) -> None:
    assert bad(replace(settings, index_dir=tmp_path / "没有")).startswith("索引：还没有索引")
    (settings.index_dir / "current").write_text("?", encoding="ascii")
    assert bad(settings).startswith("索引：索引文件已损坏")
    opening.build(settings)
    outing.write(settings.content_dir, outing.TEXT + "\n")
    assert bad(settings).startswith("索引：索引已过期（通知有改动：春游）")


def test_nothing_is_repaired(settings: Settings, tmp_path: Path) -> None:
    findings(replace(settings, index_dir=tmp_path / "没有"))
    assert not (tmp_path / "没有").exists()


@pytest.mark.real
def test_the_product_as_it_is_installed() -> None:
    installed = Settings.from_environment()
    opening.build(installed)
    found = findings(installed)
    assert [finding.text for finding in found if not finding.well] == []
    assert any("与原装引擎的余弦至少" in finding.text for finding in found)
