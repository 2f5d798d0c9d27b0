import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.answer import Answer, Found, Highlight
from assistant.citation import cite
from content.corpus import Corpus, make_corpus
from content.notice import NoticeError, parse_notice
from content.questions import Question
from evals.cli import main
from evals.run import load_run, save_run

NOTICE = parse_notice("关于春游的通知\n\n各班：\n\n春游在周五。请带水。\n\n春游不收费。\n", "春游")
BANK = (Question("要钱吗", "everyday", ()), Question("春游是哪一天", "factoid", ()))
CORPUS = make_corpus((NOTICE,), (BANK,))
ROWS = [
    {"id": "q1", "group": "g1", "split": "test", "category": "factoid", "question": "哪天？", "quotes": ["春游在周五"]},
    {"id": "q2", "group": "g2", "split": "test", "category": "factoid", "question": "收钱？", "quotes": ["春游不收费"]},
    {"id": "q3", "group": "g3", "split": "dev", "category": "far", "question": "[b]股票[/b]？"},
]


class FirstParagraph:
    """Answers every question with the first paragraph."""

    corpus: Corpus = CORPUS
    manifest: dict[str, Any] = {"format": 1}  # noqa: RUF012

    def ask(self, question: str, k: int = 5) -> Answer:
        passage = next(passage for passage in CORPUS.passages if "周五" in passage.text)
        highlight = Highlight(passage.start, passage.end, passage.text)
        return Answer(question, True, 0.5, (Found(1, 1.0, passage.text, cite(NOTICE, passage), (highlight,)),))


@pytest.fixture
def eval_file(tmp_path: Path) -> Path:
    path = tmp_path / "春游.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The product behind the command line, replaced by a stand-in that remembers its settings."""
    seen = SimpleNamespace(settings=None)

    def open_answerer(settings: Any, progress: Any, notify: Any) -> FirstParagraph:
        seen.settings = settings
        progress(1, 2)
        return FirstParagraph()

    monkeypatch.setattr("assistant.opening.open_answerer", open_answerer)
    return seen


def notice_evals(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.mark.usefixtures("product")
def test_run_prints_tables_for_people(eval_file: Path) -> None:
    result = notice_evals("run", "--set", eval_file)
    assert result.exit_code == 0
    assert "题集 春游（test，2 题" in result.stdout
    row = next(line for line in result.stdout.splitlines() if "首条命中 Success@1" in line)
    assert "0.500" in row


@pytest.mark.usefixtures("product")
def test_run_prints_json(eval_file: Path) -> None:
    result = notice_evals("run", "--set", eval_file, "--split", "all", "--json")
    found = json.loads(result.stdout)
    assert (found["Success@1"], found["queries"], found["split"]) == (0.5, 2, "all")
    assert found["overall"]["Success@1"]["n"] == 2
    assert found["by_category"]["far"]["Refused"]["mean"] == 0
    assert "rows" not in found


@pytest.mark.usefixtures("product")
def test_run_saves_and_compare_reads(eval_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "结果"
    result = notice_evals("run", "--set", eval_file, "--save", "--results", folder)
    assert result.exit_code == 0
    (path,) = folder.iterdir()
    assert f"已保存：{path}" in result.stderr
    run = load_run(path)
    assert run.provenance.manifest == {"format": 1}
    better = replace(run, rows=tuple(replace(row, values={"Success@1": 1.0}) for row in run.rows))
    other = save_run(better, tmp_path)
    result = notice_evals("compare", path, other)
    assert result.exit_code == 0
    assert "B 胜（1 题）" in result.stdout and "收钱？" in result.stdout
    assert "差别可能只是偶然" in result.stdout


def test_settings_reach_the_product(product: SimpleNamespace, eval_file: Path, tmp_path: Path) -> None:
    result = notice_evals(
        "run", "--set", eval_file, "--no-bank", "--model", "m", "--index-dir", tmp_path, "--content", tmp_path
    )
    assert result.exit_code == 0
    settings = product.settings
    assert (settings.model, settings.index_dir, settings.content_dir) == ("m", tmp_path, tmp_path)
    assert settings.with_bank is False


def test_overlap_names_copies(monkeypatch: pytest.MonkeyPatch, eval_file: Path) -> None:
    monkeypatch.setattr("content.corpus.load_corpus", lambda *_: CORPUS)
    result = notice_evals("overlap", "--set", eval_file)
    assert result.exit_code == 0
    assert "完全相同的 0 道" in result.stdout
    assert "[b]股票[/b]" in result.stdout
    copied = make_corpus((NOTICE,), ((*BANK, Question("收钱", "everyday", ())),))
    monkeypatch.setattr("content.corpus.load_corpus", lambda *_: copied)
    result = notice_evals("overlap", "--set", eval_file)
    assert result.exit_code == 1
    assert result.stderr == "错误：题库里有 1 道与评测题完全相同的题目，请从题库或题集中删去。\n"


@pytest.mark.usefixtures("product")
def test_known_errors_are_one_line(eval_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = eval_file.rename(tmp_path / "秋游.jsonl")
    for arguments, message in (
        (("run", "--set", "没有"), "没有名为 没有 的题集"),
        (("run", "--set", other), "对应的通知 秋游 不在通知目录里"),
        (("run", "--dataset", tmp_path), "不是 BEIR 格式的数据集"),
        (("compare", other, other), "不是有效的 JSON"),
    ):
        result = notice_evals(*arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        lines = [line for line in result.stderr.splitlines() if "错误" in line]
        assert len(lines) == 1 and message in lines[0]

    def broken(*_: Any) -> Corpus:
        raise NoticeError("坏了")

    monkeypatch.setattr("content.corpus.load_corpus", broken)
    result = notice_evals("overlap")
    assert (result.exit_code, result.stderr) == (1, "错误：坏了\n")


def test_wrong_usage(tmp_path: Path) -> None:
    for arguments in (
        ("run", "--set", "a", "--dataset", tmp_path),
        ("run", "--split", "train"),
        ("run", "--dataset", tmp_path / "none"),
        ("compare", tmp_path),
        ("nothing",),
    ):
        result = notice_evals(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from evals.cli import main; main(['run', '--help'], standalone_mode=False); "
        "heavy = {'numpy', 'torch', 'scipy', 'sklearn', 'rich', 'tqdm', 'gradio', 'faiss'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    root = Path(__file__).parent.parent
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert "--dataset" in result.stdout and "题集" in result.stdout


@pytest.mark.parametrize("command", [(), ("run",), ("compare",), ("overlap",)])
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = notice_evals(*command, "--help")
    assert result.exit_code == 0
    assert "显示这段说明。" in result.stdout
