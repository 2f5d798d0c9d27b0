import pytest

from content.day import days_in, parse_day


@pytest.mark.parametrize(
    "line",
    [
        "二〇二四年三月五日", "二O二四年三月五日", "二0二四年三月五日", "二Ｏ二四年三月五日", "2O24年3月5日",
        "2024-3-5", "2024-03-05", "2024.3.5", "2024/3/5", "２０２４－３－５", "（2024年3月5日）",
    ],
)  # fmt: skip
def test_one_day_as_it_is_typed(line: str) -> None:
    assert parse_day(line) == "2024-03-05"


@pytest.mark.parametrize("line", ["2024-13-5", "2024-3.5", "2024.3", "1.2024.3.5", "2024-3-5前", "〇〇〇〇年一月一日"])
def test_what_is_no_day(line: str) -> None:
    assert parse_day(line) is None


def test_figures_alone_are_no_day_of_a_sentence() -> None:
    assert list(days_in("见2024-3-5号文，二O二四年三月五日起施行。")) == [("2024-03-05", 12)]
