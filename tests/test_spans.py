import pytest

from content.notice import parse_notice
from content.span import Span
from evals.dataset import EvalQuestion, parse_question
from evals.spans import CHARACTERS, character_measures

NOTICE = parse_notice("关于春游的通知\n\n春游在周五。请带水。\n\n春游不收费。\n", "春游")


def question(*quotes: str, any_one: bool = False) -> EvalQuestion:
    row = {"id": "q", "group": "g", "split": "dev", "category": "factoid", "question": "问", "quotes": list(quotes)}
    return parse_question(row | {"any": any_one}, NOTICE, "手写")


def at(words: str) -> tuple[str, Span]:
    start = NOTICE.text.index(words)
    return "春游", Span(start, start + len(words))


def measured(asked: EvalQuestion, *ranked: tuple[str, Span], lit: tuple[str, Span] | None = None) -> dict[str, float]:
    return character_measures(asked, "春游", ranked, lit)


def test_by_hand() -> None:
    found = measured(question("请带水"), at("春游在周五。请带水。"), lit=at("请带水。"))
    assert set(found) == set(CHARACTERS)
    assert found == pytest.approx(
        {
            "CharR@1": 1,
            "CharR@3": 1,
            "CharP@1": 3 / 10,
            "CharF1@1": 2 * 0.3 / 1.3,
            "CharR@500c": 1,
            "HighlightF1": 2 * 0.75 / 1.75,
        }
    )


def test_a_wider_cut_finds_as_much_and_says_less() -> None:
    whole, narrow = at("春游在周五。请带水。\n\n春游不收费。"), at("请带水。")
    wide, close = measured(question("请带水"), whole), measured(question("请带水"), narrow)
    assert wide["CharR@1"] == close["CharR@1"] == 1
    assert wide["CharP@1"] < close["CharP@1"] and wide["CharF1@1"] < close["CharF1@1"]


def test_two_halves_of_an_answer_come_to_the_whole_of_it() -> None:
    halves = at("春游在"), at("周五。请带水。")
    found = measured(question("春游在周五"), *halves)
    assert (found["CharR@1"], found["CharR@3"]) == (0.6, 1)


def test_quotes_that_are_all_needed_and_quotes_of_which_one_is_enough() -> None:
    asked = ("春游在周五", "春游不收费")
    assert measured(question(*asked), at("春游不收费。"))["CharR@1"] == 0.5
    assert measured(question(*asked, any_one=True), at("春游不收费。"))["CharR@1"] == 1


def test_a_quote_that_stands_in_several_places_is_found_at_any() -> None:
    assert measured(question("春游"), at("春游不收费。"))["CharR@1"] == 1


def test_the_same_offsets_in_another_notice_are_no_answer() -> None:
    asked, (_, span) = question("请带水"), at("请带水。")
    found = measured(asked, ("秋游", span), lit=("秋游", span))
    assert set(found.values()) == {0.0}
    assert measured(asked) == dict.fromkeys(CHARACTERS, 0.0)


def test_reading_stops_after_five_hundred_characters() -> None:
    far = ("秋游", Span(0, 498))
    # Two characters of the budget are left for the passage that answers: 请带.
    assert measured(question("请带水"), far, at("请带水。"))["CharR@500c"] == pytest.approx(2 / 3)
    assert measured(question("请带水"), ("秋游", Span(0, 500)), at("请带水。"))["CharR@500c"] == 0
