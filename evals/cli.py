"""`notice-evals`: run eval sets, compare runs, and everything around them. The commands stand in the `cli_` modules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import Failure, progress_bar
from evals.cli_claims import NAME as CLAIMS
from evals.cli_claims import judge, run_claim_set
from evals.cli_costs import change, encode_speed, kills, timing
from evals.cli_engine import engine, engine_faults
from evals.cli_fit import adapt, fit, rerank
from evals.cli_load import load, throughput
from evals.cli_peers import peers
from evals.cli_pool import pool
from evals.cli_report import ablation, report
from evals.cli_scale import recall, renewal, scale
from evals.cli_sets import agreement, candidates, overlap, structure, validate
from evals.cli_start import cold_start
from evals.command import (
    FILE,
    FOLDER,
    NEW_FOLDER,
    SPLITS,
    EvalCommands,
    data_option,
    explained,
    json_option,
    note,
    set_option,
    show,
)

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from assistant.answerer import Answerer
    from assistant.settings import Settings
    from evals.dataset import EvalSet
    from evals.record import Run

_RESULTS = click.option("--results", type=NEW_FOLDER, metavar="目录", help="结果存到哪里（默认 evals/results）。")


@click.group(cls=EvalCommands, help="评测：题集、指标、比较。")
@explained
def main() -> None:
    """The command `notice-evals`."""


@main.command(help="把题集里的问题逐一问一遍，给出各项指标。")
@set_option
@click.option("--split", type=SPLITS, default="test", show_default=True, help="用哪部分。")
@click.option("--dataset", type=FOLDER, metavar="目录", help="改为评测一个 BEIR 格式的数据集。")
@json_option
@click.option("--save", is_flag=True, help="把结果存成一个 JSON 文件。")
@_RESULTS
@click.option("--trec", type=NEW_FOLDER, metavar="目录", help="把名次和标注写成 TREC 的 run.trec 和 qrels.trec。")
@click.option("--no-bank", is_flag=True, help="不用题库，看新通知的效果。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@click.option("--index-dir", type=NEW_FOLDER, metavar="目录", help="索引目录。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@data_option
@explained
def run(
    set_name: str | None,
    split: str,
    dataset: Path | None,
    as_json: bool,
    save: bool,
    results: Path | None,
    trec: Path | None,
    no_bank: bool,
    model: str | None,
    index_dir: Path | None,
    content: Path | None,
    data_dir: Path | None,
) -> None:
    """Run an eval set or a BEIR folder."""
    from evals.opening import settings_for
    from evals.record import RESULTS, dataset_json, save_run, set_json

    if dataset is not None and set_name is not None:
        raise click.UsageError("--set 和 --dataset 只能用一个。")
    settings = settings_for(content, index_dir, model, no_bank, data_dir)
    if set_name is not None and set_name.split("/")[0] == CLAIMS:
        run_claim_set(set_name, split, settings, as_json, (results or RESULTS) if save else None)
        return
    result = _run_dataset(dataset, settings) if dataset is not None else _run_set(set_name, split, settings)
    if as_json:
        shown = dataset_json(result) if dataset is not None else set_json(result)
        click.echo(json.dumps(shown, ensure_ascii=False).encode())
    else:
        from evals.table import run_view

        show(run_view(result))
    if result.provenance.dirty:
        note("注意：代码有未提交的改动，这次结果不能凭提交号重现。")
    if save:
        note(f"已保存：{save_run(result, results or RESULTS)}")
    if trec is not None:
        from evals.trec import write_trec

        note("已写好：" + "、".join(map(str, write_trec(result, trec))))


@main.command(help="给任何系统的 TREC 结果文件打分：先写 run，后写 qrels。")
@click.argument("run_file", type=FILE, metavar="RUN")
@click.argument("qrels_file", type=FILE, metavar="QRELS")
@json_option
@explained
def score(run_file: Path, qrels_file: Path, as_json: bool) -> None:
    """Score a TREC run against TREC qrels."""
    from evals.trec import score_trec

    found = score_trec(run_file, qrels_file)
    if as_json:
        means = {name: value.mean for name, value in found.overall.items()} | {"queries": len(found.values)}
        click.echo(json.dumps(means, ensure_ascii=False).encode())
    else:
        from evals.table import estimates_view

        show(estimates_view(found.overall, f"{run_file.name}（{len(found.values)} 题）"))


@main.command(help="比较两次保存的评测：B 比 A 好多少，是不是偶然。")
@click.argument("run_a", type=FILE)
@click.argument("run_b", type=FILE)
@explained
def compare(run_a: Path, run_b: Path) -> None:
    """Compare two saved runs."""
    from evals.compare import compare as compare_runs
    from evals.record import load_run
    from evals.table import comparison_view

    show(comparison_view(compare_runs(load_run(run_a), load_run(run_b))))


@main.command(help="把每道题改成错字、漏字、繁体、全角、拼音等写法再问，看各损失多少，存入 evals/results。")
@set_option
@click.option("--split", type=SPLITS, default="test", show_default=True, help="用哪部分。")
@click.option("--seed", type=int, default=0, show_default=True, help="随机种子，同一种子改法相同。")
@click.option("--no-bank", is_flag=True, help="不用题库。")
@json_option
@_RESULTS
@data_option
@explained
def robustness(
    set_name: str | None,
    split: str,
    seed: int,
    no_bank: bool,
    as_json: bool,
    results: Path | None,
    data_dir: Path | None,
) -> None:
    """Ask disturbed copies of every question."""
    from evals.opening import settings_for
    from evals.record import RESULTS
    from evals.robustness import measure_robustness, save_robustness

    answerer, eval_set = _open(set_name, settings_for(None, None, None, no_bank, data_dir))
    with progress_bar("提问") as step:
        found = measure_robustness(answerer, eval_set, split, seed, step)
    path = save_robustness(found, results or RESULTS)
    if as_json:
        click.echo(path.read_bytes(), nl=False)
    else:
        from evals.table_sets import robustness_view

        show(robustness_view(found))
    note(f"已保存：{path}")


@main.command(help="把现在的代码与保存的基准逐题相比；首条命中下降超出偶然时以状态 1 结束。")
@click.option("--update", is_flag=True, help="把这次结果存成新的基准。")
@click.option("--results", type=NEW_FOLDER, metavar="目录", help="基准所在的目录（默认 evals/results）。")
@set_option
@explained
def gate(update: bool, results: Path | None, set_name: str | None) -> None:
    """Compare the working tree with the saved baseline."""
    from evals.gate import SPLIT, baseline_path, check
    from evals.opening import packaged_settings
    from evals.record import load_run, save_run
    from evals.table_sets import gate_view

    path = baseline_path(results)
    if not update and not path.is_file():
        raise Failure(f"没有基准 {path}，请先用 notice-evals gate --update 存一份。")
    baseline = None if update else load_run(path)  # a faulty one is named before the questions are asked
    now = _run_set(set_name, SPLIT, packaged_settings())
    if now.provenance.dirty:
        note("注意：代码有未提交的改动。")
    if baseline is None:
        note(f"已保存基准：{save_run(now, path.parent, path.stem)}")
        return
    found = check(baseline, now)
    show(gate_view(found, baseline, now))
    if not found.passed:
        raise Failure(found.sentence())


for _command in (
    ablation,
    adapt,
    agreement,
    candidates,
    change,
    encode_speed,
    engine,
    engine_faults,
    cold_start,
    fit,
    rerank,
    judge,
    kills,
    load,
    overlap,
    peers,
    pool,
    recall,
    renewal,
    report,
    scale,
    structure,
    throughput,
    timing,
    validate,
):
    main.add_command(_command)


def _open(set_name: str | None, settings: Settings) -> tuple[Answerer, EvalSet]:
    """The product and the set; says which accepted questions are left out since their words are gone."""
    from assistant.opening import open_answerer
    from content.candidates import CandidateStore
    from evals.opening import open_set
    from evals.review import flagged

    with progress_bar("准备") as step:
        answerer = open_answerer(settings, step, note)
    if settings.data_dir is not None:
        for flag in flagged(CandidateStore(settings.data_dir), answerer.corpus):
            note(f"注意：{flag.sentence()}")
    return answerer, open_set(set_name, answerer.corpus, settings.data_dir)


def _run_set(name: str | None, split: str, settings: Settings) -> Run:
    from evals.run import run_set

    answerer, eval_set = _open(name, settings)
    with progress_bar("提问") as step:
        return run_set(answerer, eval_set, split, answerer.manifest, step)


def _run_dataset(folder: Path, settings: Settings) -> Run:
    from assistant.opening import open_encoder
    from evals.beir import read_beir
    from evals.run import run_beir

    beir = read_beir(folder)
    with progress_bar("编码和检索") as step:
        return run_beir(beir, open_encoder(settings), progress=step)


if __name__ == "__main__":
    main()
