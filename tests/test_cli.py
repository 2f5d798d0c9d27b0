import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import outing
import pytest
from bigram import BigramEncoder
from click.testing import CliRunner, Result

from assistant.cli import main

COMMANDS = ["build", "ask", "serve", "doctor"]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options that name a small content folder and an index folder; the encoder is that of character pairs."""
    monkeypatch.setattr("assistant.opening.load_encoder", lambda name, cache, adapter: BigramEncoder())
    for name in ("CONTENT", "INDEX_DIR", "MODEL", "CACHE", "ADAPTER"):
        monkeypatch.delenv(f"NOTICE_ASSISTANT_{name}", raising=False)
    return ["--content", str(outing.write(tmp_path / "通知")), "--index-dir", str(tmp_path / "索引"), "--model", "甲"]


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


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


def test_build_says_what_it_made(places: list[str], tmp_path: Path) -> None:
    result = run("build", *places)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "索引已就绪：1 份通知，9 个段落" in result.stderr
    assert (tmp_path / "索引" / "current").is_file()


def test_ask_shows_the_passage_with_its_citation(places: list[str]) -> None:
    result = run("ask", "可以离开队伍吗？", *places)
    assert result.exit_code == 0
    assert "[1] 《关于春游的通知》（2024-04-01）第二部分第1段" in result.stdout
    assert "「不得离开队伍。」" in result.stdout
    assert "[5]" in result.stdout
    assert "[6]" not in result.stdout
    assert "还没有索引" in result.stderr
    assert run("ask", "可以离开队伍吗？", *places).stderr == ""


def test_ask_says_how_it_read_the_question(places: list[str]) -> None:
    assert "按“过马路 排队”查找" in run("ask", "guomalu paidui", *places).stdout
    assert "查找" not in run("ask", "过马路排队", *places).stdout


@pytest.mark.parametrize("intercept", [9.0, -9.0])
def test_ask_says_when_the_notice_does_not_answer(
    places: list[str], intercept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.refusal.Logistic.probability", lambda *_: 1.0 if intercept > 0 else 0.0)
    shown = run("ask", "可以离开队伍吗？", *places).stdout
    assert ("通知没有直接回答这个问题。最接近的段落：" in shown) is (intercept < 0)
    assert ("（全段）过马路要排队；不得离开队伍。" in shown) is (intercept > 0)


def test_ask_json_is_one_object_of_the_contract(places: list[str]) -> None:
    [answer] = rows(run("ask", "可以离开队伍吗？", "--json", *places))
    assert list(answer) == ["question", "answered", "confidence", "passages"]
    first = answer["passages"][0]
    assert first["text"] == "过马路要排队；不得离开队伍。"
    assert outing.TEXT[first["citation"]["start"] : first["citation"]["end"]] == first["text"]
    assert first["citation"]["date"] == "2024-04-01"
    assert len(answer["passages"]) == 5


@pytest.mark.parametrize(("k", "count"), [("1", 1), ("3", 3), ("100", 9)])
def test_k(places: list[str], k: str, count: int) -> None:
    [answer] = rows(run("ask", "出发", "--json", "-k", k, *places))
    assert len(answer["passages"]) == count


def test_a_batch_of_lines(places: list[str], tmp_path: Path) -> None:
    path = tmp_path / "问题.txt"
    path.write_text("\ufeff几点出发？\r\n\r\n  发给谁  \n", encoding="utf-8")
    found = rows(run("ask", "--batch", str(path), "--json", *places))
    assert [answer["question"] for answer in found] == ["几点出发？", "发给谁"]
    assert all(len(answer["passages"]) == 5 for answer in found)


def test_a_batch_of_objects_keeps_their_other_keys(places: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    given = [
        {"id": 7, "question": "几点出发？", "标签": ["甲", None]},
        {"question": "发给谁", "answered": "老的", "passages": 1},
        {"question": ""},
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in given), encoding="utf-8")
    first, second, third = rows(run("ask", "--batch", str(path), "--json", *places))
    assert (first["id"], first["标签"], first["question"]) == (7, ["甲", None], "几点出发？")
    assert isinstance(second["answered"], bool)
    assert len(second["passages"]) == 5
    assert third["question"] == ""


def test_a_batch_from_standard_input(places: list[str]) -> None:
    found = rows(run("ask", "--batch", "-", "--json", *places, stdin='几点出发？\n{"question": "发给谁", "id": 1}\n'))
    assert [(answer["question"], answer.get("id")) for answer in found] == [("几点出发？", None), ("发给谁", 1)]


def test_a_mark_before_what_is_piped(places: list[str]) -> None:
    [answer] = rows(run("ask", "--batch", "-", "--json", *places, stdin='\ufeff{"question": "发给谁", "id": 1}\n'))
    assert (answer["question"], answer["id"]) == ("发给谁", 1)


def test_a_batch_longer_than_is_encoded_at_once(places: list[str]) -> None:
    asked = [f"第{i}个问题" for i in range(130)]
    found = rows(run("ask", "--batch", "-", "--json", "-k", "1", *places, stdin="\n".join(asked)))
    assert [answer["question"] for answer in found] == asked


def test_a_batch_of_nothing(places: list[str]) -> None:
    assert rows(run("ask", "--batch", "-", "--json", *places, stdin="\n \n")) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"question": "几点"', "不是有效的 JSON"),
        ('{"question": ' + "9" * 5000 + "}", "不是有效的 JSON"),
        ('{"question": ' + "[" * 100_000, "不是有效的 JSON"),
        ('{"question": 7}', "缺少 question"),
        ('{"claim": "几点"}', "缺少 question"),
        ("{}", "缺少 question"),
    ],
)
def test_a_broken_line_is_named(places: list[str], tmp_path: Path, line: str, what: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"几点出发？\n\n{line}\n", encoding="utf-8")
    said = error(run("ask", "--batch", str(path), "--json", *places))
    assert said.startswith(f"{path}:3：{what}")
    assert error(run("ask", "--batch", "-", "--json", *places, stdin=line)).startswith(f"标准输入:1：{what}")


def test_files_that_cannot_be_read(places: list[str], tmp_path: Path) -> None:
    path = tmp_path / "gb.txt"
    path.write_bytes("几点出发？\n".encode("gb18030"))
    assert (
        error(run("ask", "--batch", str(path), "--json", *places))
        == f"{path}：不是 UTF-8 文本，请另存为 UTF-8 编码后再试。"
    )
    for missing in (tmp_path / "没有.txt", tmp_path):
        assert error(run("ask", "--batch", str(missing), "--json", *places)).startswith(f"{missing}：打不开")


@pytest.mark.parametrize("question", ["", "  ", "\u3000\n"])
def test_an_empty_question(places: list[str], question: str) -> None:
    assert error(run("ask", question, *places)) == "问题是空的，请写下想问的内容。"


def test_a_question_out_of_a_broken_terminal(places: list[str]) -> None:
    [answer] = rows(run("ask", "几点\udce5出发", "--json", *places))
    assert answer["question"] == "几点?出发"
    assert run("ask", "几点\udce5出发", *places).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "几点", "--batch", "-"],
        ["ask", "--batch", "-"],
        ["ask", "几点", "-k", "0"],
        ["ask", "几点", "-k", "101"],
        ["ask", "几点", "-k", "x"],
        ["ask", "几点", "--no-such-option"],
        ["serve", "--port", "70000"],
        ["nothing"],
    ],
)
def test_wrong_usage_is_status_2(places: list[str], arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_a_content_folder_without_notices(tmp_path: Path, places: list[str]) -> None:
    for command in (["build"], ["ask", "几点"]):
        said = error(run(*command, "--content", str(tmp_path / "没有"), "--index-dir", str(tmp_path / "i")))
        assert "没有找到通知" in said
        assert str(tmp_path / "没有") in said


def test_an_encoder_that_cannot_be_loaded(tmp_path: Path) -> None:
    content = outing.write(tmp_path / "通知")
    (tmp_path / "空").mkdir()
    result = run(
        "build", "--content", str(content), "--index-dir", str(tmp_path / "i"), "--model", str(tmp_path / "空")
    )
    assert "无法载入" in error(result)


def test_an_index_that_cannot_be_written(tmp_path: Path, places: list[str]) -> None:
    (tmp_path / "文件").write_text("", encoding="utf-8")
    places[3] = str(tmp_path / "文件" / "索引")
    assert error(run("build", *places)).startswith(f"索引无法写入 {tmp_path / '文件' / '索引'}")


def test_serve_opens_the_answerer_and_says_where(places: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def serve(answerer: Any, host: str, port: int, ready: Any, serving: Any, **_: Any) -> None:
        seen.update(title=answerer.corpus.notices[0].title, host=host, port=port, local=serving.access.local)
        ready("http://127.0.0.1:8000")

    monkeypatch.setattr("assistant.server.serve", serve)
    result = run("serve", "--port", "8000", *places)
    assert result.stdout == "请在浏览器中打开：http://127.0.0.1:8000\n"
    assert seen == {"title": "关于春游的通知", "host": "127.0.0.1", "port": 8000, "local": True}


def test_doctor_ends_with_status_1_where_something_is_wrong(places: list[str]) -> None:
    result = run("doctor", *places)
    assert result.exit_code == 1
    assert "问题  索引：还没有索引" in result.stdout
    run("build", *places)
    result = run("doctor", *places)
    assert (result.exit_code, result.stderr) == (0, "")
    assert all(line.startswith("正常  ") for line in result.stdout.splitlines())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    for option in ("--help", "-h"):
        result = run(command, option)
        assert result.exit_code == 0
        assert f"Usage: main {command}" in result.stdout
        for place in ("--content", "--index-dir", "--model"):
            assert place in result.stdout
    assert command in run("--help").stdout


def test_every_command_and_option_says_what_it_is_for() -> None:
    assert set(main.commands) >= set(COMMANDS)
    for name, command in main.commands.items():
        assert command.help, name
        assert all(option.help for option in command.params if isinstance(option, click.Option)), name


HEAVY = ["torch", "transformers", "sentence_transformers", "gradio", "faiss", "numpy", "opencc"]


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom assistant.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"sys.exit(', '.join(name for name in {HEAVY!r} if name in sys.modules) or 0)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage" in done.stdout
