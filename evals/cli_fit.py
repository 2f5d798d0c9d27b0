"""Commands that change the product: `notice-evals fit` and `notice-evals adapt`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import progress_bar
from evals.command import FOLDER, NEW_FOLDER, both_answerers, explained, note, set_option

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.beir import Beir
    from index.adapt import Recipe


@click.command(help="用 dev 题重新拟合检索权重、拒答模型和高亮，写入产品（不会用到 test 题）。")
@set_option
@click.option("--content", type=FOLDER, metavar="目录", help="文件库目录（只用于 library-… 题集）。")
@click.option("--index-dir", type=NEW_FOLDER, metavar="目录", help="文件库的索引目录。")
@explained
def fit(set_name: str | None, content: Path | None, index_dir: Path | None) -> None:
    """Fit what is fitted, on dev questions."""
    from evals.fit import fit as fit_all
    from evals.opening import open_set
    from evals.sets import find_set, is_of_library

    if is_of_library(find_set(set_name)):
        _fit_many(content, index_dir)
        return
    if content is not None or index_dir is not None:
        raise click.UsageError("--content 和 --index-dir 只用于文件库的题集（library-…）。")

    bank, plain = both_answerers()
    fitted = fit_all(bank, plain, open_set(set_name, bank.corpus))
    fitted.write()
    click.echo(json.dumps(fitted.evidence, ensure_ascii=False, indent=1))


def _fit_many(content: Path | None, index_dir: Path | None) -> None:
    """What is fitted for many documents without a bank; the questions about the packaged notice are strangers.

    The dev questions of every set about this library count, of whichever set the figures are asked for.
    """
    from assistant.opening import open_answerer
    from content.corpus import load_corpus
    from evals.fit import dev_questions
    from evals.fit_many import fit_many
    from evals.opening import open_set, settings_for
    from evals.sets import library_files

    with progress_bar("准备") as step:
        answerer = open_answerer(settings_for(content, index_dir, None, True), step, note)
    strangers = dev_questions(open_set(None, load_corpus(with_bank=False)))
    sets = [open_set(path.stem, answerer.corpus) for path in library_files()]
    fitted = fit_many(answerer, sets, strangers)
    fitted.write()
    click.echo(json.dumps(fitted.evidence, ensure_ascii=False, indent=1))


@click.command(help="重新训练内置编码器的适配器（两核约一小时），写入产品。")
@click.option("--general", type=FOLDER, metavar="目录", help="掺入通用问答对的 BEIR 数据集（只用前一半文档）。")
@click.option("--out", type=NEW_FOLDER, metavar="目录", help="写到哪里（默认 index/adapter）。")
@click.option("--onto", type=FOLDER, metavar="目录", help="在这个适配器上接着训练，不从头开始。")
@click.option("--steps", type=click.IntRange(1), metavar="步数", help="训练多少步。")
@click.option("--ablation", is_flag=True, help="不写适配器，只比较几种做法在没学过的内容上的效果，存入 evals/results。")
@explained
def adapt(general: Path | None, out: Path | None, onto: Path | None, steps: int | None, ablation: bool) -> None:
    """Train the adapter of the bundled encoder, or compare ways to adapt it."""
    from dataclasses import replace

    from assistant.settings import ADAPTER
    from content.corpus import load_corpus
    from evals.adaptation import adapt as train_adapter
    from evals.beir import read_beir
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
            onto,
        )


@click.command(help="重新训练没有题库时用的重排模型（两核约四十分钟），写入产品。编码器的适配器换过之后要重做。")
@click.option("--onto", type=FOLDER, metavar="目录", help="在这个重排模型上接着训练，不从头开始。")
@explained
def rerank(onto: Path | None) -> None:
    """Train the reranker over the adapted encoder."""
    from evals.opening import settings_for
    from evals.reranking import rerank as train_reranker

    with progress_bar("训练") as step:
        settings = settings_for(None, None, None, False)
        train_reranker(settings, lambda done, total, _loss: step(done, total), onto=onto)
    note("已写好。请接着运行 fit --set library-laws。")


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
    note(f"已保存：{write_comparison(found, recipe)}")
