"""Commands about costs and kills: `notice-evals encode-speed`, `change`, `timing` and `kills`."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from assistant.command import Failure, progress_bar
from evals.command import FOLDER, explained, json_option, note, save_option


@click.command(name="encode-speed", help="建立索引时的编码速度，与直接调用模型轮流比较；不到 0.9 倍时以状态 1 结束。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@click.option("--texts", type=click.IntRange(32), default=2048, show_default=True, metavar="个数", help="编码多少条。")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, metavar="次数", help="轮流几次。")
@json_option
@save_option
@explained
def encode_speed(content: Path | None, model: str | None, texts: int, rounds: int, as_json: bool, save: bool) -> None:
    """Hold the encoding of a build against the bare model."""
    from assistant.opening import open_encoder
    from content.corpus import load_corpus
    from evals.encoding import WANTED, measure_encoding
    from evals.opening import settings_for
    from index.encoder import SentenceEncoder

    settings = settings_for(content, None, model, True)
    encoder = open_encoder(settings, note)
    if not isinstance(encoder, SentenceEncoder):
        raise Failure("这个编码器不是 sentence-transformers 模型，无从比较。")
    found = measure_encoding(encoder, load_corpus(settings.content_dir, with_bank=False), texts, rounds)
    _give(
        "encode-speed",
        asdict(found),
        f"{found.texts} 条（共 {found.characters} 字），{found.rounds} 轮的中位数："
        f"直接调用模型每秒 {found.raw:.0f} 条，"
        f"建立索引每秒 {found.built:.0f} 条（{found.precision}），是前者的 {found.ratio:.2f} 倍；"
        f"用 float32 每秒 {found.built_float32:.0f} 条，{found.ratio_float32:.2f} 倍。",
        as_json,
        save,
    )
    if found.ratio < WANTED:
        raise Failure(f"编码速度低于直接调用模型的 {WANTED} 倍。")


@click.command(help="把已建好索引的通知库复制一份，改动其中一份文件再建立索引，看要几秒、编码几条。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@click.option("--index-dir", type=FOLDER, metavar="目录", help="索引目录。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@json_option
@save_option
@explained
def change(content: Path | None, index_dir: Path | None, model: str | None, as_json: bool, save: bool) -> None:
    """Change one document of a library."""
    from evals.change import ChangeError, measure_change
    from evals.opening import settings_for

    try:
        found = measure_change(settings_for(content, index_dir, model, False))
    except ChangeError as error:
        raise Failure(str(error)) from error
    _give(
        "change",
        asdict(found),
        f"{found.documents} 份文件中改动一份：建立索引 {found.seconds:.1f} 秒（没有改动时 "
        f"{found.unchanged_seconds:.1f} 秒），"
        f"重新编码 {found.encoded} 条，其余 {found.vectors - found.encoded} 条不变。",
        as_json,
        save,
    )


@click.command(help="一次提问的时间花在哪里：编码、各路检索、融合、作答，逐项计时（毫秒）。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@click.option("--index-dir", type=FOLDER, metavar="目录", help="索引目录。")
@click.option("--model", metavar="名称|目录", help="编码器。")
@click.option("--queries", type=click.IntRange(1), default=100, show_default=True, metavar="个数", help="问多少次。")
@json_option
@save_option
@explained
def timing(
    content: Path | None, index_dir: Path | None, model: str | None, queries: int, as_json: bool, save: bool
) -> None:
    """Time the parts of one question."""
    from assistant.opening import open_answerer
    from evals.opening import settings_for
    from evals.timing import measure_parts

    with progress_bar("准备") as step:
        answerer = open_answerer(settings_for(content, index_dir, model, False), step, note)
    found = measure_parts(answerer, queries)
    sentences = [
        f"{part.median:8.2f}（95% 不超过 {part.p95:.2f}）  {part.name}" + (f"，{part.size}" if part.size else "")
        for part in found
    ]
    _give("timing", [asdict(part) for part in found], "\n".join(sentences), as_json, save)


@click.command(help="在随机时刻强行结束（kill -9）建立索引和加入文件，看下次启动能否作答、有没有重复编码。")
@click.option("--count", type=click.IntRange(1), default=100, show_default=True, metavar="次数", help="每种多少次。")
@click.option(
    "--what", type=click.Choice(["builds", "additions", "all"]), default="all", show_default=True, help="结束哪一种。"
)
@click.option("--seed", type=int, default=0, show_default=True, help="随机种子。")
@json_option
@save_option
@explained
def kills(count: int, what: str, seed: int, as_json: bool, save: bool) -> None:
    """Kill builds and additions at random moments."""
    if not hasattr(os, "fork"):
        raise Failure("这个命令要用 fork，只能在 Linux 或 macOS 上运行。")
    import torch

    from assistant.opening import open_encoder
    from evals.killing import Killing
    from evals.opening import packaged_settings

    torch.set_num_threads(1)  # a process that is forked inherits no thread pool
    encoder = open_encoder(packaged_settings(no_bank=True), note)
    rows = []
    with tempfile.TemporaryDirectory(prefix="notice-kills-") as name:
        for kind in ("builds", "additions") if what == "all" else (what,):
            with progress_bar("建立索引" if kind == "builds" else "加入文件") as step:
                rows.append(getattr(Killing(encoder, Path(name) / kind, seed), kind)(count, step))
    sentences = [
        f"{'建立索引' if found.what == 'build' else '加入文件'}被强行结束 {found.kills} 次：之后库或索引仍是原来的 "
        f"{found.old} 次，已是新的 {found.new} 次，还没有过索引 {found.none} 次，损坏 {found.broken} 次；编码 "
        f"{found.encoded} 条，其中已存盘又重复编码的 {found.twice} 条，未及存盘而重做的 {found.redone} 条。"
        for found in rows
    ]
    _give(
        "kills" if what == "all" else f"kills-{what}",
        [asdict(found) | {"seed": seed} for found in rows],
        "\n".join(sentences),
        as_json,
        save,
    )
    if any(found.broken or found.twice for found in rows):
        raise Failure("有损坏或重复编码。")


def _give(name: str, found: Any, sentence: str, as_json: bool, save: bool) -> None:
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else sentence)
    if save:
        from evals.measurement import save_measurement

        note(f"已保存：{save_measurement(name, found)}")
