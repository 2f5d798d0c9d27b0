import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import outing
import pytest
from bigram import BigramEncoder
from click.testing import CliRunner, Result

from assistant.answerer import Answerer
from assistant.check import Checker
from assistant.cli import main
from assistant.judgement import Judgement
from content.span import Span
from index.pair import Reading


class Stand:
    """In the place of the trained reader: nine letters in ten that stand on the other side are enough for a no."""

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        return [self._read(claim, evidence) for claim, evidence in pairs]

    def _read(self, claim: str, evidence: str) -> Reading:
        letters = [c for c in claim if c.isalnum()]
        strange = sum(c not in evidence for c in letters)
        best = 0 if not strange else 1 if 3 * strange <= len(letters) else 2
        logits = np.zeros(3, np.float32)
        logits[best] = 2.0
        marks = tuple((Span(i, i + 1), 0.05 if c in evidence else 0.95) for i, c in enumerate(claim))
        return Reading(logits, marks, ())


JUDGEMENT = Judgement(
    {"supported": 0.0, "contradicted": 0.0, "not_mentioned": 0.0},
    {"supported": {}, "contradicted": {"against": 1.0}, "not_mentioned": {"absent": 1.0}},
    0.7,
)
FALSE = "春游在周五上午九点出发。"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Judgement]:
    """The judgement that the checker is opened with, one of its own for whoever replaces it."""
    own = [JUDGEMENT]

    def open_checker(settings: Any, answerer: Answerer) -> Checker:
        return Checker(answerer, Stand(), own[-1])  # type: ignore[arg-type]

    monkeypatch.setattr("assistant.opening.open_checker", open_checker)
    return own


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Judgement]) -> list[str]:
    """Options that name a small content folder and an index folder; the encoder is that of character pairs."""
    monkeypatch.setattr("assistant.opening.load_encoder", lambda name, cache, adapter: BigramEncoder())
    for name in ("CONTENT", "INDEX_DIR", "MODEL", "CACHE", "ADAPTER"):
        monkeypatch.delenv(f"NOTICE_ASSISTANT_{name}", raising=False)
    return ["--content", str(outing.write(tmp_path / "通知")), "--index-dir", str(tmp_path / "索引"), "--model", "甲"]


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=stdin)


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout_bytes.decode("utf-8").splitlines()]


def error(result: Result) -> str:
    """The one line of a known error."""
    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = [line for line in result.stderr.splitlines() if not line.startswith("还没有索引")]
    assert line.startswith("错误：")
    return line.removeprefix("错误：")


def test_what_differs_is_shown_with_its_place(places: list[str]) -> None:
    result = run(FALSE, *places)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"不一致  {FALSE}"
    assert lines[1] == "    说法：九点    原文：八点"
    assert lines[2] == "  《关于春游的通知》（2024-04-01）开头第1段"
    assert lines[3] == "    「春游在周五上午八点出发。」"


@pytest.mark.parametrize(
    ("claim", "word"), [("请每人带水和雨衣", "一致"), (FALSE, "不一致"), ("股票昨天全部上涨", "未提及")]
)
def test_the_word_for_every_finding(places: list[str], opened: list[Judgement], claim: str, word: str) -> None:
    assert run(claim, *places).stdout.splitlines()[0] == f"{word}  {claim}"
    if word != "一致":
        opened.append(Judgement(JUDGEMENT.intercepts, JUDGEMENT.weights, 0.99))
        assert run(claim, *places).stdout.splitlines()[0] == f"需人工判断（倾向于{word}）  {claim}"


def test_every_statement_is_shown(places: list[str]) -> None:
    shown = run(f"请每人带水和雨衣。{FALSE}", *places).stdout.splitlines()
    assert [line for line in shown if not line.startswith(" ")] == ["一致  请每人带水和雨衣。", f"不一致  {FALSE}"]


def test_a_side_that_says_nothing_is_said_to(places: list[str]) -> None:
    # 要 stands nowhere in the sentence, and nothing of the sentence is marked in its stead.
    assert "原文：（无）" in run("春游要收费，午餐自备。", *places).stdout


def test_json_is_one_object_of_the_contract(places: list[str]) -> None:
    [verdict] = rows(run(FALSE, "--json", *places))
    assert list(verdict) == ["claim", "verdict", "confidence", "evidence", "differences"]
    assert (verdict["claim"], verdict["verdict"], verdict["confidence"]) == (FALSE, "contradicted", 0.787)
    assert verdict["differences"] == [{"kind": "number", "claim": "九点", "source": "八点"}]
    first = verdict["evidence"][0]
    assert list(first) == ["rank", "score", "text", "citation", "highlights"]
    assert first["text"] == outing.TEXT[first["citation"]["start"] : first["citation"]["end"]]
    for mark in first["highlights"]:
        assert mark["text"] == outing.TEXT[mark["start"] : mark["end"]]


