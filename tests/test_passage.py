import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.corpus import Corpus
from content.notice import Notice, NoticeError, parse_notice
from content.passage import Kind, Passage, cut, split_clauses, split_sentences

# Documents that nobody would issue: every mark that cutting has a rule for, in any order, on lines of any end.
pieces = st.sampled_from(
    """一、 二、 （一） （2） 1. 3． 10、 第一条 通知 办法 关于 总工会 各镇： 工会要加强学习 八个坚持 习近平总书记指出
    2018年11月13日 二〇一八年一月一日 （2018年11月13日） 武工〔2018〕1号 2018年 3.5% 。 ； ！ ？ …… ， ： , ; ! ? .
    。” ？’ ！） ；」 “ （ 《 》 — 😀 𠮷 👨‍👩‍👧 é ſ İ ﷽
    第一条\u3000 第二条 第三条规定的 第一章\u3000总则 第二节 目录 （一）甲； 附件 附件1 附： 附件：1.名单 抄送：
    主题词： （此件公开发布） 办公室2018年11月13日印发 签发人：张三 武政文件 令 第517号 1994年7月5日国务院发布 （根据
    （盖章） 局（盖章） 2024-3-5 二O二四年三月五日 附件1-1
    （附件1） 附件1检查表 附则 序言 第一章总则 第二条中国 特此通知 的通知 联系人：
    通过） | || --- <!-- INFO END --> <!-- --> ## # 000001 机密★1年 特急""".split()
) | st.sampled_from(
    [" ", "\u3000", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u200b", "\ufeff", "\r", "字" * 81]
)
line_ends = st.sampled_from(["\n", "\r\n", "\n\n", "\r", "\n\u3000\u3000", ""])
documents = st.lists(st.tuples(st.lists(pieces, max_size=8).map("".join), line_ends), max_size=14).map(
    lambda lines: "".join(line + end for line, end in lines)
) | st.text(max_size=120)


INVISIBLE = "\ufeff\u200b\u2060"


def is_space(character: str) -> bool:
    """White space, or a mark that some editors leave behind."""
    return character.isspace() or character in INVISIBLE


def markup(text: str) -> set[int]:
    """Offsets of what is no word of a document: marks of Markdown headings, strokes of tables, comments."""
    front = re.match(r"\ufeff?---\r?\n(?:[\w-]+:[^\n]*\n|\r?\n){0,60}---\r?(?:\n|$)", text)
    found = set(range(front.end() if front else 0))
    for line in re.finditer(r"[^\n]+", text):
        inner = re.search(rf"[^\s{INVISIBLE}](?:.*[^\s{INVISIBLE}])?", line.group(), re.DOTALL)
        if inner is None:
            continue
        start, words = line.start() + inner.start(), inner.group()
        if re.fullmatch(r"<!--.*-->|\|[\s|:-]*\|", words):
            found |= set(range(start, start + len(words)))
            continue
        marks = re.match(r"#{1,6}[ \t\u3000]+", words)
        found |= set(range(start, start + (marks.end() if marks else 0)))
        row = words[marks.end() :] if marks else words
        if len(row) > 2 and row[0] == row[-1] == "|":
            at = start + len(words) - len(row)
            found |= set(range(at, at + len(row) - len(row.lstrip("| \t\u3000"))))
            found |= set(range(at + len(row.rstrip("| \t\u3000")), at + len(row)))
    return found


def passages_of(text: str) -> tuple[Passage, ...]:
    try:
        return cut(parse_notice(text, "任意"))
    except NoticeError:
        known = markup(text)
        assert all(is_space(c) or offset in known for offset, c in enumerate(text))
        return ()


@given(documents)
@example("\ufeff \ufeff")
@example("\ufeff关于培训的通知\r\n\r\n各镇：\r\n一、时间：五月。\r\n请报名😀。𠮷？\r\n总工会\r\n2018年1月1日\r\n")
def test_every_passage_and_sentence_is_a_slice_of_the_text(text: str) -> None:
    for passage in passages_of(text):
        assert text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        for sentence in passage.sentences:
            assert passage.span.contains(sentence)
            assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end] != ""


