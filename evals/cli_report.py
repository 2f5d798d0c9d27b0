"""Commands that measure everything and write it down: `notice-evals report` and `notice-evals ablation`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assistant.command import progress_bar
from evals.command import (
    FILE,
    NEW_FILE,
    NEW_FOLDER,
    SPLITS,
    both_answerers,
    explained,
    json_option,
    note,
    set_option,
    show,
)


@click.command(help="逐路关闭检索通道，看每一路值多少（用题库和不用题库）；也可比较权重和编码器。")
@set_option
@click.option("--split", type=SPLITS, default="test", show_default=True, help="用哪部分。")
@click.option("--factor", "factors", type=float, multiple=True, metavar="倍数", help="再把每路权重乘以此数，可多次。")
@click.option("--encoder", "encoders", multiple=True, metavar="名称|目录", help="再换成这个编码器比较，可多次。")
@json_option
@click.option("--save", is_flag=True, help="存入 evals/results，供报告使用。")
@click.option("--results", type=NEW_FOLDER, metavar="目录", help="存到哪里（默认 evals/results）。")
@explained
def ablation(
    set_name: str | None,
    split: str,
    factors: tuple[float, ...],
    encoders: tuple[str, ...],
    as_json: bool,
    save: bool,
    results: Path | None,
) -> None:
    """Search again with each channel off, scaled, and by other encoders."""
    from evals.ablation import ablate, ablation_json, save_ablations
    from evals.opening import open_set
    from evals.record import RESULTS
    from evals.table_ablation import ablation_view

    both = both_answerers()
    others = {name: both_answerers(name) for name in encoders}
    eval_set = open_set(set_name, both[0].corpus)
    with progress_bar("逐路关闭") as step:
        found = [
            ablate(answerer, eval_set, split, step, factors, [(name, own[at]) for name, own in others.items()])
            for at, answerer in enumerate(both)
        ]
    if save:
        note(f"已保存：{save_ablations(found, eval_set, split, results or RESULTS)}")
    if as_json:
        shown = {"set": eval_set.name, "set_digest": eval_set.digest, "split": split} | ablation_json(found)
        click.echo(json.dumps(shown, ensure_ascii=False, allow_nan=False).encode())
    else:
        for one in found:
            show(ablation_view(one))


@click.command(help="评测 test 题（用题库和不用题库），写成报告；给出保存的评测时，只把它们写成一页网页。")
@click.argument("runs", nargs=-1, type=FILE, metavar="[RUN]...")
@set_option
@click.option("--out", type=NEW_FOLDER, default="docs", show_default=True, metavar="目录", help="写到哪里。")
@click.option("--html", type=NEW_FILE, metavar="文件", help="网页写到哪里（默认写在报告旁，report.html）。")
@explained
def report(runs: tuple[Path, ...], set_name: str | None, out: Path, html: Path | None) -> None:
    """Measure everything and write it down, or make a page of saved runs."""
    from evals.report_page import page_of_report, page_of_saved, write_page

    page = html or out / "report.html"
    if runs:
        note(f"已写好：{write_page(page_of_saved(runs), page)}")
        return
    from evals.assessment import measure_report
    from evals.opening import open_set
    from evals.report import write_report

    bank, plain = both_answerers()
    eval_set = open_set(set_name, bank.corpus)
    with progress_bar("评测") as step:
        found = measure_report(bank, plain, eval_set, "test", step)
    note(f"已写好：{write_report(found, out)}")
    note(f"已写好：{write_page(page_of_report(found), page)}")
