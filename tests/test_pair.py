import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from content.text import fold_numerals
from index.pair import (
    LONGEST_CLAIM,
    LONGEST_EVIDENCE,
    VERDICTS,
    PairReader,
    Reading,
    as_read,
    batch,
    load_pair_reader,
    new_network,
    novelty,
    save_pair_reader,
    tokenize,
)

RANK = 4
PAIRS = [
    ("春游周五", "春游周五带水"),
    ("春游周五带水", "费用"),
    ("十二校", "學校１２"),
    ("水", "雨衣，雨衣，雨衣"),
    ("？", "带水"),
]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def reader(tiny_folder: Path) -> PairReader:
    """Untrained, and with an adapter that does something."""
    import torch

    torch.manual_seed(1)
    tokenizer, network = new_network(tiny_folder, RANK)
    for name, weight in network.named_parameters():
        if "lora_B" in name:
            weight.data.normal_(std=0.1)
    network.eval()
    return PairReader(tokenizer, network, "甲")


def alike(a: list[Reading], b: list[Reading], within: float) -> bool:
    return all(
        np.allclose(x.logits, y.logits, atol=within)
        and all(
            [s for s, _ in own] == [s for s, _ in other]
            and np.allclose([p for _, p in own], [p for _, p in other], atol=within)
            for own, other in ((x.claim, y.claim), (x.evidence, y.evidence))
        )
        for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "other", "found"),
    [
        ("春游周五带水费", "春游周五带水", "0000002"),
        ("春游周五", "春游周五带水", "1111"),
        ("周五春游", "春游周五", "1111"),  # the words are there, in another company
        ("春游周五", "周春五游", "2222"),
        ("春游周五", "春游", "1122"),
        ("水", "水", "2"),
        ("水水", "水水", "11"),
        ("", "春游", ""),
        ("春游", "", "22"),
    ],
)
def test_how_new_every_character_is(text: str, other: str, found: str) -> None:
    assert "".join(map(str, novelty(text, other))) == found


few = st.text(st.sampled_from("春游水"), max_size=14)


@pytest.mark.parametrize(
    ("source", "read", "back"),
    [
        ("第十六届", "16届", (1, 2, 3, 4)),
        ("第三项", "第3项", None),
        ("10月29号", "10月29日", (0, 1, 2, 3, 4, 5, 6)),
        ("29号线", "29号线", (0, 1, 2, 3, 4)),
        ("", "", (0,)),
    ],
)
def test_one_form_of_terms_and_days(source: str, read: str, back: tuple[int, ...] | None) -> None:
    found = as_read(source)
    assert found.text == read
    assert back is None or found.offsets == back


@given(st.text("第十六届月号12日", max_size=12))
def test_what_is_read_leads_back_to_the_source(source: str) -> None:
    found = as_read(source)
    assert len(found.offsets) == len(found.text) + 1 and found.offsets[-1] == len(source)
    assert list(found.offsets) == sorted(found.offsets)


@given(few, few)
def test_how_new_is_by_the_longest_stretch_that_stands_there_too(text: str, other: str) -> None:
    stretches = [(a, b) for a in range(len(text)) for b in range(a + 1, len(text) + 1) if text[a:b] in other]
    longest = [max((b - a for a, b in stretches if a <= i < b), default=0) for i in range(len(text))]
    assert novelty(text, other).tolist() == [0 if n >= 6 else 1 if n >= 2 else 2 for n in longest]


def test_tokens_with_their_side_and_what_the_other_side_lacks(reader: PairReader) -> None:
    [row] = tokenize(reader.tokenizer, [(fold_numerals("春游周水"), fold_numerals("春游雨衣"))])
    ids = tiny_weights.PIECES.index
    assert row["ids"] == [0, 4, ids("春游"), ids("周"), ids("水"), 2, 4, ids("春游"), ids("雨"), ids("衣"), 2]
    assert row["segments"] == [0, 1, 1, 2, 2, 0, 4, 4, 5, 5, 3]
    assert [place and place[0] for place in row["places"]] == [None, 0, 0, 0, 0, None, 1, 1, 1, 1, None]
    assert row["places"][2:5] == [(0, 0, 2), (0, 2, 3), (0, 3, 4)]
    assert row["places"][7:10] == [(1, 0, 2), (1, 2, 3), (1, 3, 4)]


def test_long_texts_are_read_in_part(reader: PairReader) -> None:
    [row] = tokenize(reader.tokenizer, [(fold_numerals("水" * 500), fold_numerals("衣" * 500))])
    assert [sum(p is not None and p[0] == side for p in row["places"]) for side in (0, 1)] == [
        LONGEST_CLAIM,
        LONGEST_EVIDENCE,
    ]
    assert len(row["ids"]) == len(row["segments"]) == len(row["places"]) == LONGEST_CLAIM + LONGEST_EVIDENCE + 3


def test_a_batch_is_padded_to_the_step_that_holds_its_longest() -> None:
    rows: list[dict[str, Any]] = [
        {"ids": [0, 7, 2, 8, 2], "segments": [0, 1, 0, 3, 2], "places": [None, (0, 0, 1), None, (1, 0, 1), None]},
        {"ids": [0, 2, 2], "segments": [0, 0, 2], "places": [None, None, None]},
    ]
    made = {name: tensor.tolist() for name, tensor in batch(rows, 1).items()}
    fills = {"ids": 1, "segments": 0, "mask": 0, "claim": 0}
    for name, fill in fills.items():
        assert [row[5:] for row in made[name]] == [[fill] * 27] * 2, name
    assert {name: [row[:5] for row in made[name]] for name in made} == {
        "ids": [[0, 7, 2, 8, 2], [0, 2, 2, 1, 1]],
        "segments": [[0, 1, 0, 3, 2], [0, 0, 2, 0, 0]],
        "mask": [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]],
        "claim": [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]],
    }


