"""Commands about engines on other machines: `notice-evals engine` and `notice-evals engine-faults`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import Failure, progress_bar
from evals.command import FILE, FOLDER, NEW_FOLDER, explained, json_option, note, show

if TYPE_CHECKING:
    from rich.table import Table

    from evals.engine import Comparison
    from index.engine import Place

_PARTS = click.option("--parts", type=FOLDER, metavar="目录", help="Milvus 部件所在的目录（默认 .venv-milvus）。")
_SAVE = click.option("--save", is_flag=True, help="把结果存成一个 JSON 文件。")
_RESULTS = click.option("--results", type=NEW_FOLDER, metavar="目录", help="结果存到哪里（默认 evals/results）。")


@click.command(help="同一个索引由 FAISS 和 Milvus 各检索一遍，轮流计时：召回率、结果是否相同、慢几倍。")
@click.option("--vectors", metavar="地址", help="Milvus 的地址（临时装入，用后删除）；索引已经在 Milvus 里时不用写。")
@click.option("--start", type=click.Choice(["standalone", "cluster"]), help="改为在本机临时启动一个真的服务器。")
@click.option("--replicas", type=click.IntRange(1), default=1, show_default=True, metavar="个数", help="载入几份。")
@click.option("--questions", type=FILE, metavar="文件", help="另把这些问题整个问一遍（每行一题，或 JSONL）。")
@click.option("--queries", type=click.IntRange(1), default=200, show_default=True, metavar="个数", help="检索多少次。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@click.option("--index-dir", type=NEW_FOLDER, metavar="目录", help="索引目录。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@_PARTS
@json_option
@_SAVE
@_RESULTS
@explained
def engine(
    vectors: str | None,
    start: str | None,
    replicas: int,
    questions: Path | None,
    queries: int,
    model: str | None,
    index_dir: Path | None,
    content: Path | None,
    parts: Path | None,
    as_json: bool,
    save: bool,
    results: Path | None,
) -> None:
    """Search one index by FAISS and by Milvus."""
    from assistant.opening import open_answerer
    from evals.engine import compare_engines, read_questions, save_comparison
    from evals.opening import settings_for
    from evals.record import RESULTS
    from index.milvus import MilvusStore
    from index.recall import WANTED

    if vectors is not None and start is not None:
        raise click.UsageError("--vectors 和 --start 只能用一个。")
    asked = read_questions(questions) if questions is not None else []
    settings = settings_for(content, index_dir, model, False)
    with progress_bar("准备") as step:
        retriever = open_answerer(settings, step, note).retriever
    if vectors is None and start is None and not isinstance(retriever.index.store, MilvusStore):
        raise click.UsageError("索引在本机，请用 --vectors 或 --start 说明与哪个 Milvus 相比。")
    with _placed(vectors, start, replicas, settings.vectors_token, parts) as place:
        name = start or ("file" if place and "://" not in place.uri else "server")
        found = compare_engines(retriever.index, retriever.encoder, place, name, queries, asked)
    if save:
        note(f"已保存：{save_comparison(found, results or RESULTS)}")
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        show(_comparison_view(found))
        if found.asked is not None:
            click.echo(
                f"{found.asked.questions} 个问题：首条相同 {found.asked.same_first:.1%}，前五条相同 "
                f"{found.asked.same_five:.1%}；检索每题 FAISS {found.asked.faiss_milliseconds:.1f} 毫秒，"
                f"Milvus {found.asked.engine_milliseconds:.1f} 毫秒（不含编码）。"
            )
    if any(one.engine.recall < WANTED for one in found.searches):
        raise Failure(f"Milvus 的召回率@10 低于 {WANTED}。")


@click.command(
    help="在本机启动真的 Milvus 并强行结束进程：写入中断后已确认的数据还在不在，问答中少一个节点有没有失败。"
)
@click.argument("what", type=click.Choice(["insert", "query-node"]))
@click.option(
    "--rows", type=click.IntRange(1_000), default=12_000, show_default=True, metavar="个数", help="多少个向量。"
)
@click.option("--replicas", type=click.IntRange(1), default=2, show_default=True, metavar="个数", help="载入几份。")
@_PARTS
@_SAVE
@_RESULTS
@explained
def engine_faults(what: str, rows: int, replicas: int, parts: Path | None, save: bool, results: Path | None) -> None:
    """Kill processes of real servers."""
    from evals.engine_faults import KilledInsert, KilledNode, kill_insert, kill_query_node, save_faults
    from evals.milvus_servers import PARTS
    from evals.record import RESULTS

    with _servers_explained():
        found: KilledInsert | KilledNode = (
            kill_insert(rows, parts=parts or PARTS)
            if what == "insert"
            else kill_query_node(rows, replicas, parts=parts or PARTS)
        )
    click.echo(json.dumps(asdict(found), ensure_ascii=False))
    if save:
        note(f"已保存：{save_faults(what, found, results or RESULTS)}")
    well = found.same if isinstance(found, KilledInsert) else found.failed + found.wrong == 0
    if not well:
        raise Failure("有已确认的数据丢失，或有问题没有答全。")


@contextmanager
def _placed(
    vectors: str | None, start: str | None, replicas: int, token: str, parts: Path | None
) -> Iterator[Place | None]:
    """The engine to compare with; a server that is started for it ends with it."""
    from evals.milvus_servers import PARTS, cluster, standalone
    from index.engine import Place, make_place

    if start is None:
        yield make_place(vectors, token, replicas) if vectors else None
        return
    with tempfile.TemporaryDirectory(prefix="notice-milvus-") as name, _servers_explained():
        folder, parts = Path(name), parts or PARTS
        servers = standalone(folder, parts=parts) if start == "standalone" else cluster(folder, parts=parts)
        with servers as running:
            yield Place(running.uri, replicas=replicas)


@contextmanager
def _servers_explained() -> Iterator[None]:
    from evals.milvus_servers import ServerPartsMissingError, ServerStartError

    try:
        yield
    except (ServerPartsMissingError, ServerStartError) as error:
        raise Failure(str(error)) from error


def _comparison_view(found: Comparison) -> Table:
    from rich.table import Table

    title = f"{found.vectors} 个向量，{found.engine}，{found.replicas} 个副本，ef {found.ef}"
    if found.load_seconds:
        title += f"，装入 {found.load_seconds:.0f} 秒"
    view = Table(
        "向量",
        "过滤后留下",
        "召回率@10：FAISS",
        "Milvus",
        "结果相同",
        "毫秒：FAISS",
        "Milvus",
        "倍",
        "结果数",
        title=title,
    )
    for one in found.searches:
        view.add_row(
            str(one.rows),
            f"{one.share:.0%}",
            f"{one.faiss.recall:.4f}",
            f"{one.engine.recall:.4f}",
            f"{one.same:.1%}",
            f"{one.faiss.milliseconds:.2f}",
            f"{one.engine.milliseconds:.2f}",
            f"{one.ratio:.1f}",
            str(one.engine.found),
        )
    return view
