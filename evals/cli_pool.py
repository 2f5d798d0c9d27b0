"""Command: `notice-evals pool`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from evals.command import FILE, FOLDER, SPLITS, explained, note, set_option


@click.command(
    help="文件库题集：列出几种检索排在前面的段落，供两人分别标注；标好后（--take）两人都说是答案的记入题集。"
)
@set_option
@click.option("--split", type=SPLITS, default="test", show_default=True, help="用哪部分。")
@click.option("--content", type=FOLDER, metavar="目录", help="通知目录。")
@click.option("--index-dir", type=FOLDER, metavar="目录", help="索引目录。")
@click.option("--take", "marked", type=FILE, multiple=True, metavar="文件", help="标好的文件，每人一份。")
@explained
def pool(
    set_name: str | None, split: str, content: Path | None, index_dir: Path | None, marked: tuple[Path, ...]
) -> None:
    """Passages to be judged, as JSON lines, or what readers have made of them."""
    from assistant.opening import open_answerer
    from content.corpus import load_corpus
    from evals.opening import find_notice, open_set, settings_for
    from evals.pool import pool as pool_of
    from evals.pool import take

    settings = settings_for(content, index_dir, None, True)
    if marked:
        corpus = load_corpus(settings.content_dir, with_bank=False)
        path, _ = find_notice(set_name, corpus)
        note(f"记入 {take(open_set(set_name, corpus), path, marked, corpus)} 处。")
        return
    answerer = open_answerer(settings)
    for row in pool_of(answerer, open_set(set_name, answerer.corpus).of_split(split)):
        click.echo(json.dumps(row, ensure_ascii=False).encode())