def test_a_batch_of_lines(places: list[str], tmp_path: Path) -> None:
    path = tmp_path / "说法.txt"
    path.write_text(f"\ufeff{FALSE}\r\n\r\n  请每人带水和雨衣  \n", encoding="utf-8")
    found = rows(run("--batch", str(path), "--json", *places))
    assert [(v["claim"], v["verdict"]) for v in found] == [(FALSE, "contradicted"), ("请每人带水和雨衣", "supported")]


def test_a_batch_of_objects_keeps_their_other_keys(places: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    given = [
        {"id": 7, "claim": FALSE, "标签": ["甲", None]},
        {"claim": "请每人带水和雨衣", "verdict": "contradicted", "evidence": 1, "kind": "number"},
        {"claim": ""},
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in given), encoding="utf-8")
    first, second, third = rows(run("--batch", str(path), "--json", *places))
    assert (first["id"], first["标签"], first["claim"]) == (7, ["甲", None], FALSE)
    assert (second["verdict"], second["kind"]) == ("supported", "number")
    assert second["evidence"][0]["rank"] == 1
    assert third["claim"] == ""


def test_a_batch_from_standard_input(places: list[str]) -> None:
    stdin = f'\ufeff请每人带水和雨衣\n{{"claim": "{FALSE}", "id": 1}}\n'
    found = rows(run("--batch", "-", "--json", *places, stdin=stdin))
    assert [(v["claim"], v.get("id")) for v in found] == [("请每人带水和雨衣", None), (FALSE, 1)]


def test_a_batch_longer_than_is_read_at_once(places: list[str]) -> None:
    claims = [f"第{i}条写着请每人带水" for i in range(70)]
    found = rows(run("--batch", "-", "--json", *places, stdin="\n".join(claims)))
    assert [verdict["claim"] for verdict in found] == claims


def test_a_batch_of_nothing(places: list[str]) -> None:
    assert rows(run("--batch", "-", "--json", *places, stdin="\n \n")) == []


def test_a_claim_longer_than_is_read_comes_back_whole_from_a_batch(places: list[str]) -> None:
    [verdict] = rows(run("--batch", "-", "--json", *places, stdin="请每人带水和雨衣" + "，" * 3000))
    assert len(verdict["claim"]) == 3008


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"claim": "几点"', "不是有效的 JSON"),
        ('{"claim": 7}', "缺少 claim"),
        ('{"question": "几点"}', "缺少 claim"),
        ("{}", "缺少 claim"),
    ],
)
def test_a_broken_line_is_named(places: list[str], tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"请每人带水\n\n{line}\n", encoding="utf-8")
    assert error(run("--batch", str(path), "--json", *places)).startswith(f"{path}:3：{what}")
    assert error(run("--batch", "-", "--json", *places, stdin=line)).startswith(f"标准输入:1：{what}")


def test_files_that_cannot_be_read(places: list[str], tmp_path: Path) -> None:
    path = tmp_path / "gb.txt"
    path.write_bytes("请每人带水\n".encode("gb18030"))
    assert error(run("--batch", str(path), "--json", *places)).startswith(f"{path}：不是 UTF-8 文本")
    assert error(run("--batch", str(tmp_path), "--json", *places)).startswith(f"{tmp_path}：打不开")


@pytest.mark.parametrize("claim", ["", "  ", "\u3000\n"])
def test_an_empty_claim(places: list[str], claim: str) -> None:
    assert error(run(claim, *places)) == "要核对的话是空的，请写下来再试。"


def test_a_claim_out_of_a_broken_terminal(places: list[str]) -> None:
    [verdict] = rows(run("带水\udce5和雨衣", "--json", *places))
    assert verdict["claim"] == "带水?和雨衣"
    assert run("带水\udce5和雨衣", *places).exit_code == 0


@pytest.mark.parametrize(
    "arguments", [[], ["带水", "--batch", "-"], ["--batch", "-"], ["带水", "-k", "3"], ["带水", "下雨"]]
)
def test_wrong_usage_is_status_2(places: list[str], arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_weights_that_do_not_fit_are_said_in_one_line(places: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from index.encoder import EncoderError

    def refuse(settings: Any, answerer: Answerer) -> Checker:
        raise EncoderError("核对功能的权重与编码器 甲 不相配。")

    monkeypatch.setattr("assistant.opening.open_checker", refuse)
    for arguments in ([FALSE], [FALSE, "--json"], ["--batch", "-", "--json"]):
        assert error(run(*arguments, *places, stdin=FALSE)) == "核对功能的权重与编码器 甲 不相配。"


def test_a_content_folder_without_notices(tmp_path: Path, places: list[str]) -> None:
    said = error(run(FALSE, "--content", str(tmp_path / "没有"), "--index-dir", str(tmp_path / "i")))
    assert "没有找到通知" in said


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(option: str) -> None:
    result = run(option)
    assert result.exit_code == 0
    assert "Usage: main check" in result.stdout
    for name in ("--json", "--batch", "--content", "--index-dir", "--model"):
        assert name in result.stdout


def test_help_imports_nothing_heavy() -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "gradio", "faiss", "numpy", "opencc", "rjieba"]
    code = (
        "import sys\nfrom assistant.cli import main\n"
        "try:\n    main(['check', '--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules) or 0)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
