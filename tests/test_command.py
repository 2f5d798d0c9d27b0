import click
import pytest
from click.testing import CliRunner

from assistant.citation import QuotationError
from assistant.command import Commands, Failure, progress_bar
from assistant.opening import BuildError
from content.notice import NoticeError
from content.questions import QuestionError
from index.encoder import EncoderError
from index.store import IndexDamagedError, IndexMissingError, IndexStaleError, IndexUnusableError


def run(error: BaseException) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command that raises."""

    @click.group(cls=Commands)
    def main() -> None: ...

    @main.command()
    def go() -> None:
        raise error

    result = CliRunner().invoke(main, ["go"])
    if isinstance(result.exception, Exception) and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    "kind",
    [NoticeError, QuestionError, EncoderError, QuotationError, BuildError, Failure],
)
def test_a_named_error_is_one_line_and_status_1(kind: type[Exception]) -> None:
    assert run(kind("第一行\n  第二行")) == (1, "", "错误：第一行 第二行\n")


@pytest.mark.parametrize("kind", [IndexMissingError, IndexStaleError, IndexDamagedError])
def test_an_index_that_is_of_no_use_says_what_to_run(kind: type[IndexUnusableError]) -> None:
    assert run(kind("理由")) == (1, "", "错误：理由，请运行 notice-assistant build 建立索引。\n")
    assert kind("理由").reason == "理由"


def test_an_error_of_the_system_names_the_file() -> None:
    assert run(PermissionError(13, "Permission denied", "/a/b")) == (1, "", "错误：/a/b Permission denied\n")
    assert run(OSError("别的")) == (1, "", "错误：别的\n")


def test_wrong_usage_is_status_2() -> None:
    status, out, err = run(click.UsageError("二者选一"))
    assert (status, out) == (2, "")
    assert "二者选一" in err


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run(ZeroDivisionError())


def test_a_progress_bar_that_ends_soon_is_never_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("建立索引") as step:
        step(1, 2)
        step(2, 2)
    assert capsys.readouterr() == ("", "")


def test_a_progress_bar_may_count_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("建立索引"):
        pass
    assert capsys.readouterr() == ("", "")


def test_in_a_log_progress_is_a_line_with_rate_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with progress_bar("建立索引") as step:
        for done in (10, 20, 30, 90):
            now[0] += 20
            step(done, 90)
    assert capsys.readouterr().err.splitlines() == [
        "建立索引：20/90，每秒 0.5 条，还要 0:02:20",
        "建立索引：90/90，每秒 1.1 条，还要 0:00:00",
    ]
