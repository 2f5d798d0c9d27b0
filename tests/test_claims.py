import hashlib
import json
from pathlib import Path
from typing import Any

import outing
import pytest

from content.notice import Notice, parse_notice
from content.questions import QuestionError
from content.span import Span
from evals.claims import (
    DIFFERENCES,
    FOLDER,
    KINDS,
    Claim,
    Wrong,
    evidence_found,
    parse_claim,
    places_of,
    read_claims,
    split_of,
)
from evals.dataset import DatasetError
from index.pair import VERDICTS

NOTICE = parse_notice(outing.TEXT, "春游")
TRUE = {
    "id": "a", "split": "dev", "claim": "春游不要钱", "verdict": "supported", "kind": "reworded",
    "evidence": ["春游不收费"], "differences": [],
}  # fmt: skip
FALSE = {
    "id": "b", "split": "test", "claim": "春游在周五上午九点出发", "verdict": "contradicted", "kind": "number",
    "evidence": ["春游在周五上午八点出发"],
    "differences": [{"kind": "number", "claim": "九点", "source": "八点"}],
}  # fmt: skip
ABSENT = {
    "id": "c", "split": "dev", "claim": "春游要坐船", "verdict": "not_mentioned", "kind": "near",
    "evidence": [], "differences": [],
}  # fmt: skip


def parsed(row: dict[str, Any]) -> Claim:
    return parse_claim(row, NOTICE, "文件:3")


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_claim_of_every_verdict() -> None:
    assert parsed(TRUE) == Claim("a", "春游不要钱", "supported", "reworded", "dev", ((Span(43, 48),),), ())
    assert parsed(FALSE) == Claim(
        "b", "春游在周五上午九点出发", "contradicted", "number", "test",
        ((Span(14, 25),),), (Wrong("number", "九点", "八点"),),
    )  # fmt: skip
    assert parsed(ABSENT) == Claim("c", "春游要坐船", "not_mentioned", "near", "dev", (), ())


def test_a_difference_of_one_side() -> None:
    row = FALSE | {"kind": "negation", "differences": [{"kind": "negation", "claim": "", "source": "不"}]}
    assert parsed(row).differences == (Wrong("negation", "", "不"),)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (TRUE | {"verdict": "true"}, "true/reworded"),
        (TRUE | {"kind": "number"}, "supported/number"),
        (ABSENT | {"kind": "reworded"}, "not_mentioned/reworded"),
        (TRUE | {"evidence": []}, "都要有证据"),
        (ABSENT | {"evidence": ["春游不收费"]}, "都要有证据"),
        (FALSE | {"differences": []}, "写明差异"),
        (TRUE | {"differences": FALSE["differences"]}, "写明差异"),
        (TRUE | {"evidence": ["春游要收费"]}, "证据不是通知原文"),
        (TRUE | {"evidence": ["春游不收费", "春游要收费"]}, "证据不是通知原文"),
        (FALSE | {"differences": [{"kind": "number", "claim": "十点", "source": "八点"}]}, "十点/八点"),
        (FALSE | {"differences": [{"kind": "number", "claim": "九点", "source": "七点"}]}, "九点/七点"),
        (FALSE | {"differences": [{"kind": "数", "claim": "九点", "source": "八点"}]}, "九点/八点"),
    ],
)
def test_a_faulty_line_is_named(row: dict[str, Any], what: str) -> None:
    with pytest.raises(DatasetError, match=f"^文件:3.*{what}"):
        parsed(row)


def test_a_file_of_claims(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", TRUE, FALSE, ABSENT)
    found = read_claims(path, NOTICE)
    assert (found.notice_id, [claim.id for claim in found.claims]) == ("春游", ["a", "b", "c"])
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [claim.id for claim in split_of(found.claims, "dev")] == ["a", "c"]
    assert [claim.id for claim in split_of(found.claims, "test")] == ["b"]
    assert split_of(found.claims, "all") == found.claims
    assert split_of(found.claims, "train") == ()


def test_the_line_of_a_faulty_claim(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", TRUE, FALSE | {"differences": []})
    with pytest.raises(DatasetError, match=r"a\.jsonl:2："[:-1]):
        read_claims(path, NOTICE)
    path.write_text("{\n", encoding="utf-8")
    with pytest.raises(QuestionError, match=r"a\.jsonl:1"):
        read_claims(path, NOTICE)


def test_everywhere_that_a_quote_stands() -> None:
    assert places_of("春游", "春游、春游春游") == (Span(0, 2), Span(3, 5), Span(5, 7))
    assert places_of("哈哈", "哈哈哈") == (Span(0, 2), Span(1, 3))
    assert places_of("秋游", "春游") == ()
    assert len(parsed(TRUE | {"evidence": ["春游"]}).evidence[0]) == outing.TEXT.count("春游") == 3


def test_what_counts_as_evidence() -> None:
    claim = parsed(TRUE | {"evidence": ["春游不收费", "午餐自备"]})  # 43 to 48 and 49 to 53
    assert [claim.is_evidence(Span(*span)) for span in ((47, 48), (48, 49), (49, 50), (14, 43), (0, 99))] == [
        True, False, True, False, True,
    ]  # fmt: skip
    assert evidence_found(claim, [Span(0, 5), Span(40, 44)])
    assert not evidence_found(claim, [Span(0, 5)])
    assert not evidence_found(claim, [])
    assert not evidence_found(parsed(ABSENT), [Span(0, 99)])


def test_kinds_belong_to_verdicts_that_are_read() -> None:
    assert tuple(KINDS) == VERDICTS
    assert set(KINDS["contradicted"]) == set(DIFFERENCES)
    every = [kind for kinds in KINDS.values() for kind in kinds]
    assert len(every) == len(set(every))


def test_the_claims_of_the_notice_that_comes_with_the_product(notice: Notice) -> None:
    found = read_claims(FOLDER / f"{notice.id}.jsonl", notice)
    assert len({claim.id for claim in found.claims}) == len(found.claims) > 0
    assert {claim.verdict for claim in found.claims} == set(VERDICTS)
    assert {claim.split for claim in found.claims} == {"dev", "test"}
    assert len({claim.text for claim in found.claims}) == len(found.claims)


@pytest.mark.parametrize("key", ["verdict", "evidence", "claim"])
def test_a_line_without_a_key_is_named(key: str) -> None:
    with pytest.raises(DatasetError, match="文件:3"):
        parsed({name: value for name, value in FALSE.items() if name != key})


def test_an_empty_quote_is_no_evidence() -> None:
    with pytest.raises(DatasetError, match="证据"):
        parsed(TRUE | {"evidence": [""]})
