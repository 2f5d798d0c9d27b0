from dataclasses import replace
from pathlib import Path

import pytest

from content.corpus import PACKAGED, Corpus, load_corpus, make_corpus
from content.notice import Notice, NoticeError, parse_notice
from content.questions import QuestionError

BANK_LINE = '{"question": "哪天？", "style": "factoid", "quotes": ["五月一日"]}\n'


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_packaged_corpus(corpus: Corpus) -> None:
    assert [notice.id for notice in corpus.notices] == ["武进区总工会-工会十七大精神学习宣传贯彻通知-2018"]
    assert len(corpus.passages) == 24
    assert len(corpus.questions) == 1
    assert load_corpus(with_bank=False).questions == ((),)
    assert load_corpus(PACKAGED) == corpus


def test_a_plain_folder_of_notices_in_a_fixed_order(tmp_path: Path) -> None:
    write(tmp_path / "乙.txt", "关于乙的通知\n乙。")
    write(tmp_path / "甲.txt", "关于甲的通知\n甲。")
    write(tmp_path / "2018" / "丙.txt", "关于丙的通知\n丙。")
    write(tmp_path / "读我.md", "不是通知")
    write(tmp_path / "丁.md", "# 关于丁的通知\n\n丁。")
    write(tmp_path / ".隐藏" / "戊.txt", "关于戊的通知\n戊。")
    corpus = load_corpus(tmp_path)
    assert [notice.id for notice in corpus.notices] == ["2018/丙", "丁", "乙", "甲"]
    assert [(p.notice_id, p.text) for p in corpus.passages] == [
        ("2018/丙", "关于丙的通知"),
        ("2018/丙", "丙。"),
        ("丁", "关于丁的通知"),
        ("丁", "丁。"),
        ("乙", "关于乙的通知"),
        ("乙", "乙。"),
        ("甲", "关于甲的通知"),
        ("甲", "甲。"),
    ]
    assert corpus.questions == ((), (), (), ())
    assert [str(one) for one in corpus.skipped] == ["读我.md：是说明文件，没有收入。"]


def test_a_folder_with_notices_and_questions(tmp_path: Path) -> None:
    write(tmp_path / "notices" / "甲.txt", "关于甲的通知\n五月一日。")
    write(tmp_path / "notices" / "乙.txt", "关于乙的通知\n乙。")
    write(tmp_path / "questions" / "甲.jsonl", BANK_LINE)
    corpus = load_corpus(tmp_path)
    assert [(n.id, [q.text for q in bank]) for n, bank in zip(corpus.notices, corpus.questions, strict=True)] == [
        ("乙", []),
        ("甲", ["哪天？"]),
    ]
    assert load_corpus(tmp_path, with_bank=False).questions == ((), ())


def test_a_bank_that_does_not_fit_its_notice(tmp_path: Path) -> None:
    write(tmp_path / "notices" / "甲.txt", "关于甲的通知\n六月一日。")
    write(tmp_path / "questions" / "甲.jsonl", BANK_LINE)
    with pytest.raises(QuestionError, match=r"甲\.jsonl:1：通知原文里没有这句引文"):
        load_corpus(tmp_path)


def test_a_folder_without_notices_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "没有"):
        with pytest.raises(NoticeError, match="没有找到通知"):
            load_corpus(folder)


def test_a_notice_is_found_by_its_id(corpus: Corpus, notice: Notice) -> None:
    assert corpus.notice(notice.id) is notice
    with pytest.raises(KeyError, match="别的"):
        corpus.notice("别的")
    assert replace(corpus, notices=()) != corpus
    with pytest.raises(KeyError):
        replace(corpus, notices=()).notice(notice.id)


def test_two_notices_of_one_name_are_refused() -> None:
    notice = parse_notice("关于甲的通知\n甲。", "甲")
    with pytest.raises(NoticeError, match="有两份通知同名（甲）"):
        make_corpus((notice, notice))


def test_no_notice_makes_an_empty_corpus() -> None:
    assert make_corpus(()) == Corpus((), (), ())
