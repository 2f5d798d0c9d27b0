"""`notice-evals`: run an eval set, compare two runs, hold the question bank against an eval set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.command import Commands, Failure, progress_bar

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from rich.console import RenderableType

    from assistant.answerer import Answerer
    from assistant.settings import Settings
    from evals.dataset import Beir
    from evals.run import Run
    from index.adapt import Recipe

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WIDTH = 120


class _Commands(Commands):
    """The product's own handling of errors, with those of evals added."""

    def known_errors(self) -> tuple[type[Exception], ...]:
        from evals.dataset import DatasetError
        from evals.record import RunError

        return (*super().known_errors(), DatasetError, RunError)


def _help(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.help_option("--help", "-h", help="显示这段说明。")(command)


@click.group(cls=_Commands, help="评测：题集、指标、比较。")
@_help
def main() -> None:
    """The command `notice-evals`."""


@main.command(help="把题集里的问题逐一问一遍，给出各项指标。")
@click.option("--set", "set_name", metavar="题集", help="题集名称（通知编号）或 .jsonl 文件；只有一个题集时可以省略。")
@click.option(
    "--split", type=click.Choice(["dev", "test", "all"]), default="test", show_default=True, help="用哪部分。"
)
@click.option("--dataset", type=_FOLDER, metavar="目录", help="改为评测一个 BEIR 格式的数据集。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--save", is_flag=True, help="把结果存成一个 JSON 文件。")
@click.option("--results", type=_NEW_FOLDER, metavar="目录", help="结果存到哪里（默认 evals/results）。")
@click.option("--no-bank", is_flag=True, help="不用题库，看新通知的效果。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@click.option("--index-dir", type=_NEW_FOLDER, metavar="目录", help="索引目录。")
@click.option("--content", type=_FOLDER, metavar="目录", help="通知目录。")
@_help
def run(
    set_name: str | None,
    split: str,
    dataset: Path | None,
    as_json: bool,
    save: bool,
    results: Path | None,
    no_bank: bool,
    model: str | None,
    index_dir: Path | None,
    content: Path | None,
) -> None:
    """Run an eval set or a BEIR folder."""
    from evals.opening import settings_for
    from evals.record import dataset_json, set_json

    if dataset is not None and set_name is not None:
        raise click.UsageError("--set 和 --dataset 只能用一个。")
    settings = settings_for(content, index_dir, model, no_bank)
    result = _run_dataset(dataset, settings) if dataset is not None else _run_set(set_name, split, settings)
    if as_json:
        shown = dataset_json(result) if dataset is not None else set_json(result)
        click.echo(json.dumps(shown, ensure_ascii=False).encode())
    else:
        from evals.table import run_view

        _print(run_view(result))
    if save:
        from evals.run import RESULTS, save_run

        click.echo(f"已保存：{save_run(result, results or RESULTS)}", err=True)


@main.command(help="比较两次保存的评测：B 比 A 好多少，是不是偶然。")
@click.argument("run_a", type=_FILE)
@click.argument("run_b", type=_FILE)
@_help
def compare(run_a: Path, run_b: Path) -> None:
    """Compare two saved runs."""
    from evals.compare import compare as compare_runs
    from evals.run import load_run
    from evals.table import comparison_view

    _print(comparison_view(compare_runs(load_run(run_a), load_run(run_b))))


@main.command(help="检查题库与评测题是否雷同；有完全相同的题目时以状态 1 结束。")
@click.option("--set", "set_name", metavar="题集", help="题集名称（通知编号）或 .jsonl 文件；只有一个题集时可以省略。")
@click.option("--content", type=_FOLDER, metavar="目录", help="通知目录。")
@_help
def overlap(set_name: str | None, content: Path | None) -> None:
    """Compare the question bank with an eval set."""
    from content.corpus import load_corpus
    from evals.opening import open_set, settings_for
    from evals.overlap import overlap as find_overlap
    from evals.table import overlap_view

    corpus = load_corpus(settings_for(content, None, None, False).content_dir)
    eval_set = open_set(set_name, corpus)
    bank = [question.text for questions in corpus.questions for question in questions]
    found = find_overlap([question.text for question in eval_set.questions], bank)
    _print(overlap_view(found))
    if found.identical:
        raise Failure(f"题库里有 {len(found.identical)} 道与评测题完全相同的题目，请从题库或题集中删去。")


@main.command(help="统计各文件读出的发文机关、日期、文号、条数，并与人工核对的样本比较。")
@click.option("--content", type=_FOLDER, metavar="目录", help="通知目录。")
@_help
def structure(content: Path | None) -> None:
    """How much of their form the documents give, and how much of it is right."""
    from content.corpus import load_corpus
    from evals.opening import settings_for
    from evals.structure import misses, read_sample, structures
    from evals.table import structure_view

    corpus = load_corpus(settings_for(content, None, None, False).content_dir, with_bank=False)
    found, sample = structures(corpus), read_sample()
    known = {one.document.rsplit("/", 1)[-1] for one in found}
    checked = [one for one in sample if one.document in known]
    _print(structure_view(found, checked, list(misses(found, checked)), len(corpus.passages), corpus.skipped))


@main.command(help="用 dev 题重新拟合检索权重、拒答模型和高亮，写入产品（不会用到 test 题）。")
@click.option("--set", "set_name", metavar="题集", help="题集名称（通知编号）或 .jsonl 文件；只有一个题集时可以省略。")
@_help
def fit(set_name: str | None) -> None:
    """Fit what is fitted, on dev questions."""
    from evals.fit import fit as fit_all
    from evals.opening import open_set

    bank, plain = _both_answerers()
    fitted = fit_all(bank, plain, open_set(set_name, bank.corpus))
    fitted.write()
    click.echo(json.dumps(fitted.evidence, ensure_ascii=False, indent=1))


@main.command(help="重新训练内置编码器的适配器（两核约半小时），写入产品。")
@click.option("--general", type=_FOLDER, metavar="目录", help="掺入通用问答对的 BEIR 数据集（只用前一半文档）。")
@click.option("--out", type=_NEW_FOLDER, metavar="目录", help="写到哪里（默认 index/adapter）。")
@click.option("--steps", type=click.IntRange(1), metavar="步数", help="训练多少步。")
@click.option("--ablation", is_flag=True, help="不写适配器，只比较几种做法在没学过的内容上的效果，存入 evals/results。")
@_help
def adapt(general: Path | None, out: Path | None, steps: int | None, ablation: bool) -> None:
    """Train the adapter of the bundled encoder, or compare ways to adapt it."""
    from dataclasses import replace

    from assistant.settings import ADAPTER
    from content.corpus import load_corpus
    from evals.adaptation import adapt as train_adapter
    from evals.dataset import read_beir
    from evals.opening import settings_for
    from index.adapt import Recipe

    settings = settings_for(None, None, None, False)
    recipe = replace(Recipe(), steps=steps) if steps else Recipe()
    beir = read_beir(general) if general is not None else None
    if ablation:
        if beir is None:
            raise click.UsageError("--ablation 要和 --general 一起用。")
        _compare_adaptations(beir, settings, recipe)
        return
    with progress_bar("训练") as step:
        train_adapter(
            load_corpus(settings.content_dir),
            beir,
            settings.cache_dir,
            out or ADAPTER,
            recipe,
            lambda done, total, _loss: step(done, total),
        )


_SET_HELP = "题集名称（通知编号）或 .jsonl 文件；只有一个题集时可以省略。"


@main.command(help="逐路关闭检索通道，看每一路值多少（用题库和不用题库）。")
@click.option("--set", "set_name", metavar="题集", help=_SET_HELP)
@click.option(
    "--split", type=click.Choice(["dev", "test", "all"]), default="test", show_default=True, help="用哪部分。"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@_help
def ablation(set_name: str | None, split: str, as_json: bool) -> None:
    """Search again with each channel off."""
    from evals.ablation import ablate, ablation_json, ablation_view
    from evals.opening import open_set

    both = _both_answerers()
    eval_set = open_set(set_name, both[0].corpus)
    with progress_bar("逐路关闭") as step:
        found = [ablate(answerer, eval_set, split, step) for answerer in both]
    if as_json:
        shown = {"set": eval_set.name, "set_digest": eval_set.digest, "split": split} | ablation_json(found)
        click.echo(json.dumps(shown, ensure_ascii=False, allow_nan=False).encode())
    else:
        for one in found:
            _print(ablation_view(one))


@main.command(help="评测 test 题（用题库和不用题库），写成报告 report.md 和插图。")
@click.option("--set", "set_name", metavar="题集", help=_SET_HELP)
@click.option("--out", type=_NEW_FOLDER, default="docs", show_default=True, metavar="目录", help="写到哪里。")
@_help
def report(set_name: str | None, out: Path) -> None:
    """Measure everything and write it down."""
    from evals.assessment import measure_report
    from evals.opening import open_set
    from evals.report import write_report

    bank, plain = _both_answerers()
    eval_set = open_set(set_name, bank.corpus)
    with progress_bar("评测") as step:
        found = measure_report(bank, plain, eval_set, "test", step)
    click.echo(f"已写好：{write_report(found, out)}", err=True)


def _both_answerers() -> tuple[Answerer, Answerer]:
    """With the bank, and without it."""
    from assistant.opening import open_answerer
    from evals.opening import settings_for

    with progress_bar("准备") as step:
        bank, plain = (
            open_answerer(
                settings_for(None, None, None, no_bank), step, lambda sentence: click.echo(sentence, err=True)
            )
            for no_bank in (False, True)
        )
    return bank, plain


def _compare_adaptations(beir: Beir, settings: Settings, recipe: Recipe) -> None:
    from content.corpus import load_corpus
    from evals.adaptation_ablation import compare_adaptations, write_comparison
    from evals.opening import open_set

    corpus = load_corpus(settings.content_dir)
    with progress_bar("训练") as step:
        found = compare_adaptations(
            corpus,
            open_set(None, corpus),
            beir,
            settings.cache_dir,
            recipe,
            lambda _, done, total: step(done, total),
        )
    click.echo(f"已保存：{write_comparison(found, recipe)}", err=True)


def _run_set(name: str | None, split: str, settings: Settings) -> Run:
    from assistant.opening import open_answerer
    from evals.opening import open_set
    from evals.run import run_set

    with progress_bar("准备") as step:
        answerer = open_answerer(settings, step, lambda sentence: click.echo(sentence, err=True))
    eval_set = open_set(name, answerer.corpus)
    with progress_bar("提问") as step:
        return run_set(answerer, eval_set, split, answerer.manifest, step)


def _run_dataset(folder: Path, settings: Settings) -> Run:
    from assistant.opening import open_encoder
    from evals.dataset import read_beir
    from evals.run import run_beir

    beir = read_beir(folder)
    with progress_bar("编码和检索") as step:
        return run_beir(beir, open_encoder(settings), progress=step)


def _print(view: RenderableType) -> None:
    from rich.console import Console

    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console = Console(markup=False, emoji=False, highlight=False, width=_WIDTH)
    console.print(view)


if __name__ == "__main__":
    main()
