"""Real Milvus servers: one that is killed in the middle of an insert, and a cluster that loses a query node.

`make test-milvus` fetches their parts and runs these; elsewhere they are skipped, and the summary says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from evals.cli import main
from evals.engine_faults import kill_insert, kill_query_node, save_faults
from evals.milvus_servers import ServerPartsMissingError, cluster, free_ports, missing_parts, standalone
from evals.scale import Cloud
from index.engine import CollectionMissingError, EngineError, Place
from index.milvus import MilvusStore, open_store, sweep
from index.recall import WANTED, measure_recall
from index.vectors import FlatStore

ROOT = Path(__file__).parent.parent
ROWS = next(Cloud(3).portions(3000)).astype(np.float16).astype(np.float32)
PARTS = (range(2500), range(2500, 3000))
QUERIES = ROWS[::300]
FLAT = FlatStore(ROWS)


def assert_as_flat(store: MilvusStore, rows: range | np.ndarray) -> None:
    """The same cosines, and the same rows wherever these are no ties."""
    scores, found = store.search(QUERIES, 10, rows)
    wanted_scores, wanted = FLAT.search(QUERIES, 10, rows)
    assert scores == pytest.approx(wanted_scores, abs=1e-5)
    assert np.mean(found == wanted) >= 0.99


@pytest.mark.milvus
def test_a_standalone_server_serves_two_processes_and_is_back_after_a_break(tmp_path: Path) -> None:
    [port] = free_ports(1)
    folder, saved = tmp_path / "server", tmp_path / "index"
    folder.mkdir()
    saved.mkdir()
    with standalone(folder, port) as servers:
        store = MilvusStore.make(ROWS, PARTS, Place(servers.uri), saved)
        store.write(saved)
        for rows in (PARTS[0], PARTS[1], range(10, 900), np.arange(0, 2500, 7), np.r_[5:500, 600:900, 1000:2400]):
            assert_as_flat(store, rows)
        assert all(one.value >= WANTED and one.found == 10 for one in measure_recall(store, 50))
        code = (
            "import sys; from pathlib import Path; from index.milvus import open_store; "
            f"store = open_store(Path({str(saved)!r}), check_all=True); "
            "print(store.search(store.at([0]), 10, range(2500))[1][0].tolist())"
        )
        others = [
            subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT, text=True)
            for _ in range(2)
        ]
        assert [json.loads(other.communicate()[0]) for other in others] == [
            FLAT.search(ROWS[:1], 10, PARTS[0])[1][0].tolist()
        ] * 2
        servers.kill("standalone")
        store.engine._patience = 3
        with pytest.raises(EngineError, match=r"没有回应，请检查地址和服务后再试") as caught:
            store.search(QUERIES, 10, PARTS[0])
        assert "\n" not in str(caught.value)
    with standalone(folder, port):
        store.engine._patience = 60
        assert_as_flat(open_store(saved, check_all=True), PARTS[0])  # type: ignore[arg-type]
        assert_as_flat(store, PARTS[0])  # by the same object, without a restart of ours
        sweep(store.engine.place, saved)
        with pytest.raises(CollectionMissingError, match="里没有集合 notice_"):
            open_store(saved)


@pytest.mark.milvus
def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    found = kill_insert(8_000)
    assert 2_000 <= found.acknowledged < 8_000
    assert found.same
    assert found.found == found.acknowledged
    saved = json.loads(save_faults("insert", found, tmp_path).read_text(encoding="utf-8"))
    assert saved["acknowledged"] == found.acknowledged


@pytest.mark.milvus_cluster
def test_no_question_fails_while_a_query_node_is_killed() -> None:
    found = kill_query_node(3_000, replicas=2, seconds=40)
    assert (found.failed, found.wrong) == (0, 0)
    assert found.asked_after > 100
    assert found.recall_before >= 0.99
    assert found.recall_after >= 0.99


@pytest.mark.milvus_cluster
def test_a_cluster_is_used_by_the_same_code_from_several_threads(tmp_path: Path) -> None:
    with cluster(tmp_path) as servers:
        store = MilvusStore.make(ROWS, PARTS, Place(servers.uri, replicas=2), tmp_path)
        assert store.engine.place.replicas == 2
        wrong: list[str] = []

        def ask() -> None:
            try:
                for _ in range(20):
                    assert_as_flat(store, PARTS[0])
            except (AssertionError, EngineError) as error:
                wrong.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


def test_parts_that_are_missing_are_named(tmp_path: Path) -> None:
    assert "make milvus-parts" in str(missing_parts(tmp_path))
    with pytest.raises(ServerPartsMissingError, match="make milvus-parts"), standalone(tmp_path, parts=tmp_path):
        pass
    result = CliRunner().invoke(main, ["engine-faults", "insert", "--parts", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.startswith("错误：")
    assert "make milvus-parts" in result.stderr
