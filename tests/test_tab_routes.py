"""What the tab 评测 asks of the server, over the spring outing."""

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import outing
import pytest
import tab_fixture
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant import marking
from assistant.current import Current
from assistant.highlight import Voting
from content.candidates import CandidateStore

QUESTION = "这次出去花钱不"


class Desk:
    """The routes of one tab, asked as the page asks them."""

    def __init__(self, folder: Path, slow: int = 0) -> None:
        self.folder = folder
        self.current, tab = tab_fixture.tab(folder, slow)
        app = FastAPI()
        tab.add_routes(app)
        self.client = TestClient(app)

    def get(self, address: str) -> Any:
        answer = self.client.get(f"/evals/{address}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, address: str, status: int = 200, **data: Any) -> Any:
        answer = self.client.post(f"/evals/{address}", json=data)
        assert answer.status_code == status, answer.text
        return answer.json()

    def propose(self, kind: str = "right", question: str = QUESTION, quote: str = "春游不收费", **data: Any) -> Any:
        start = outing.TEXT.index(quote)
        place = {"notice": "春游", "start": start, "end": start + len(quote), "quote": quote}
        return self.made(**{"kind": kind, "question": question, "by": "小王", **place, **data})

    def made(self, **data: Any) -> Any:
        """A candidate as the list shows it; whoever makes one is told its id alone."""
        made = self.post("propose", **data)
        (one,) = [one for one in self.get("candidates")["candidates"] if made == {"id": one["id"]}]
        return one

    def run(self, split: str = "test") -> Any:
        self.post("job", set="春游", split=split)
        for _ in range(600):
            job = self.get("job")
            if job["state"] != "running":
                return job
            time.sleep(0.05)
        raise AssertionError("the run does not end")


VOTING = Voting(width=0.16, question=1.0, sentence=0.5, clause=0.5, echo=0.7)
"""Set here, as the fixture's fusion is: what is fitted for the product changes with every fit."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(marking, "read_voting", lambda: VOTING)
    return Desk(tmp_path)


def test_a_run_is_started_saved_and_shown(desk: Desk) -> None:
    before = desk.get("overview")
    assert before["sets"] == [{"id": "春游", "title": "关于春游的通知", "splits": {"dev": 1, "test": 5}}]
    assert (before["runs"], before["job"], before["waiting"]) == ([], None, 0)
    job = desk.run()
    assert (job["state"], job["done"], job["total"]) == ("done", 5, 5)
    (line,) = desk.get("overview")["runs"]
    assert (line["id"], line["questions"], line["split"], line["set"]) == (job["run"], 5, "test", "春游")
    shown = desk.get(f"runs/{job['run']}")
    assert shown["headline"][0]["name"] == "Success@1"
    assert shown["headline"][0]["n"] == 4
    assert {row["name"] for row in shown["tables"]["category"]} == {"everyday", "factoid", "list", "far"}
    assert len(shown["refusal"]["risk_coverage"]) >= 1
    wrong = {row["question"]: row for row in shown["rows"]}
    assert wrong["中饭怎么办"]["trouble"] == "missed"
    assert wrong["中饭怎么办"]["first_text"].startswith("春游在周五上午八点出发")
    (place,) = wrong["中饭怎么办"]["wanted"]["spans"]
    assert outing.TEXT[slice(*place)] == "春游不收费，午餐自备。"
    assert list((desk.folder / "saved").iterdir()) == []  # what comes with the product is not written to


def test_a_candidate_reaches_the_eval_set_and_the_next_run(desk: Desk) -> None:
    first = desk.run()
    one = desk.propose(category="everyday")
    start = outing.TEXT.index("春游不收费")
    assert one["answers"] == [{"quote": "春游不收费", "notice": "春游", "place": [start, start + 5], "gone": False}]
    assert desk.get("overview")["waiting"] == 1
    assert desk.post(f"candidates/{one['id']}/accept", by="小李", target="eval", category="everyday") == {}
    second = desk.run()
    assert (first["total"], second["total"]) == (5, 6)
    shown = desk.get(f"compare?a={first['run']}&b={second['run']}")
    assert shown["verdict"]["zh"].startswith("两次评测在 4 道题上首条命中完全相同")
    assert shown["verdict"]["en"].startswith("On 4 questions the two runs have the same")
    assert shown["left_out"] == 1
    (listed,) = desk.get("candidates")["candidates"]
    assert (listed["state"], listed["target"], listed["decided_by"]) == ("accepted", "eval", "小李")


def test_accepting_into_the_bank_renews_the_index_and_reopening_takes_it_out(desk: Desk) -> None:
    one = desk.propose(category="everyday")
    held = desk.current.now
    done = desk.post(f"candidates/{one['id']}/accept", by="小李", target="bank", category="everyday")
    assert done["renewed"] is True
    assert desk.current.now is not held
    assert QUESTION in [question.text for question in desk.current.corpus.questions[0]]
    assert desk.current.ask(QUESTION).passages[0].highlights[0].text == "春游不收费"  # what was marked as the answer
    refused = desk.post(f"candidates/{one['id']}/accept", 422, by="小李", target="eval")["error"]
    assert "已经采纳进题库，不能再进评测集" in refused
    desk.post(f"candidates/{one['id']}/reopen", by="小李")
    assert QUESTION not in [question.text for question in desk.current.corpus.questions[0]]


def test_a_renewal_that_breaks_is_said_and_the_decision_stands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Current) -> bool:
        raise OSError("disk")

    one = desk.propose(category="everyday")
    monkeypatch.setattr(Current, "renew", broken)
    assert desk.post(f"candidates/{one['id']}/accept", by="小李", target="bank") == {"renewed": False}
    assert desk.get("candidates")["candidates"][0]["target"] == "bank"


def test_a_wrong_answer_waits_and_is_given_its_answer(desk: Desk) -> None:
    one = desk.propose("wrong", note="说的不是钱", quote="请每人带水和雨衣")
    assert (one["answers"], one["wrong"][0]["quote"], one["note"]) == ([], "请每人带水和雨衣", "说的不是钱")
    refused = desk.post(f"candidates/{one['id']}/accept", 422, by="小李", target="eval")["error"]
    assert "还没有标出答案" in refused
    marked = desk.propose(category="everyday")
    assert marked["id"] == one["id"]
    assert marked["answers"][0]["quote"] == "春游不收费"
    assert len(desk.get("candidates")["candidates"]) == 1
    desk.post(f"candidates/{one['id']}/accept", by="小李", target="eval")


def test_rejecting_reopening_editing_and_what_is_refused(desk: Desk) -> None:
    one = desk.propose()
    address = f"candidates/{one['id']}"
    assert "请先给这道题选一个类别" in desk.post(f"{address}/accept", 422, by="小李", target="bank")["error"]
    assert "没有「nonsense」这个类别" in desk.post(f"{address}/edit", 422, by="小李", category="nonsense")["error"]
    desk.post(f"{address}/edit", by="小李", question="出去玩要钱不", category="everyday")
    desk.post(f"{address}/reject", by="小李", reason="重复")
    (listed,) = desk.get("candidates")["candidates"]
    assert (listed["question"], listed["state"], listed["reason"]) == ("出去玩要钱不", "rejected", "重复")
    assert "已被退回，要改请先重开" in desk.post(f"{address}/reject", 422, by="小李", reason="又")["error"]
    desk.post(f"{address}/reopen", by="小李")
    assert "请写明是谁做的" in desk.post(f"{address}/reject", 422, by=" ", reason="又")["error"]
    assert "没有「burn」这个操作" in desk.post(f"{address}/burn", 422, by="小李")["error"]
    assert "没有编号为" in desk.post("candidates/zzz/reopen", 422, by="小李")["error"]
    assert desk.post(f"{address}/accept", 422, by="小李", target="both", category="everyday")["error"] is None
    lines = (desk.folder / "data" / "candidates.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["proposed", "edited", "rejected", "reopened"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"question": " "}, "候选题没有题目"),
        ({"by": ""}, "请写明是谁做的"),
        ({"start": -3}, "没有说清是哪一段"),
        ({"end": "9"}, "没有说清是哪一段"),
        ({"quote": "不在通知里的话"}, "对不上"),
        ({"question": "长" * 501}, "太长"),
        ({"note": ["x"]}, "不是文字"),
    ],
)
def test_what_cannot_be_a_candidate_is_refused(desk: Desk, data: dict[str, Any], sentence: str) -> None:
    start = outing.TEXT.index("春游不收费")
    sent = {
        "kind": "right", "question": QUESTION, "by": "小王", "notice": "春游",
        "start": start, "end": start + 5, "quote": "春游不收费",
    }  # fmt: skip
    assert sentence in desk.post("propose", 422, **(sent | data))["error"]
    assert CandidateStore(desk.folder / "data").all() == ()


def test_a_quote_that_moved_is_anchored_where_it_stands(desk: Desk) -> None:
    start = outing.TEXT.index("春游不收费")
    one = desk.made(kind="right", question=QUESTION, by="小王", notice="春游", start=2, end=7, quote="春游不收费")
    assert one["answers"][0]["place"] == [start, start + 5]


def test_a_label_whose_quote_is_gone_is_flagged(desk: Desk) -> None:
    one = desk.propose()
    path = desk.folder / "data" / "candidates.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("春游不收费", "春游收十元"), encoding="utf-8")
    (listed,) = desk.get("candidates")["candidates"]
    assert (listed["id"], listed["answers"][0]["gone"], listed["answers"][0]["place"]) == (one["id"], True, None)
    refused = desk.post(f"candidates/{one['id']}/accept", 422, by="小李", target="eval", category="everyday")
    assert "已不在通知原文里" in refused["error"]


def test_accepted_questions_and_the_record_are_exported(desk: Desk) -> None:
    one = desk.propose(category="everyday")
    desk.post(f"candidates/{one['id']}/accept", by="小李", target="eval")

    def packed(what: str) -> dict[str, str]:
        answer = desk.client.get(f"/evals/export/{what}.zip")
        assert answer.headers["content-disposition"] == f'attachment; filename="{what}.zip"'
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}

    assert json.loads(packed("eval")["春游.jsonl"])["question"] == QUESTION
    assert packed("bank") == {}
    assert packed("log")["candidates.jsonl"].count("\n") == 2
    assert desk.client.get("/evals/export/secrets.zip").status_code == 404


def test_one_run_at_a_time_and_a_stopped_one_is_not_saved(tmp_path: Path) -> None:
    desk = Desk(tmp_path, slow=40)
    desk.post("job", set="春游", split="dev")
    assert "已有一次评测在进行" in desk.post("job", 422, set="春游", split="dev")["error"]
    desk.post("job/stop")
    for _ in range(600):
        if (job := desk.get("job"))["state"] != "running":
            break
        time.sleep(0.05)
    assert job["state"] == "stopped" and job["done"] < 41
    assert desk.get("overview")["runs"] == []


def test_a_run_that_breaks_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("evals.tab_runs.run_set", broken)
    assert desk.run()["state"] == "failed"


def test_what_does_not_exist_is_refused_without_naming_places_of_this_machine(desk: Desk) -> None:
    assert desk.post("job", 422, set="别的", split="test")["error"] is None
    assert desk.post("job", 422, set="春游", split="none")["error"] is None
    assert "没有名为 x 的评测" in desk.client.get("/evals/runs/x").json()["error"]
    (desk.folder / "data").mkdir(exist_ok=True)
    (desk.folder / "data" / "candidates.jsonl").write_text("{}\n", encoding="utf-8")
    answer = desk.client.get("/evals/candidates")
    assert (answer.status_code, answer.json()) == (422, {"error": None})


def test_only_the_page_may_change_anything(desk: Desk) -> None:
    for headers, status in (
        ({"sec-fetch-site": "cross-site", "content-type": "application/json"}, 403),
        ({"sec-fetch-site": "same-origin", "content-type": "text/plain"}, 403),
        ({"content-type": "application/json"}, 400),
    ):
        assert desk.client.post("/evals/job", content=b"[]", headers=headers).status_code == status
        assert desk.client.post("/evals/propose", content=b"\xff", headers=headers).status_code == status


def test_a_notice_without_a_set_is_asked_what_was_accepted(desk: Desk) -> None:
    (desk.folder / "sets" / "春游.jsonl").unlink()
    assert desk.get("overview")["sets"] == []
    one = desk.propose(category="everyday")
    desk.post(f"candidates/{one['id']}/accept", by="小李", target="eval")
    assert desk.get("overview")["sets"][0]["splits"] == {"dev": 0, "test": 1}
    assert desk.run()["total"] == 1
