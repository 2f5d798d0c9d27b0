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


@pytest.mark.parametrize(
    ("notice", "question"),
    [
        ("职工众号召起来。", "工会公众号叫啥"),  # 众号 would be a scrap of 号召, 公众 a word
        ("装卸单位应当登记。", "发给哪些单位"),
        ("用人单位应当及时报告。", "想当技师"),
        ("推动事业进步。", "失业金能领几个月"),
        ("各位同志的意见。", "通知的落款日期"),
        ("大力弘扬爱岗位精神。", "AI岗位有哪些"),
        ("大力弘扬爱岗位精神。", "AI 岗位有哪些"),
        ("由各部门负责。", "由哪个部门负责"),
        ("说到意见的时候。", "已建的"),  # the little word that agrees is no sign
    ],
)
def test_right_words_are_not_read_as_scraps_or_as_other_words(notice: str, question: str) -> None:
    assert Lexicon.build([notice]).read(question) == fold_text(question)


def test_a_word_is_another_where_that_is_far_commoner_or_more_around_it_agrees() -> None:
    assert Lexicon.build(["工会主席的天职。"]).read("公会主席") == "工会主席"  # in so few characters once is often
    filler = "，".join(chr(0x4E00 + at % 5000) * 2 for at in range(1_500))  # 3,000 characters
    assert Lexicon.build([f"工会委员。{filler}"]).read("公会委") == "公会委"
    assert Lexicon.build([f"{'工会委。' * 9}{filler}"]).read("公会委") == "工会委"
    assert (
        Lexicon.build([f"公会。{'工会委。' * 9}{filler}"]).read("公会委") == "公会委"
    )  # the notices have it themselves
    # 利害 for 厉害 where three characters agree, though 厉害 is a word.
    assert Lexicon.build(["应当听取利害关系人的意见。"]).read("厉害关系人是谁") == "利害关系人是谁"


def test_of_places_that_sound_alike_one_where_it_is_a_word_is_enough() -> None:
    # The first 审计 is a scrap of 审计划.
    lexicon = Lexicon.build(["评审计划人员。审计人员。审计人员。"])
    assert lexicon.read("审记人员回避") == "审计人员回避"


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


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("工会时期大什么时候开的", "工会十七大什么时候开的"),
        ("公会的天职是什么", "工会的天职是什么"),
        ("武近工会威信公众号", "武进工会微信公众号"),
        ("讲整治排第几位", "讲政治排第几位"),
        ("王户宁致词", "王沪宁致词"),
        ("武进工会公众号叫啥", "武进工会公众号叫啥"),
        ("通知的落款日期是哪天", "通知的落款日期是哪天"),
        ("劳动合同没签满一年", "劳动合同没签满一年"),
        ("听谁的指挥", "听谁的指挥"),
    ],
)
def test_questions_about_the_real_notice(typed: str, read: str, notice: Notice) -> None:
    assert _real(notice).read(typed) == read


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
