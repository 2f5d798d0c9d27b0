import outing
import pytest
from bigram import BigramEncoder
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import Exhibit, Stretch, candidates, choose, exhibit, pairs_of
from content.corpus import make_corpus
from content.notice import parse_notice
from content.passage import Kind
from content.span import Span
from index.build import Index, build_index

ANSWERER = outing.answerer(outing.corpus(with_bank=False))
INDEX = ANSWERER.retriever.index
LONG_HEAD = "各班要做好出发前的准备，" + "带齐各样东西，" * 12 + "然后集合。"
LONG = "队伍要整齐，" * 60 + "过河要小心，" + "队伍要整齐，" * 5 + "到此为止。"
TEXT = (
    "关于远足的通知\n\n各班：\n\n"
    "远足定在五月。每人带一瓶水。天黑以前回校。\n"
    f"{LONG_HEAD}不得单独行动。\n"
    f"{LONG}\n"
    "\n光明小学\n2024年5月1日\n"
)
CORPUS = make_corpus((parse_notice(TEXT, "远足"),))
PARAGRAPHS = [row for row, passage in enumerate(CORPUS.passages) if passage.kind is Kind.PARAGRAPH]


def stretch(words: str, score: float = 1.0) -> Stretch:
    """The sentence of the walk's notice that begins with these words."""
    for row, passage in enumerate(CORPUS.passages):
        for span in passage.sentences:
            if span.of(TEXT).startswith(words):
                return Stretch(row, span, score)
    raise AssertionError(words)


def index_of_the_walk() -> Index:
    return build_index(CORPUS, BigramEncoder())


def test_pairs_of_neighbouring_letters() -> None:
    assert pairs_of("春游，不收費") == {"春游", "游不", "不收", "收费"}
    assert pairs_of("Ａb1") == {"ab", "b1"}
    assert pairs_of("春") == pairs_of("，。") == pairs_of("") == frozenset()


def test_the_candidates_are_sentences_of_the_passages_found() -> None:
    found = candidates("请每人带水", ANSWERER.retriever.search("请每人带水", 5), INDEX)
    assert found[0].span.of(outing.TEXT) == "请每人带水和雨衣。"
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert len({(s.passage, s.span) for s in found}) == len(found)
    for s in found:
        assert s.span in INDEX.corpus.passages[s.passage].sentences


def test_words_in_common_count_beside_the_score_of_the_retrieval() -> None:
    # 春游, 游要, 要收, 收费: the first and the last stand in 春游不收费，午餐自备。
    retrieval = ANSWERER.retriever.search("春游要收费", 9)
    found = candidates("春游要收费", retrieval, INDEX)
    [fee] = [s for s in found if s.span.of(outing.TEXT) == "春游不收费，午餐自备。"]
    [plain] = [s for s in candidates("？", retrieval, INDEX) if s.span == fee.span]
    assert fee.score - plain.score == pytest.approx(0.5)


def test_no_candidates_without_hits() -> None:
    retrieval = ANSWERER.retriever.search("几点", 0)
    assert retrieval.hits == ()
    assert candidates("几点", retrieval, INDEX) == ()
    assert choose("几点", (), INDEX) == ()


def test_a_second_sentence_is_chosen_for_what_the_first_lacks() -> None:
    index = index_of_the_walk()
    month, water, dark = stretch("远足定", 2.0), stretch("每人带", 1.0), stretch("天黑", 1.5)
    assert choose("远足定在五月，每人带一瓶水", [month, dark, water], index) == (month, water)
    assert choose("远足定在五月", [month, dark, water], index) == (month,)
    both = "远足定在五月，每人带一瓶水，天黑以前回校"
    assert choose(both, [month, dark, water], index) == (month, dark)  # two that gain alike: the better one


def test_a_statement_of_one_letter_takes_the_best_only() -> None:
    assert choose("水", [stretch("远足定"), stretch("每人带")], index_of_the_walk()) == (stretch("远足定"),)


def test_the_first_sentence_of_the_paragraph_stands_before() -> None:
    shown = exhibit([stretch("天黑")], "天黑以前", CORPUS)
    assert shown.text == "远足定在五月。天黑以前回校。"
    assert shown.stretches == (stretch("天黑"),)
    start = TEXT.index("远足定在五月")
    row = PARAGRAPHS[0]
    assert shown.parts == ((0, row, Span(start, start + 7)), (7, row, Span(start + 14, start + 21)))


def test_the_order_is_that_of_the_notice() -> None:
    shown = exhibit([stretch("天黑"), stretch("远足定")], "天黑", CORPUS)
    assert shown.text == "远足定在五月。天黑以前回校。"
    assert [s.span.of(TEXT) for s in shown.stretches] == ["天黑以前回校。", "远足定在五月。"]


