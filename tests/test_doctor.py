import socket
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import outing
import pytest
from bigram import BigramEncoder

from assistant import doctor, doctor_place, opening
from assistant.doctor import examine
from assistant.doctor_place import outside_hosts
from assistant.finding import Finding
from assistant.settings import Settings
from content.corpus import load_corpus
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
    said = {name: text for name, _, text in (finding.text.partition("：") for finding in found)}
    assert list(said) == "软件包 中文路径 位置 磁盘 用户 字体 端口 外部请求 通知 引文 编码器 索引".split()
    assert "sentence-transformers" in said["软件包"] and "Python 3." in said["软件包"]
    assert said["通知"] == "1 份，9 个段落，题库 0 题，引文逐字相符"
    assert said["引文"] == "9 个段落、11 个句子逐一从原文切出，全部一致"
    assert said["编码器"] == "bigram，256 维，指纹 bigram-1"
    assert "与通知和编码器一致" in said["索引"]
    assert said["外部请求"].startswith("0，")
    places = dict(place.split(" ", 1) for place in said["位置"].split("；"))
    assert list(places) == ["通知", "索引", "缓存", "用户"]
    assert places["索引"] == str(settings.index_dir) and places["通知"] == str(settings.content_dir)


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


def test_what_stands_in_the_way_around_it(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "数据"
    data.mkdir()
    (data / "candidates.jsonl").write_bytes(b'{"event": "pro')
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "现在用不了" in doctor_place._port(taken.getsockname()[1]).text
    with_data = replace(settings, data_dir=data)
    said = [finding.text for finding in doctor_place.look_around(with_data) if finding.well]
    assert any(text.startswith("新题：0 道；") and "没有写完" in text for text in said)
    (data / "candidates.jsonl").write_bytes(b"{}\n")
    (tmp_path / "users.json").write_bytes(b"{")
    monkeypatch.setattr(doctor_place, "users_file", lambda: tmp_path / "users.json")
    monkeypatch.setattr(doctor_place, "_ENOUGH", 1 << 60)
    found = [finding.text.partition("：")[0] for finding in doctor_place.look_around(with_data) if not finding.well]
    assert found == ["磁盘", "新题", "用户"]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("fetch('check/sheet'); // a / b", []),
        ('<svg xmlns="http://www.w3.org/2000/svg">', []),
        ("@import url(//fonts.example.com/x.css)", ["//fonts.example.com"]),
        ("fetch('https://a.example/x')", ["https://a.example"]),
    ],
)
def test_addresses_of_other_hosts_are_seen(text: str, hosts: list[str]) -> None:
    assert list(outside_hosts(text)) == hosts


def test_a_page_that_names_another_host(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.app.page_style", lambda _=(): "@import url(https://fonts.example.com/x.css);")
    [bad] = [finding for finding in doctor_place.look_around(settings) if not finding.well]
    assert bad.text == "外部请求：网页里写着别处的地址（https://fonts.example.com）"


def test_passages_that_are_not_the_words_of_the_notice() -> None:
    corpus = outing.corpus()
    assert doctor._slices(corpus).well
    first, *others = corpus.passages
    shifted = replace(first, start=first.start + 1, end=first.end + 1)
    assert "与原文不一致" in doctor._slices(replace(corpus, passages=(shifted, *others))).text
    [notice] = corpus.notices
    other = replace(corpus, notices=(replace(notice, sha256="0" * 64),))
    assert doctor._slices(other).text == "引文：春游 的原文与它的校验值不一致"


def test_what_other_packages_say_and_what_breaks_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "makers", lambda group: {"a": "evals.doctor:look_over_sets", "b": "no.such:thing"})
    first, second = doctor._others(load_corpus(with_bank=False))
    assert first.well and "1616 题，没有错误" in first.text
    assert second == Finding(False, "b：检查时出错（ModuleNotFoundError）")


def test_a_faulty_set_is_a_finding(tmp_path: Path) -> None:
    from evals.doctor import look_over_sets

    (tmp_path / "春游.jsonl").write_text('{"id": "1"}\n', encoding="utf-8")
    [(well, text)] = look_over_sets(outing.corpus(), tmp_path)
    assert not well and text.startswith("题集 春游：")


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
