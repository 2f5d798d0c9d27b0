"""Commands about size and time: `notice-evals recall`, `scale` and `renewal`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import Failure, progress_bar
from evals.command import NEW_FOLDER, explained, json_option, note, save_option, show

if TYPE_CHECKING:
    from rich.table import Table

    from index.recall import Recall


@click.command(help="用现有索引里的真实向量，量近似检索比精确检索漏掉多少；召回率@10 低于 0.99 时以状态 1 结束。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@click.option("--index-dir", type=NEW_FOLDER, metavar="目录", help="索引目录。")
@click.option("--content", type=NEW_FOLDER, metavar="目录", help="通知目录。")
@click.option("--queries", type=click.IntRange(1), default=200, show_default=True, metavar="个数", help="问多少次。")
@json_option
@explained
def recall(model: str | None, index_dir: Path | None, content: Path | None, queries: int, as_json: bool) -> None:
    """Hold the index's approximate search against exact search."""
    from assistant.opening import open_answerer
    from evals.opening import settings_for
    from index.recall import WANTED, measure_recall

    with progress_bar("准备") as step:
        answerer = open_answerer(settings_for(content, index_dir, model, False), step, note)
    store = answerer.retriever.index.store
    found = list(measure_recall(store, queries))
    if as_json:
        click.echo(json.dumps({"vectors": store.size, "recall": [asdict(one) for one in found]}))
    elif found:
        show(_recall_view(found))
    else:
        click.echo(f"{store.size} 个向量，逐一精确比较，没有遗漏。")
    if any(one.value < WANTED for one in found):
        raise Failure(f"召回率@10 低于 {WANTED}。")


@click.command(help="用形状与真实向量相似的合成向量，量大规模检索的耗时、内存和召回率；--rows 可以写几次。")
@click.option(
    "--rows",
    type=click.IntRange(1000),
    multiple=True,
    default=(100_000,),
    show_default=True,
    metavar="个数",
    help="多少个向量。",
)
@click.option("--queries", type=click.IntRange(1), default=100, show_default=True, metavar="个数", help="问多少次。")
@json_option
@save_option
@explained
def scale(rows: tuple[int, ...], queries: int, as_json: bool, save: bool) -> None:
    """Measure search over synthetic vectors."""
    from evals.scale import measure_scale

    found = []
    for size in rows:
        note(f"正在生成和检索 {size} 个向量（100 万个约需几分钟，临时占用约 {size * 1.7 / 1e6:.1f} GB 磁盘）。")
        costs = measure_scale(size, queries)
        found.append(costs)
        if as_json:
            click.echo(json.dumps(asdict(costs)))
            continue
        click.echo(
            f"{size} 个向量：建立 {costs.make_seconds:.1f} 秒，写入 {costs.write_seconds:.1f} 秒，"
            f"打开 {costs.open_milliseconds:.0f} 毫秒，文件 {costs.file_bytes / 1e6:.0f} MB，"
            f"内存峰值建立时 {costs.make_peak_bytes / 2**30:.2f} GiB、检索时 {costs.peak_bytes / 2**30:.2f} GiB。"
        )
        show(_recall_view(costs.recall))
    if save:
        from evals.measurement import save_measurement

        note(f"已保存：{save_measurement('scale', [asdict(costs) for costs in found])}")


@click.command(help="量采纳一道题进题库后多少秒就用上：一边有人提问，一边采纳；用的是索引的副本，不改动现有的。")
@click.option("--times", type=click.IntRange(1), default=5, show_default=True, metavar="次数", help="采纳几次。")
@click.option("--content", type=NEW_FOLDER, metavar="目录", help="通知目录。")
@click.option("--index-dir", type=NEW_FOLDER, metavar="目录", help="索引目录。")
@json_option
@explained
def renewal(times: int, content: Path | None, index_dir: Path | None, as_json: bool) -> None:
    """Measure how soon an accepted question is in use."""
    from statistics import median

    from assistant.opening import open_answerer
    from evals.opening import settings_for
    from evals.renewal import apart, measure_renewal

    with apart(settings_for(content, index_dir, None, False)) as settings:
        with progress_bar("准备") as step:
            answerer = open_answerer(settings, step, note)
        found = measure_renewal(settings, answerer, times)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        click.echo(
            f"{found.entries} 个条目，采纳 {times} 次，从采纳到用上的秒数：中位 {median(found.seconds):.1f}，"
            f"最长 {max(found.seconds):.1f}。其间答了 {found.asked} 问，出错 {found.failed} 问，"
            f"每问中位 {found.median * 1000:.0f} 毫秒（平时 {found.alone * 1000:.0f}），最长 {found.slowest:.1f} 秒。"
        )
    if found.failed:
        raise Failure("更新索引时有提问出错。")


def _recall_view(found: Sequence[Recall]) -> Table:
    from rich.table import Table

    view = Table("向量", "过滤后留下", "召回率@10", "每次结果", "毫秒（中位数）", "精确检索毫秒")
    for one in found:
        view.add_row(
            str(one.rows),
            f"{one.share:.0%}",
            f"{one.value:.4f}",
            str(one.found),
            f"{one.milliseconds:.2f}",
            f"{one.exact_milliseconds:.2f}",
        )
    return view
