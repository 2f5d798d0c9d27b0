import json
from pathlib import Path
from typing import Any

import pytest
from bigram import BigramEncoder
from outing import FUSION
from page_fixture import OverlapAnswerer
from test_register import LIBRARY
from web_fixture import make, opened

from assistant.answerer import Answerer
from assistant.app import _answer
from assistant.current import Current
from assistant.remembered import RememberedAnswers
from assistant.scope import Catalogue, ScopeError, Selection, read_selection, scope_view, selection_of_address
from content.corpus import make_corpus
from content.facets import is_rule, issuers_of, kinds_of, year_of
from content.notice import parse_notice
from index.build import build_index
from index.retriever import Retriever

ENCODER = BigramEncoder()
ANSWERER = Answerer(Retriever(build_index(LIBRARY, ENCODER), ENCODER, FUSION))
CATALOGUE = Catalogue(LIBRARY)
OLD, NEW = "烈士褒扬条例(2011-07-26)", "烈士褒扬条例(2024-09-27)"


def select(**facets: Any) -> set[str]:
    return set(CATALOGUE.select(read_selection(facets)))


def test_what_documents_are() -> None:
    assert [kinds_of(notice) for notice in LIBRARY.notices] == [
        ("法律", "法"), ("行政法规", "条例"), ("行政法规", "条例"), ("通知",)
    ]  # fmt: skip
    assert [issuers_of(notice) for notice in LIBRARY.notices] == [
        ("全国人民代表大会常务委员会",), ("国务院",), ("国务院",), ("武进区总工会",)
    ]  # fmt: skip
    assert [year_of(notice) for notice in LIBRARY.notices] == [2018, 2011, 2024, 2018]
    assert [is_rule(notice) for notice in LIBRARY.notices] == [True, True, True, False]


def test_a_code_is_a_law() -> None:
    code = parse_notice("中华人民共和国甲法典\n\n第一条 甲。\n第二条 乙。\n", "甲法典")
    assert kinds_of(code) == ("法律", "法典")


def test_several_issuers_are_several_and_a_folder_names_a_kind() -> None:
    text = (
        "关于征兵的规定\n中华人民共和国国务院、中华人民共和国中央军事委员会令第290号\n\n第一条 征兵。\n第二条 施行。\n"
    )
    notice = parse_notice(text, "行政法规/征兵(2001-01-01)")
    assert kinds_of(notice) == ("行政法规", "规定")
    rules = [
        is_rule(parse_notice("关于征兵\n\n征兵。\n", f"{folder}征兵")) for folder in ("行政法规/", "规范性文件/", "")
    ]
    assert rules == [True, False, False]
    bodies = "中华人民共和国国务院、中华人民共和国中央军事委员会"
    order = f"征兵条例\n（2001年1月1日{bodies}令第290号公布）\n第一条 征兵。\n第二条 施行。\n"
    assert issuers_of(parse_notice(order, "征兵")) == ("国务院", "中央军委")


@pytest.mark.parametrize(
    ("facets", "found"),
    [
        ({"document": "劳动法"}, {"劳动法"}),
        ({"document": ["中华人民共和国劳动法", "武工发[2018]12号"]}, {"劳动法", "春游"}),
        ({"document": "烈士褒扬条例"}, {OLD, NEW}),
        ({"document": OLD}, {OLD}),
        ({"issuer": "中华人民共和国国务院"}, {OLD, NEW}),
        ({"issuer": "总工会"}, {"春游"}),
        ({"year": 2018}, {"劳动法", "春游"}),
        ({"year": "2011-2018年"}, {"劳动法", "春游", OLD}),
        ({"year": [2011, "2024"]}, {OLD, NEW}),
        ({"kind": "行政法规"}, {OLD, NEW}),
        ({"kind": ["通知", "法律"]}, {"春游", "劳动法"}),
        ({"kind": "行政法規", "year": "２０２４"}, {NEW}),
        ({"question": "别的项不看", "issuer": [], "year": None, "kind": ""}, {"劳动法", "春游", OLD, NEW}),
    ],
)
def test_documents_in_a_scope(facets: dict[str, Any], found: set[str]) -> None:
    assert select(**facets) == found


@pytest.mark.parametrize(
    ("facets", "sentence"),
    [
        ({"document": "刑法"}, "这里没有文件“刑法”，请检查名称再问。"),
        ({"issuer": "国务院", "year": 1900}, "这个范围里没有文件（发文机关“国务院”，年份“1900”），请放宽范围再问。"),
        ({"kind": ["函", "令"]}, "这个范围里没有文件（种类“函”、“令”），请放宽范围再问。"),
        ({"year": "去年"}, "年份“去年”看不懂，请写成 2018 或 2015-2018。"),
        ({"issuer": {"a": 1}}, "范围里的发文机关（issuer）应是文字，或最多 200 项文字的列表。"),
        ({"year": [True]}, "范围里的年份（year）应是文字，或最多 200 项文字的列表。"),
    ],
)
def test_a_scope_that_holds_nothing_is_one_sentence(facets: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ScopeError) as raised:
        select(**facets)
    assert str(raised.value) == sentence


def test_the_address_holds_a_scope() -> None:
    assert selection_of_address({"q": "问", "issuer": "国务院|公安部", "year": "2018"}) == Selection(
        issuer=("国务院", "公安部"), year=("2018",)
    )
    assert not selection_of_address({"q": "问"})


