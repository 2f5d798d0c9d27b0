import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from content.corpus import load_corpus
from content.notice import Notice, parse_notice
from content.span import Span
from evals.beir import read_beir
from evals.dataset import CATEGORIES, DatasetError, read_set
from evals.sets import DATA, find_set, set_files

NOTICE = parse_notice("关于春游的通知\n\n各班：\n\n春游在周五。请带水。春游不收费。\n", "春游")


def row(**changes: Any) -> dict[str, Any]:
    return {
        "id": "q1",
        "group": "g1",
        "split": "dev",
        "category": "factoid",
        "question": "哪天春游？",
        "quotes": ["春游在周五"],
    } | changes


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "春游.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    return path


def test_a_set_is_read_with_the_places_of_its_quotes(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        row(),
        row(id="q2", question="春游?", quotes=["春游", "请带水"], category="several"),
        row(id="q3", group="g2", split="test", question="几点？", category="near", quotes=[]),
    )
    found = read_set(path, NOTICE)
    start = NOTICE.text.index("春游在周五")
    assert (found.name, found.notice_id, len(found.questions)) == ("春游", "春游", 3)
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.questions[0].places == ((Span(start, start + 5),),)
    assert [span.start for span in found.questions[1].places[0]] == [2, start, NOTICE.text.index("春游不收费")]
    assert [question.answerable for question in found.questions] == [True, True, False]
    assert [question.id for question in found.of_split("dev")] == ["q1", "q2"]
    assert [question.id for question in found.of_split("test")] == ["q3"]
    assert len(found.of_split("all")) == 3


def test_an_empty_split_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="没有 test 部分"):
        read_set(write(tmp_path, row()), NOTICE).of_split("test")


def test_several_quotes_are_all_needed_unless_any_one_is_enough(tmp_path: Path) -> None:
    quotes = ["春游在周五", "请带水"]
    both, either = read_set(
        write(tmp_path, row(quotes=quotes), row(id="q2", question="二？", quotes=quotes, any=True)), NOTICE
    ).questions
    day, water = NOTICE.text.index("春游在周五"), NOTICE.text.index("请带水")
    assert both.is_place(Span(day, day + 1)) and both.is_place(Span(water, water + 1))
    assert not both.is_place(Span(water + 3, water + 4))
    assert not both.all_places([Span(day, day + 1)])
    assert both.all_places([Span(day, day + 1), Span(water, water + 1)])
    assert either.all_places([Span(water, water + 1)])
    assert not either.all_places([])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(quotes=["春游在周六"])], r":1：通知 春游 的原文里没有这句引文：'春游在周六'"),
        ([row(), row(question="二？")], r":2：编号 'q1' 与第 1 行重复"),
        ([row(), row(id="q2")], r":2：题目 '哪天春游？' 与第 1 行重复"),
        ([row(), row(id="q2", question="二？", split="test")], r":2：同组 'g1' 的题目分在 dev 和 test 两边"),
        ([row(category="fact")], r":1：category 是 'fact'"),
        ([row(split="train")], r":1：split 是 'train'"),
        ([row(category="far")], r":1：far 类是通知没有回答的题目"),
        ([row(quotes=[])], r":1：factoid 类的题目至少要有一条引文"),
        ([row(quotes="春游")], r":1：quotes 应是"),
        ([row(quotes=[""])], r":1：quotes 应是"),
        ([row(any=1)], r":1：any 是 1"),
        ([row(question=" ")], r":1：缺少 question"),
        ([{"id": "q1"}], r":1：缺少 group"),
        ([["q1"]], r":1：每行应是一个 JSON 对象"),
        ([], "题集里没有题目"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, rows: list[Any], message: str) -> None:
    path = write(tmp_path, *rows)
    with pytest.raises(DatasetError, match=message) as caught:
        read_set(path, NOTICE)
    assert str(caught.value).startswith(str(path))


def test_a_set_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="没有找到题集"):
        read_set(tmp_path / "x.jsonl", NOTICE)


def test_sets_are_found_by_name_by_path_or_by_being_the_only_one(tmp_path: Path) -> None:
    path = write(tmp_path, row())
    assert find_set(None, tmp_path) == find_set("春游", tmp_path) == find_set(str(path), tmp_path) == path
    with pytest.raises(DatasetError, match="没有名为 秋游 的题集（现有：春游）"):
        find_set("秋游", tmp_path)
    (tmp_path / "冬游.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(DatasetError, match="请用 --set 指明题集（现有：冬游、春游）"):
        find_set(None, tmp_path)


def packaged() -> list[tuple[Path, Notice]]:
    notices = {notice.id: notice for notice in load_corpus(with_bank=False).notices}
    return [(path, notices[path.relative_to(DATA).with_suffix("").as_posix()]) for path in set_files()]


@pytest.mark.parametrize(("path", "notice"), packaged(), ids=lambda value: getattr(value, "stem", ""))
def test_the_packaged_sets_are_valid(path: Path, notice: Notice) -> None:
    found = read_set(path, notice)
    assert {question.category for question in found.questions} <= set(CATEGORIES)
    assert {question.split for question in found.questions} == {"dev", "test"}


def beir(folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td9\t2\n") -> Path:
    (folder / "qrels").mkdir()
    (folder / "corpus.jsonl").write_text(
        '{"_id": "d1", "title": "甲", "text": "正文"}\n{"_id": "d2", "title": "", "text": " "}\n', encoding="utf-8"
    )
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "问"}\n{"_id": "q2", "text": "无人判断"}\n', encoding="utf-8"
    )
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_beir_folder(tmp_path: Path) -> None:
    found = read_beir(beir(tmp_path))
    assert found.name == tmp_path.name
    assert found.documents == (("d1", "甲\n正文"),)
    assert found.queries == (("q1", "问"),)
    assert found.qrels == {"q1": {"d1": 1, "d9": 2}}
    assert len(found.digest) == 64


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        ("query-id\tcorpus-id\tscore\nq1 d1 1\n", r"test.tsv:2：应是"),
        ("q1\td1\tone\n", r"test.tsv:1：应是"),
        ("query-id\tcorpus-id\tscore\n", "没有标注"),
        ("q7\td1\t1\n", "问题 'q7' 有标注"),
    ],
)
def test_faulty_qrels(tmp_path: Path, qrels: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_beir(beir(tmp_path, qrels))


def test_a_folder_that_is_not_beir(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"不是 BEIR 格式的数据集：缺少 corpus\.jsonl"):
        read_beir(tmp_path)
    (beir(tmp_path) / "queries.jsonl").write_text('{"_id": 1}\n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"queries.jsonl:1：需要 _id 和 text"):
        read_beir(tmp_path)
