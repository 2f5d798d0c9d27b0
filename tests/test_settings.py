from pathlib import Path

import pytest

from assistant import settings as module
from assistant.settings import Settings
from content.corpus import PACKAGED

NAMES = ("CONTENT", "INDEX_DIR", "MODEL", "CACHE", "ADAPTER", "DATA")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"NOTICE_ASSISTANT_{name}", raising=False)


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An adapter folder in place of the packaged one."""
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(module, "ADAPTER", folder)
    return folder


def test_the_defaults_of_a_checkout(adapter: Path) -> None:
    settings = Settings.from_environment()
    assert settings.content_dir == PACKAGED
    assert settings.index_dir == PACKAGED.parent / "index" / "built"
    assert settings.model is None
    assert settings.adapter == adapter
    assert settings.with_bank
    assert "notice-assistant" in str(settings.cache_dir)
    # The user's own additions never lie inside the package.
    assert settings.data_dir is not None and "notice-assistant" in str(settings.data_dir)
    assert PACKAGED.parent not in settings.data_dir.parents


def test_what_the_environment_says(monkeypatch: pytest.MonkeyPatch, adapter: Path, tmp_path: Path) -> None:
    for name in ("CONTENT", "INDEX_DIR", "CACHE", "DATA"):
        monkeypatch.setenv(f"NOTICE_ASSISTANT_{name}", str(tmp_path / name))
    monkeypatch.setenv("NOTICE_ASSISTANT_MODEL", "intfloat/multilingual-e5-base")
    assert Settings.from_environment() == Settings(
        tmp_path / "CONTENT",
        tmp_path / "INDEX_DIR",
        tmp_path / "CACHE",
        "intfloat/multilingual-e5-base",
        None,
        True,
        tmp_path / "DATA",
    )


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONTENT", "INDEX_DIR", "MODEL"):
        monkeypatch.setenv(f"NOTICE_ASSISTANT_{name}", "别的")
    settings = Settings.from_environment(tmp_path / "a", tmp_path / "b", "c")
    assert (settings.content_dir, settings.index_dir, settings.model) == (tmp_path / "a", tmp_path / "b", "c")


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Settings.from_environment()
    for name in NAMES:
        monkeypatch.setenv(f"NOTICE_ASSISTANT_{name}", "")
    assert Settings.from_environment() == plain


@pytest.mark.parametrize("how", ["environment", "argument", "model", "missing"])
def test_when_no_adapter_is_merged(how: str, adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "environment":
        monkeypatch.setenv("NOTICE_ASSISTANT_ADAPTER", "off")
    if how == "missing":
        (adapter / "adapter_config.json").unlink()
    settings = Settings.from_environment(model="a/model" if how == "model" else None, with_adapter=how != "argument")
    assert settings.adapter is None


def test_every_content_folder_and_variant_has_an_index_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTICE_ASSISTANT_CACHE", str(tmp_path / "cache"))
    folders = [
        Settings.from_environment(content, with_bank=bank, with_adapter=adapted).index_dir
        for content in (None, tmp_path / "甲", tmp_path / "乙")
        for bank in (True, False)
        for adapted in (True, False)
    ]
    assert len(set(folders)) == 12
    assert all(tmp_path / "cache" in folder.parents for folder in folders[4:])


def test_the_index_of_a_folder_does_not_hang_on_how_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "通知").mkdir()
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment(Path("通知")).index_dir == Settings.from_environment(tmp_path / "通知").index_dir


def test_an_installed_package_keeps_its_index_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Where there is no pyproject.toml beside the code, the folder of the code may be read-only.
    packaged = tmp_path / "site-packages" / "content"
    monkeypatch.setattr(module, "PACKAGED", packaged)
    monkeypatch.setenv("NOTICE_ASSISTANT_CACHE", str(tmp_path / "cache"))
    settings = Settings.from_environment()
    assert settings.content_dir == packaged
    assert tmp_path / "cache" / "index" in settings.index_dir.parents