def test_a_reading_has_a_number_a_verdict_and_a_chance_a_token(reader: PairReader) -> None:
    for (claim, evidence), reading in zip(PAIRS, reader.read(PAIRS), strict=True):
        assert reading.logits.shape == (len(VERDICTS),)
        for text, tokens in ((claim, reading.claim), (evidence, reading.evidence)):
            assert all(0 <= chance <= 1 for _, chance in tokens)
            assert {i for span, _ in tokens for i in range(span.start, span.end)} == set(range(len(text)))


def test_spans_are_of_the_source_whatever_folding_does(reader: PairReader) -> None:
    claim = "第一百二十\u200b校，ＡＢ"
    [reading] = reader.read([(claim, "校")])
    words = [span.of(claim) for span, _ in reading.claim]
    assert "校" in words
    assert words[-1] == "Ｂ"
    assert "，" in words


TEXTS = st.text(st.sampled_from("春游周五带水十二百万123，Ａ\u200b學校😀 "), max_size=12)


@settings(max_examples=30)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_every_span_lies_in_its_text(reader: PairReader, pairs: list[tuple[str, str]]) -> None:
    for (claim, evidence), reading in zip(pairs, reader.read(pairs), strict=True):
        for text, tokens in ((claim, reading.claim), (evidence, reading.evidence)):
            assert all(0 <= span.start <= span.end <= len(text) for span, _ in tokens)
            assert [span.start for span, _ in tokens] == sorted(span.start for span, _ in tokens)
        assert np.isfinite(reading.logits).all()


def test_what_is_read_beside_it_changes_little(reader: PairReader) -> None:
    many = PAIRS * 5  # more than one batch, of mixed lengths
    assert alike(reader.read(many), [reader.read([pair])[0] for pair in many], 0.05)
    assert reader.read([]) == []


def test_numerals_of_both_scripts_read_alike(reader: PairReader) -> None:
    arabic, chinese = reader.read([("带水12", "春游3校")]), reader.read([("带水十二", "春游三校")])
    assert np.allclose(arabic[0].logits, chinese[0].logits, atol=1e-5)


def test_saved_and_loaded_it_reads_the_same(reader: PairReader, tiny_folder: Path, tmp_path: Path) -> None:
    save_pair_reader(reader, tmp_path / "读者" / "一", RANK)
    names = {path.name for path in (tmp_path / "读者" / "一").iterdir()}
    assert names == {"config.json", "weights.safetensors"}
    assert json.loads((tmp_path / "读者" / "一" / "config.json").read_text(encoding="utf-8")) == {"rank": RANK}
    loaded = load_pair_reader(tiny_folder, tmp_path / "读者" / "一")
    assert alike(loaded.read(PAIRS), reader.read(PAIRS), 0.05)  # what was trained is kept in half precision
    again = load_pair_reader(tiny_folder, tmp_path / "读者" / "一")
    assert alike(again.read(PAIRS), loaded.read(PAIRS), 1e-6)


def test_only_what_is_trained_is_saved(reader: PairReader, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    save_pair_reader(reader, tmp_path, RANK)
    names = set(load_file(tmp_path / "weights.safetensors"))
    assert {"verdict.weight", "verdict.bias", "differs.weight", "differs.bias"} <= names
    rest = {name for name in names if not name.startswith(("verdict.", "differs."))}
    assert all("lora_" in name or "token_type_embeddings" in name for name in rest)
    assert sum("token_type_embeddings" in name for name in rest) == 1
    assert not any("word_embeddings" in name for name in names)


def test_weights_of_another_shape_do_not_fit(reader: PairReader, tiny_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    save_pair_reader(reader, tmp_path / "a", RANK)
    (tmp_path / "a" / "config.json").write_text(json.dumps({"rank": 2}), encoding="utf-8")
    with pytest.raises(ValueError, match="tensors do not fit this encoder"):
        load_pair_reader(tiny_folder, tmp_path / "a")
    save_pair_reader(reader, tmp_path / "b", RANK)
    tensors = load_file(tmp_path / "b" / "weights.safetensors")
    del tensors["verdict.bias"]
    save_file(tensors, tmp_path / "b" / "weights.safetensors")
    with pytest.raises(ValueError, match=r"1 tensors do not fit this encoder, for example verdict\.bias"):
        load_pair_reader(tiny_folder, tmp_path / "b")


def test_weights_that_are_not_there(tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"config\.json"):
        load_pair_reader(tiny_folder, tmp_path / "没有")


def test_a_broken_file_of_weights_is_one_of_the_errors_that_are_known(
    reader: PairReader, tiny_folder: Path, tmp_path: Path
) -> None:
    save_pair_reader(reader, tmp_path, RANK)
    (tmp_path / "weights.safetensors").write_bytes(b"version https://git-lfs")
    with pytest.raises((OSError, ValueError, RuntimeError)):
        load_pair_reader(tiny_folder, tmp_path)


def test_a_lone_surrogate_is_no_fault(reader: PairReader) -> None:
    assert len(reader.read([("春游\ud800", "春游")])) == 1
