"""The comparison with other libraries, without the libraries: what is asked, judged, located and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from content.span import Span
from evals.peers.benchmark import missing, run_stage
from evals.peers.data import Texts, fill_request, make_cloud, notice_texts
from evals.peers.drivers.loop import Memory
from evals.peers.page import page_text, write_page
from evals.peers.process import PeerError, alone, python_of, turns
from evals.peers.stages import _located, dense_systems, spread
from evals.peers.system import ENVIRONMENTS, STAGES, SYSTEMS
from evals.record import RunError

VECTORS = next(system for system in SYSTEMS if system.name == "ours-vectors")


def test_every_library_is_pinned_exactly() -> None:
    pins = [package for environment in ENVIRONMENTS for package in environment.packages]
    assert [pin for pin in pins if pin.count("==") != 1] == []
    assert "torch==2.13.0" in pins


def test_the_dense_systems_are_one_of_each_library() -> None:
    names = [system.environment.name for system in dense_systems()]
    assert sorted(names) == sorted({environment.name for environment in ENVIRONMENTS})


def test_turns_begin_with_another_one_each_round() -> None:
    assert [turns("abc", number) for number in range(4)] == [
        ["a", "b", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["a", "b", "c"],
    ]


def test_times_are_in_milliseconds() -> None:
    assert spread([0.001, 0.002, 0.003]) == {"p50": pytest.approx(2.0), "p95": pytest.approx(2.9), "n": 3}


def test_a_memory_that_is_off_encodes_all_and_one_that_is_on_what_is_new() -> None:
    memory, encoded = Memory(), []

    def encode(texts: list[str]) -> list[str]:
        encoded.append(list(texts))
        return [text.upper() for text in texts]

    assert memory.of(["a", "b"], False, encode) == ["A", "B"]
    assert memory.of(["a"], False, encode) == ["A"]
    memory.on = True
    assert memory.of(["b", "c"], False, encode) == ["B", "C"]
    assert memory.of(["a"], True, encode) == ["A"]  # as a question it is another text
    assert encoded == [["a", "b"], ["a"], ["c"], ["a"]]


def test_quality_is_over_all_that_were_asked() -> None:
    texts = Texts("x", ("1", "2"), ("甲", "乙"), (("p", "甲？"), ("q", "乙？")), {"p": {"1": 1}, "q": {"2": 1}})
    found = texts.quality({"p": ["1", "2"], "q": ["1", "2"]}, texts.questions)
    assert found["Success@1"] == 0.5
    assert found["nDCG@10"] == pytest.approx((1 + 1 / np.log2(3)) / 2, abs=1e-4)
    assert texts.quality({}, texts.questions)["Success@1"] == 0.0


def test_the_questions_of_the_notice_have_passages_that_answer() -> None:
    texts = notice_texts()
    assert len(texts.ids) == len(texts.texts)
    assert all(texts.qrels[name] for name, _ in (*texts.questions, *texts.dev))
    assert not {name for name, _ in texts.questions} & {name for name, _ in texts.dev}


def test_pieces_are_found_whatever_became_of_the_white_space() -> None:
    text = "一、总则\n\n第一条  为了职工。\n第二条 为了职工。"
    pieces = ["一、总则 第一条", "为了职工。", "为了职工。", "没有的"]
    assert [span.of(text) for span in _located(pieces, text)] == ["一、总则\n\n第一条", "为了职工。", "为了职工。"]
    assert _located(["为了职工。", "为了职工。"], text)[1] == Span(21, 26)


def test_our_own_driver_finds_what_is_nearest(tmp_path: Path) -> None:
    cloud = make_cloud(1000, 5, tmp_path)
    with alone(VECTORS, tmp_path) as peer:
        peer.do("fill", **fill_request(cloud))
        built = peer.do("build", ids=cloud.ids, texts=cloud.texts, remember=True)
        found = peer.do("ask", questions=cloud.questions, k=10, remember=True)
    assert cloud.recall(found["found"]) == 1.0
    assert built["wall"] > 0
    assert len(found["walls"]) == len(found["cpus"]) == 5


def test_a_driver_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    with alone(VECTORS, tmp_path) as peer, pytest.raises(PeerError, match=r"ours（vectors，nothing）.*unknown request"):
        peer.do("nothing")


def test_the_product_runs_in_the_python_that_asks(tmp_path: Path) -> None:
    assert [python_of(environment, tmp_path).is_file() for environment in ENVIRONMENTS] == [True, *[False] * 4]


def test_a_stage_that_is_kept_is_not_run_again(tmp_path: Path) -> None:
    (tmp_path / "stage-cold.json").write_text('{"figures": {"ours": {"cold": 1.0}}}', encoding="utf-8")
    assert run_stage("cold", tmp_path, tmp_path, None, lambda _: None) == {"ours": {"cold": 1.0}}
    assert missing(tmp_path) == [stage for stage in STAGES if stage != "cold"]
    assert run_stage("dataset-plain", tmp_path, tmp_path, None, lambda _: None) == {}
    assert "dataset-plain" in missing(tmp_path)


def saved() -> dict[str, Any]:
    times = {"question": {"p50": 0.02, "p95": 0.04}, "question_cpu": {"p50": 0.01, "p95": 0.03}}
    built = {"build": 0.0024, "build_cpu": 0.0012, "passages": 24}
    texts = {"ours": {"Success@1": 0.9, "nDCG@10": 0.95, "build_encoding": 2.5, "build_encoding_cpu": 2.0}}
    texts = {"ours": texts["ours"] | times | built, "other": {"Success@1": 0.8, "nDCG@10": 0.9} | times | built}
    cloud = {"ours": times | built | {"recall@10": 0.99, "resident": 2_000_000}}
    return {
        "kind": "peers",
        "systems": {"ours": {"about": "all channels"}, "other": {"about": "defaults"}},
        "environments": {"other": ["txtai==9.14.0", "numpy==1"]},
        "provenance": {"machine": {"cpus": 2, "processor": "x"}, "commit": "abcdef0123"},
        "stages": {
            "notice-adapted": texts,
            "dataset-adapted": {},
            "questions": {"ours": times},
            "cold": {"ours": {"cold": 9.5, "cold_least": 9.0, "resident": 1_000_000}},
            "cloud-10000": cloud,
            "cloud-100000": cloud,
            "splitters": {
                "ours": {"pieces": 24, "characters": 90, "Success@1": 0.8, "CharF1@1": 0.5, "CharR@500c": 0.7}
            },
        },
    }


def test_the_page_holds_the_figures() -> None:
    text = page_text(saved(), "peers-x.json")
    assert "| ours | 0.900 | 0.950 | 20 us (10 us) | 40 us (30 us) | 100 us (50 us) | 2.5 s (2 s) |" in text
    assert "| other | 0.800 | 0.900 | 20 us (10 us) | 40 us (30 us) | 100 us (50 us) | as its dense one |" in text
    assert "| ours | 9.5 s | 9.0 s | 1 MB |" in text
    assert "txtai==9.14.0." in text
    assert "numpy" not in text
    assert "Not measured in this run: notice-plain, dataset-adapted, dataset-plain." in text


def test_the_page_and_the_plot_are_made_from_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "peers-x.json"
    file.write_text(json.dumps(saved()), encoding="utf-8")
    assert write_page(file, tmp_path / "docs").read_text(encoding="utf-8").startswith("# Beside other libraries\n")
    assert "<svg" in (tmp_path / "docs" / "peers.svg").read_text(encoding="utf-8")
    file.write_text('{"kind": "else"}', encoding="utf-8")
    with pytest.raises(RunError, match="peers-x"):
        write_page(file, tmp_path)
