from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.notice import Notice
from content.text import fold_text
from index.reading import Lexicon

SENTENCE = Lexicon.build(["中国工会十七大精神学习宣传。"])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("工会时期大", "工会十七大"),
        ("工会时期大是什么", "工会十七大是什么"),
        ("学习宣川", "学习宣传"),
        ("中国公会在哪", "中国工会在哪"),
        ("gonghui shiqida", "工会十七大"),
        ("gonghuishiqida", "工会十七大"),
        ("gong hui shi qi da", "工会十七大"),
        ("Gonghui shiqida 什么时候开", "工会十七大 什么时候开"),
        ("工会shiqida", "工会十七大"),
        ("jingshen", "精神"),
        ("工會十七大", "工会十七大"),
        ("工會時期大", "工会十七大"),
    ],
)
def test_what_was_typed_by_its_sound(typed: str, read: str) -> None:
    assert SENTENCE.read(typed) == read


@pytest.mark.parametrize(
    "question",
    [
        "工会十七大精神",
        "学习",
        "恭喜发财",  # sounds like nothing here
        "公会",  # two characters sound alike too often
        "what does the union ask of its women",
        "union 工会",
        "2018年11月13日",
        "，。？😀",
        "",
    ],
)
def test_what_is_right_or_not_known_stays(question: str) -> None:
    assert SENTENCE.read(question) == fold_text(question)


def test_letters_become_small_and_space_around_goes() -> None:
    assert SENTENCE.read("  ＡＰＰ怎么用？\u3000") == "app怎么用?"


def test_a_typing_error_leaves_something_right() -> None:
    # 宣传 and 轩船 sound alike with no character shared, and three syllables are wanted at the least.
    assert SENTENCE.read("轩船") == "轩船"
    assert SENTENCE.read("靖申") == "靖申"


def test_little_words_are_never_put_right() -> None:
    lexicon = Lexicon.build(["工会事业。工会是业。"])
    assert lexicon.read("工会是也") == "工会是也"


def test_words_of_the_bank_are_right_but_are_never_put_in() -> None:
    notice = ["深化工会改革。"]
    assert Lexicon.build(notice).read("工会改格") == "工会改革"
    usual = ["改格一", "改格二", "改格三", "工会改格", "工会改格吗", "问工会改格"]
    assert Lexicon.build(notice, usual).read("工会改格") == "工会改格"
    assert Lexicon.build(notice, usual).read("工会概阁") == "工会改革"
    # Once may be a typing error that was put there on purpose.
    assert Lexicon.build(notice, ["工会改格"]).read("工会改格") == "工会改革"


def test_the_commonest_of_words_that_sound_alike() -> None:
    lexicon = Lexicon.build(["公园里。公园外。公园边。攻员会。"])
    assert lexicon.read("gongyuan") == "公园"


def test_a_lexicon_of_nothing() -> None:
    assert Lexicon.build([]).read("工会时期大 gonghui") == "工会时期大 gonghui"


texts = st.text("工公会惠十时七期大达，。", min_size=1, max_size=24)


@given(st.data(), texts)
def test_a_stretch_of_the_notice_is_read_as_it_stands(data: st.DataObject, text: str) -> None:
    lexicon = Lexicon.build([text])
    start = data.draw(st.integers(0, len(text)))
    stretch = text[start : data.draw(st.integers(start, len(text)))]
    assert lexicon.read(stretch) == fold_text(stretch)


@given(data=st.data())
def test_stretches_of_the_real_notice_are_read_as_they_stand(data: st.DataObject, notice: Notice) -> None:
    lexicon = _real(notice)
    starts = data.draw(st.lists(st.integers(0, len(notice.text)), max_size=4))
    question = "，".join(notice.text[start : start + data.draw(st.integers(1, 30))] for start in starts)
    assert lexicon.read(question) == fold_text(question).strip()


_LEXICONS: dict[str, Lexicon] = {}


def _real(notice: Notice) -> Lexicon:
    """Made once for all examples."""
    if notice.id not in _LEXICONS:
        _LEXICONS[notice.id] = Lexicon.build([notice.text])
    return _LEXICONS[notice.id]


@given(st.text(max_size=60))
def test_any_question_can_be_read(question: str) -> None:
    assert isinstance(SENTENCE.read(question), str)


def test_what_was_saved_reads_alike(tmp_path: Path) -> None:
    lexicon = Lexicon.build(["公园里。公园外。公园边。攻员会。", "中国工会十七大精神"], ["改格一", "改格二", "改格三"])
    lexicon.save(tmp_path / "读法")
    loaded = Lexicon.load(tmp_path / "读法")
    for typed in ("gongyuan", "工会时期大", "中国工会", "改格", "shiqida"):
        assert loaded.read(typed) == lexicon.read(typed)
    assert loaded.read("gongyuan") == "公园"


def test_arrays_of_two_lexicons_do_not_fit(tmp_path: Path) -> None:
    Lexicon.build(["中国工会"]).save(tmp_path / "a")
    Lexicon.build(["中国工会十七大"]).save(tmp_path / "b")
    (tmp_path / "b" / "sounds.npy").replace(tmp_path / "a" / "sounds.npy")
    with pytest.raises(ValueError, match="do not fit each other: a"):
        Lexicon.load(tmp_path / "a")


def test_characters_without_a_sound_are_read_as_they_stand() -> None:
    assert Lexicon.build(["㐂㐃㐄中国"]).read("㐂㐃㐄") == "㐂㐃㐄"


def test_of_a_library_only_what_is_common_in_it_is_put_in() -> None:
    # In some 200,000 characters a stretch must stand twice.
    filler = "，".join(chr(0x4E00 + at % 5000) * 2 for at in range(70_000))
    common = Lexicon.build([f"工会法，工会法，工会法，{filler}"])
    assert len(f"{filler}") > 200_000
    assert common.read("公慧法怎么样") == "工会法怎么样"
    assert Lexicon.build([f"工会法，{filler}"]).read("公慧法怎么样") == "公慧法怎么样"
