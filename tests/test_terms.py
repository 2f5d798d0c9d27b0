import pytest

from index.terms import character_terms, pinyin_terms, sound, split_pinyin


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("工会", ["工", "会", "工会"]),
        ("工會", ["工", "会", "工会"]),
        ("甲，乙", ["甲", "乙"]),
        ("甲 乙", ["甲", "乙"]),
        ("第十七次", ["第", "十", "第十", "七", "十七", "次", "七次", "#17"]),
        ("17次", ["17", "次", "17次", "#17"]),
        ("ＡＰＰ３．５％", ["app", "3.5", "app3.5", "#3.5"]),
        ("Hello, world", ["hello", "world"]),
        ("𠮷村", ["𠮷", "村", "𠮷村"]),
        ("，。！😀 \n", []),
        ("", []),
    ],
)
def test_terms_are_characters_pairs_words_and_numbers(text: str, terms: list[str]) -> None:
    assert character_terms(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("工会十七大", ["gon hui", "hui si", "si qi", "qi da"]),
        ("工会时期大", ["gon hui", "hui si", "si qi", "qi da"]),
        ("gonghui shiqida", ["gon hui", "hui si", "si qi", "qi da"]),
        ("工会，十大", ["gon hui", "si da"]),
        ("工会abc大会", ["gon hui", "da hui"]),
        ("18年", ["yi ba", "ba nian"]),
        ("大", []),
        ("", []),
    ],
)
def test_pinyin_terms_are_pairs_of_syllables_without_tones(text: str, terms: list[str]) -> None:
    assert pinyin_terms(text) == terms


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [
        ("gonghui", ["gong", "hui"]),
        ("shiqida", ["shi", "qi", "da"]),
        ("zhongguogonghui", ["zhong", "guo", "gong", "hui"]),
        ("xian", ["xian"]),
        ("a", ["a"]),
        ("hello", None),
        ("what", None),
        ("", None),
    ],
)
def test_pinyin_is_split_into_the_fewest_syllables(letters: str, syllables: list[str] | None) -> None:
    assert split_pinyin(letters, blur=False) == syllables


def test_sounds_that_people_mix_up_are_one() -> None:
    assert split_pinyin("zhangcheng") == ["zan", "cen"]
    assert pinyin_terms("王户宁") == pinyin_terms("王沪宁") == ["wan hu", "hu nin"]
    assert [sound(c) for c in "工🙂"] == ["gong", ""]
