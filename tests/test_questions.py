from pathlib import Path

import pytest

from content.corpus import Corpus
from content.notice import Notice
from content.questions import Question, QuestionError, find_quote, read_questions
from content.span import Span

TEXT = "关于培训的通知\n五月一日报名。地点在礼堂。"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_every_quote_becomes_the_span_where_it_stands(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        '{"question": "哪天报名？", "style": "factoid", "quotes": ["五月一日报名"]}',
        "",
        '{"question": "何时何地？", "style": "several", "quotes": ["五月一日", "礼堂"]}',
        '{"question": "要交钱吗？", "style": "near", "quotes": []}',
    )
    assert read_questions(path, TEXT) == (
        Question("哪天报名？", "factoid", (Span(8, 14),)),
        Question("何时何地？", "several", (Span(8, 12), Span(18, 20))),
        Question("要交钱吗？", "near", ()),
    )
    assert [q.answerable for q in read_questions(path, TEXT)] == [True, True, False]


def test_a_notice_may_have_no_bank(tmp_path: Path) -> None:
    assert read_questions(tmp_path / "没有.jsonl", TEXT) == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"question": "哪天？", "style": "factoid", "quotes": ["五月二日"]}', "通知原文里没有这句引文：'五月二日'"),
        ('{"question": "哪天？", "style": "factoid", "quotes": [""]}', "没有这句引文"),
        ('{"question": "哪天？", "style": "factoid"}', "需要 question、style 和 quotes 三项"),
        ('{"question": " ", "style": "factoid", "quotes": []}', "需要 question"),
        ('{"question": 3, "style": "factoid", "quotes": []}', "需要 question"),
        ('{"question": "哪天？", "style": "factoid", "quotes": "五月一日"}', "需要 question"),
        ('{"question": "哪天？", "style": "factoid", "quotes": [5]}', "需要 question"),
        ('["哪天？"]', "每行应是一个 JSON 对象"),
        ('{"question": ', "不是有效的 JSON"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    good = '{"question": "哪里？", "style": "factoid", "quotes": ["礼堂"]}'
    path = write(tmp_path / "a.jsonl", good, line)
    with pytest.raises(QuestionError, match=message) as error:
        read_questions(path, TEXT)
    assert f"{path}:2：" in str(error.value)


def test_a_bank_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"question": "哪天？"}'.encode("gb18030"))
    with pytest.raises(QuestionError, match=r"a\.jsonl：不是 UTF-8 文本"):
        read_questions(path, TEXT)


def test_a_quote_is_found_word_for_word_or_not_at_all() -> None:
    assert find_quote("地点在礼堂。", TEXT) == Span(15, 21)
    for absent in ("", "地点 在礼堂", "地点在礼堂，"):
        with pytest.raises(ValueError, match="没有这句引文"):
            find_quote(absent, TEXT)


def test_the_bank_is_large_enough(corpus: Corpus) -> None:
    [bank] = corpus.questions
    assert sum(question.answerable for question in bank) >= 3_000
    assert sum(not question.answerable for question in bank) >= 500


def test_no_question_of_the_bank_stands_there_twice(corpus: Corpus) -> None:
    [bank] = corpus.questions
    assert len({question.text.strip() for question in bank}) == len(bank)


def test_only_near_and_far_questions_have_no_answer(corpus: Corpus) -> None:
    [bank] = corpus.questions
    assert {q.style for q in bank if not q.answerable} == {"near", "far"}
    assert not {"near", "far"} & {q.style for q in bank if q.answerable}


def test_every_sentence_of_the_notice_has_at_least_eight_questions(corpus: Corpus, notice: Notice) -> None:
    [bank] = corpus.questions
    answers = [question.answers for question in bank]
    few = {
        sentence.of(notice.text): count
        for passage in corpus.passages
        for sentence in passage.sentences
        if (count := sum(any(span.overlaps(sentence) for span in spans) for spans in answers)) < 8
    }
    assert few == {}