def test_a_title_stands_alone() -> None:
    assert exhibit([stretch("关于")], "通知", CORPUS).text == "关于远足的通知"


def test_of_a_long_first_sentence_only_the_first_clauses() -> None:
    text = exhibit([stretch("不得单独")], "不得单独行动", CORPUS).text
    assert text.endswith("，不得单独行动。")
    head = text.removesuffix("不得单独行动。")
    assert LONG_HEAD.startswith(head)
    assert len(head) == 12 + 6 * 7  # the next clause of 7 would make it 61


def test_of_an_overlong_sentence_the_clauses_that_the_statement_is_about() -> None:
    [(_, _, span)] = exhibit([stretch("队伍")], "过河要小心", CORPUS).parts
    assert "过河要小心，" in span.of(TEXT)
    assert span.end - span.start <= 300
    assert span.end - span.start < len(LONG)


def test_nothing_chosen_is_nothing_shown() -> None:
    assert exhibit([], "天黑", CORPUS) == Exhibit("", (), ())
    assert exhibit([], "天黑", CORPUS).place(Span(0, 0)) is None


CHOICES = ["远足定", "每人带", "天黑", "各班要", "不得单独", "队伍", "关于", "光明"]


@given(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True), st.data())
def test_every_place_found_has_the_words_asked_for(chosen: list[str], data: st.DataObject) -> None:
    shown = exhibit([stretch(words) for words in chosen], "过河要小心", CORPUS)
    assert shown.text == "".join(span.of(TEXT) for _, _, span in shown.parts)
    start = data.draw(st.integers(0, len(shown.text) - 1))
    end = data.draw(st.integers(start + 1, len(shown.text)))
    found = shown.place(Span(start, end))
    inside = [p for p in shown.parts if p[0] <= start and end <= p[0] + p[2].end - p[2].start]
    assert (found is None) == (not inside)
    if found is not None:
        row, span = found
        assert span.of(TEXT) == shown.text[start:end]
        assert CORPUS.passages[row].span.contains(span)


def test_a_span_over_two_parts_has_no_place() -> None:
    shown = exhibit([stretch("天黑")], "天黑以前", CORPUS)
    assert shown.place(Span(0, 7)) is not None
    assert shown.place(Span(6, 8)) is None


def test_a_long_first_sentence_that_is_chosen_is_not_shown_twice() -> None:
    shown = exhibit([stretch("各班要"), stretch("不得单独")], "各班要做好准备，不得单独行动", CORPUS)
    assert shown.text == LONG_HEAD + "不得单独行动。"


@pytest.mark.parametrize(
    ("statement", "adds"),
    [
        ("落款是光明小学", True),
        ("这份通知是教育局发下来的", True),
        ("远足的通知五月就印出来了", True),
        ("远足发展了文化", False),
        ("通知说远足能发挥作用", False),
    ],
)
def test_who_issued_a_document_and_when_is_read_from_its_last_lines(statement: str, adds: bool) -> None:
    chosen = choose(statement, [stretch("远足定")], index_of_the_walk())
    last = [s.span.of(TEXT) for s in chosen[1:]]
    assert last == (["光明小学", "2024年5月1日"] if adds else [])


def test_last_lines_that_are_chosen_already_are_not_added_again() -> None:
    issuer = stretch("光明小学")
    assert choose("落款是光明小学", [issuer], index_of_the_walk()) == (issuer, stretch("2024年5月1日"))


def test_the_stretches_of_one_passage_with_what_is_set_first() -> None:
    shown = exhibit([stretch("天黑"), stretch("光明小学")], "天黑以前", CORPUS)
    blocks = [(block.of(shown.text), head.of(shown.text)) for block, head in shown.blocks]
    assert blocks == [("远足定在五月。天黑以前回校。", "远足定在五月。"), ("光明小学", "光明小学")]


def test_of_what_its_parts_are_the_headings_of_a_document_tell() -> None:
    text = (
        "关于远足的通知\n\n各班：\n\n一、出发之前\n\n每人带一瓶水。\n\n二、路上\n\n不得单独行动。\n\n"
        "光明小学\n2024年5月1日\n"
    )
    index = build_index(make_corpus((parse_notice(text, "远足"),)), BigramEncoder())
    row, passage = next((r, p) for r, p in enumerate(index.corpus.passages) if p.kind is Kind.PARAGRAPH)
    best = Stretch(row, passage.sentences[0], 1.0)
    assert [s.span.of(text) for s in choose("通知分两部分", [best], index)[1:]] == ["一、出发之前", "二、路上"]
    assert choose("每人带一瓶水", [best], index) == (best,)
    headings = choose("通知分两部分", [best], index)[1:]
    assert exhibit(headings, "通知分两部分", index.corpus).text == "一、出发之前\n二、路上"