@pytest.mark.parametrize("whole", [1000, 0])
def test_nothing_outside_the_scope_is_found(whole: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.proposer._WHOLE", whole)
    for question in ("为了什么制定", "劳动法第一条", "武工发〔2018〕12号", "发放工资"):
        answer = ANSWERER.ask(question, 9, scope=Selection(kind=("行政法规",)))
        assert {found.citation.notice_id for found in answer.passages} <= {OLD, NEW}
        assert answer.passages
    scoped = ANSWERER.ask("第一条", 9, scope=Selection(document=("劳动法",)))
    assert scoped.passages[0].citation.label == "《劳动法》第一条"


def test_a_scope_that_leaves_nothing_out_changes_nothing() -> None:
    assert ANSWERER.ask("发放工资", scope=Selection(year=("1990-2030",))) == ANSWERER.ask("发放工资")


def test_remembered_answers_know_their_scope() -> None:
    remembered = RememberedAnswers(ANSWERER)
    whole = remembered.ask("发放工资")
    narrow = remembered.ask("发放工资", scope=Selection(document=("春游",)))
    assert whole != narrow == remembered.ask("发放工资", scope=Selection(document=("春游",)))
    assert remembered.ask("发放工资", scope=Selection()) == whole
    assert Current(remembered).ask("发放工资", scope=Selection(document=("春游",))) == narrow


def test_the_page_shows_the_scope_and_says_when_it_is_empty() -> None:
    shown = _answer(ANSWERER, "发放工资", False, 5, {"year": "2018", "documents": []})
    assert shown["scope"] == {"year": ["2018"]}
    assert {card["notice"] for card in shown["cards"]} == {"劳动法", "春游"}
    assert _answer(ANSWERER, "发放工资", False, 5, {"year": "1800"})["reason"] == "scope_empty"
    assert _answer(ANSWERER, "发放工资", False, 5, ["2018"])["scope"] == {}


def test_one_notice_has_no_scope_on_the_page() -> None:
    one = OverlapAnswerer(make_corpus(LIBRARY.notices[:1]))
    assert _answer(one, "发放工资", False, 5, {"year": "1800"})["state"] == "answer"


def test_what_the_page_chooses_from() -> None:
    view = scope_view(LIBRARY)
    assert view["kinds"] == ["行政法规", "条例", "法律", "法", "通知"]
    assert view["issuers"] == ["国务院", "全国人民代表大会常务委员会", "武进区总工会"]
    assert view["documents"][1] == [OLD, "烈士褒扬条例（2011-07-26）", 2011, [0], [0, 1]]
    assert view["documents"][3] == ["春游", "武进区总工会关于春游的通知", 2018, [2], [4]]


def test_the_api_takes_a_scope() -> None:
    with opened(make(OverlapAnswerer(LIBRARY))) as http:
        asked = {"question": "为了什么制定", "kind": "行政法规", "year": [2024]}
        found = http.post("/api/ask", json=asked).json()
        assert {row["citation"]["notice_id"] for row in found["passages"]} == {NEW}
        assert list(found) == ["question", "answered", "confidence", "passages"]
        refused = http.post("/api/ask", json=asked | {"issuer": ["公安部"]})
        assert refused.status_code == 422
        assert refused.json() == {"detail": "这个范围里没有文件，请放宽范围再问。"}
        wrong = http.post("/api/ask", json=asked | {"year": {"from": 1}})
        assert wrong.json() == {"detail": "请求的内容不对：请检查 year（年份）。"}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for notice in LIBRARY.notices:
        (tmp_path / f"{notice.id}.txt").write_text(notice.text, encoding="utf-8")
    return tmp_path


def test_the_command_takes_a_scope(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from assistant.cli import main

    monkeypatch.setattr("assistant.cli_ask.open_product", lambda settings: ANSWERER)
    run = CliRunner()
    found = run.invoke(main, ["ask", "工资", "--year", "2018", "--kind", "通知", "--json"])
    assert {row["citation"]["notice_id"] for row in json.loads(found.stdout)["passages"]} == {"春游"}
    plain = run.invoke(main, ["ask", "劳动法第九条", "--document", "劳动法"])
    assert plain.stdout.startswith("范围：文件“劳动法”\n《劳动法》没有第九条，最后一条是第三条。\n")
    none = run.invoke(main, ["ask", "工资", "--year", "1900"])
    assert (none.exit_code, none.stderr) == (1, "错误：这个范围里没有文件（年份“1900”），请放宽范围再问。\n")


def test_rows_of_a_batch_have_scopes_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from assistant.cli import main

    monkeypatch.setattr("assistant.cli_ask.open_product", lambda settings: ANSWERER)
    batch = tmp_path / "问.jsonl"
    rows = [
        {"question": "工资", "document": "春游"},
        {"question": "工资", "x": 1},
        {"question": "工资", "year": [2018]},
    ]
    batch.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    asked = ["ask", "--batch", str(batch), "--json", "--document"]
    lines = [json.loads(line) for line in CliRunner().invoke(main, [*asked, "劳动法"]).stdout.splitlines()]
    found = [{row["citation"]["notice_id"] for row in line["passages"]} for line in lines]
    assert found == [{"春游"}, {"劳动法"}, {"劳动法"}]
    assert [line.get("x") for line in lines] == [None, 1, None]
    none = CliRunner().invoke(main, [*asked, "烈士褒扬条例"])
    assert (none.exit_code, none.stdout) == (1, "")  # said before anything is answered
    assert none.stderr.startswith("错误：第 3 个问题：这个范围里没有文件（文件“烈士褒扬条例”，年份“2018”）")
