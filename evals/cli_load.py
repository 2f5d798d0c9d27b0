"""The commands `notice-evals load` and `notice-evals throughput`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import Failure
from evals.command import NEW_FOLDER, explained, json_option, note, show

if TYPE_CHECKING:
    from rich.table import Table

    from evals.load import LoadRun

FLAT = 0.05
"""How much memory may grow after warming up."""
_ASKED = 1024
"""Questions of a round of `throughput`."""


@click.command(help="启动真实的服务，让许多人同时问上几分钟，量用时、出错和内存；出错或内存增长 5% 以上以状态 1 结束。")
@click.option("--askers", type=click.IntRange(1), default=32, show_default=True, metavar="人数", help="几个人同时问。")
@click.option(
    "--minutes", type=click.FloatRange(0.05), default=10.0, show_default=True, metavar="分钟", help="问多久。"
)
@click.option(
    "--warm-up", type=click.IntRange(0), default=3, show_default=True, metavar="分钟", help="从第几分钟起内存应当不变。"
)
@click.option("--save", is_flag=True, help="把结果存入 evals/results。")
@click.option("--results", type=NEW_FOLDER, metavar="目录", help="存入哪里（默认 evals/results）。")
@json_option
@explained
def load(askers: int, minutes: float, warm_up: int, save: bool, results: Path | None, as_json: bool) -> None:
    """Load the service."""
    from content.corpus import load_corpus
    from evals.claims import find_claims
    from evals.load import Material, run_load
    from evals.opening import eval_questions, packaged_settings
    from evals.record import RESULTS, write_json

    settings = packaged_settings()
    corpus = load_corpus(settings.content_dir)
    bank = [question.text for questions in corpus.questions for question in questions]
    claims = [claim.text for claim in find_claims(None, corpus).claims]
    found = run_load(Material([*eval_questions(corpus), *bank], claims), askers, 60 * minutes, (), warm_up, note)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False).encode())
    else:
        show(_view(found))
        click.echo(_sentence(found))
    if save or results is not None:
        when = found.provenance.started_at[:19].replace("-", "").replace(":", "")
        note(f"已保存：{write_json(found.to_json(), results or RESULTS, f'load-{when}')}")
    if found.errors:
        worst = max(found.errors, key=lambda name: found.errors[name])
        raise Failure(f"出错 {sum(found.errors.values())} 次，最多的是：{worst}")
    if found.growth is not None and found.growth > FLAT:
        raise Failure(f"内存从第 {found.steady_from} 分钟起增长了 {found.growth:.1%}。")


@click.command(help="32 人同时提问每秒答多少题，与编码器成批编码每秒多少题相比（约两分钟）。")
@click.option("--save", is_flag=True, help="把结果存入 evals/results。")
@json_option
@explained
def throughput(save: bool, as_json: bool) -> None:
    """Measure how much of the encoder's throughput the askers get."""
    from assistant.opening import open_answerer
    from content.corpus import load_corpus
    from evals.opening import eval_questions, packaged_settings
    from evals.record import RESULTS, write_json
    from evals.throughput import measure_throughput

    settings = packaged_settings()
    questions = list(dict.fromkeys(eval_questions(load_corpus(settings.content_dir))))[:_ASKED]
    found = measure_throughput(open_answerer(settings), questions)
    body = found.to_json()
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False).encode())
    else:
        click.echo(
            f"每秒编码：sentence-transformers {found.encoded_by_library:.1f} 题，本产品 {found.encoded:.1f} 题；"
            f"{found.askers} 人同时问：进程内每秒答 {found.answered:.1f} 题"
            f"（{body['answered_share']:.0%}），经网络每秒答 {found.served:.1f} 题（{body['served_share']:.0%}）。"
        )
    if save:
        note(f"已保存：{write_json(body, RESULTS, 'throughput')}")


def _view(found: LoadRun) -> Table:
    from rich.table import Table

    names = {"ask": "接口提问", "page": "网页提问", "check": "核对", "open": "打开网页"}
    view = Table("", "次数", "中位数（毫秒）", "95%", "99%", "最长")
    for way, times in found.ways.items():
        cells = [f"{times['count']:.0f}", *(f"{times[name]:.0f}" for name in ("p50", "p95", "p99", "most"))]
        view.add_row(names[way], *cells)
    return view


def _sentence(found: LoadRun) -> str:
    held = f"内存 {found.memory[-1] / 1e6:.0f} MB" if found.memory and found.memory[-1] else "内存不详"
    grown = "" if found.growth is None else f"，从第 {found.steady_from} 分钟起变化至多 {found.growth:+.1%}"
    return (
        f"{found.askers} 人同时问了 {found.seconds / 60:.1f} 分钟，每秒答 {found.per_second:.1f} 次，"
        f"出错 {sum(found.errors.values())} 次；{held}{grown}。"
    )