@given(documents)
@example("武工〔2018〕1号")
def test_no_character_is_lost_or_doubled(text: str) -> None:
    covered = [0] * len(text)
    for passage in passages_of(text):
        for offset in range(passage.start, passage.end):
            covered[offset] += 1
    assert all(n <= 1 for n in covered)
    known = markup(text)
    assert all(n == 1 or is_space(c) or i in known for i, (c, n) in enumerate(zip(text, covered, strict=True)))


@given(documents)
def test_sentences_cover_their_passage_in_order(text: str) -> None:
    for passage in passages_of(text):
        at = passage.start
        for sentence in passage.sentences:
            assert not text[at : sentence.start].strip()
            at = sentence.end
        assert not text[at : passage.end].strip()


@given(documents)
def test_paragraphs_count_from_one(text: str) -> None:
    passages = passages_of(text)
    assert [p.start for p in passages] == sorted(p.start for p in passages)
    assert all((p.paragraph >= 1) == (p.kind is Kind.PARAGRAPH) for p in passages)


@given(st.lists(pieces, max_size=30).map("".join) | st.text(max_size=60))
def test_sentences_and_clauses_cover_any_text(text: str) -> None:
    for split in (split_sentences, split_clauses):
        spans = split(text, 7)
        found = "".join(text[span.start - 7 : span.end - 7] for span in spans)
        assert [c for c in found if not c.isspace()] == [c for c in text if not c.isspace()]


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一句。两句！三句？四句；五句", ["一句。", "两句！", "三句？", "四句；", "五句"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("真的吗？！”）好……的", ["真的吗？！”）", "好……", "的"]),
        ("即坚持甲，坚持乙，坚持丙等，指出丁。", ["即坚持甲，坚持乙，坚持丙等，指出丁。"]),
        ("灵魂,也是亮点。 下句;再句", ["灵魂,也是亮点。", "下句;", "再句"]),
        ("增长3.5%。", ["增长3.5%。"]),
        ("😀！𠮷。", ["😀！", "𠮷。"]),
        ("。", ["。"]),
        (" \u3000", []),
        ("", []),
    ],
)
def test_where_sentences_end(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_spans_are_shifted_by_the_offset() -> None:
    assert [(s.start, s.end) for s in split_sentences("甲。 乙。", 10)] == [(10, 12), (13, 15)]


def test_clauses_of_a_title_over_two_lines() -> None:
    assert [s.of("关于培训，\n学习的通知") for s in split_clauses("关于培训，\n学习的通知")] == [
        "关于培训，",
        "学习的通知",
    ]
    assert [s.of("关于培训\n的通知") for s in split_clauses("关于培训\n的通知")] == ["关于培训", "的通知"]


def test_clauses_end_at_commas_and_colons() -> None:
    text = "明确是“八个坚持”，即坚持党的领导,坚持甲：乙、丙。"
    assert [s.of(text) for s in split_clauses(text)] == [
        "明确是“八个坚持”，",
        "即坚持党的领导,",
        "坚持甲：",
        "乙、丙。",
    ]


def outline(text: str) -> list[tuple[str, str, tuple[str, ...], int]]:
    return [(str(p.kind), p.text, p.section, p.paragraph) for p in cut(parse_notice(text, "a"))]


def test_a_paragraph_keeps_the_headings_above_it() -> None:
    assert outline(
        "关于培训的通知\n开头。\n一、甲\n首段。\n（一）乙\n1. 丙。丁戊。\n己。\n（二）庚\n辛。\n二、壬\n癸。"
    ) == [
        ("title", "关于培训的通知", (), 0),
        ("paragraph", "开头。", (), 1),
        ("heading", "一、甲", ("一、甲",), 0),
        ("paragraph", "首段。", ("一、甲",), 1),
        ("heading", "（一）乙", ("一、甲", "（一）乙"), 0),
        ("paragraph", "1. 丙。丁戊。", ("一、甲", "（一）乙", "1. 丙"), 2),
        ("paragraph", "己。", ("一、甲", "（一）乙"), 3),
        ("heading", "（二）庚", ("一、甲", "（二）庚"), 0),
        ("paragraph", "辛。", ("一、甲", "（二）庚"), 4),
        ("heading", "二、壬", ("二、壬",), 0),
        ("paragraph", "癸。", ("二、壬",), 1),
    ]


def test_parts_whose_heading_stands_on_the_line_of_their_text() -> None:
    assert outline("关于培训的通知\n开头。\n一、时间：五月一日。\n上午九点。\n二、地点：礼堂。\n特此通知。")[1:] == [
        ("paragraph", "开头。", (), 1),
        ("paragraph", "一、时间：五月一日。", ("一、时间",), 1),
        ("paragraph", "上午九点。", ("一、时间",), 2),
        ("paragraph", "二、地点：礼堂。", ("二、地点",), 1),
        ("paragraph", "特此通知。", ("二、地点",), 2),
    ]


def test_a_part_on_one_line_ends_the_part_above_it() -> None:
    assert outline("关于培训的通知\n一、甲\n乙。\n二、丙：丁。\n戊。")[-2:] == [
        ("paragraph", "二、丙：丁。", ("二、丙",), 1),
        ("paragraph", "戊。", ("二、丙",), 2),
    ]


def test_the_real_notice_has_24_passages(corpus: Corpus) -> None:
    assert [str(p.kind) for p in corpus.passages] == [
        *("title", "addressees", "paragraph"),
        *("heading", *["paragraph"] * 7),
        *("heading", *["paragraph"] * 4),
        *("heading", *["paragraph"] * 5),
        *("issuer", "date"),
    ]


def test_the_three_parts_of_the_real_notice(corpus: Corpus) -> None:
    assert [p.text for p in corpus.passages if p.kind is Kind.HEADING] == [
        "一、深入学习领会习近平总书记重要讲话的重大意义和精神实质",
        "二、全面准确理解和把握中国工会十七大精神",
        "三、加强组织领导，切实把习近平总书记重要讲话和工会十七大精神落到实处",
    ]


def test_the_five_points_of_the_real_notice(corpus: Corpus) -> None:
    points = [p for p in corpus.passages if len(p.section) == 2]
    assert {p.section[0] for p in points} == {"一、深入学习领会习近平总书记重要讲话的重大意义和精神实质"}
    assert [(p.paragraph, p.section[1]) for p in points] == [
        (2, "1. 深刻认识坚持党对工会工作领导的根本原则"),
        (3, "2. 深刻认识工会团结动员亿万职工积极建功新时代的使命担当"),
        (4, "3. 深刻认识加强职工思想政治引领是工会组织的重要任务"),
        (5, "4. 深刻认识工会履行维权服务的基本职责"),
        (6, "5. 深刻认识深化工会改革创新的方向目标"),
    ]


def test_the_eight_upholds_stand_in_one_sentence(corpus: Corpus, notice: Notice) -> None:
    [passage] = [p for p in corpus.passages if "“八个坚持”" in p.text]
    [sentence] = [s.of(notice.text) for s in passage.sentences if "“八个坚持”" in s.of(notice.text)]
    assert sentence.startswith("报告对习近平总书记关于工人阶级和工会工作重要论述的基本内涵，")
    assert sentence.endswith("维护职工权益、服务职工群众是重点。")
    assert sentence[sentence.index("即坚持党") :].count("坚持") == 9  # the eight, and 坚持党的领导是关键 behind them


def test_the_title_over_four_lines_is_one_sentence(corpus: Corpus) -> None:
    title = corpus.passages[0]
    assert title.sentences == (title.span,)
