"""`notice-evals peers`: this product beside other libraries, on the same texts with the same encoder."""

from __future__ import annotations

from pathlib import Path

import click

from evals.command import FILE, FOLDER, NEW_FOLDER, explained, note
from evals.peers.system import STAGES


@click.command(
    help="与 LangChain、LlamaIndex、txtai、Haystack 比较：同样的段落和编码器，各装在自己的环境里（约 8 GB，要联网）。"
)
@click.option("--dataset", type=FOLDER, metavar="目录", help="再用这个 BEIR 格式的数据集。")
@click.option("--stage", "stages", type=click.Choice(STAGES), multiple=True, help="只做这些步骤，可多次（默认全部）。")
@click.option("--again", is_flag=True, help="已做过的步骤重新做。")
@click.option("--work", type=NEW_FOLDER, metavar="目录", help="环境和各步结果放在哪里（默认在缓存目录）。")
@click.option("--save", "saving", is_flag=True, help="把做过的步骤存入 evals/results，并写 docs/peers.md。")
@click.option("--from", "saved", type=FILE, metavar="文件", help="不测，只用保存的结果写 docs/peers.md。")
@click.option("--out", type=NEW_FOLDER, default="docs", show_default=True, metavar="目录", help="写到哪里。")
@explained
def peers(
    dataset: Path | None,
    stages: tuple[str, ...],
    again: bool,
    work: Path | None,
    saving: bool,
    saved: Path | None,
    out: Path,
) -> None:
    """Compare with other libraries."""
    from assistant.settings import Settings
    from evals.peers.benchmark import install_all, missing, run_stage, save
    from evals.peers.page import write_page

    if saved is not None:
        note(f"已写好：{write_page(saved, out)}")
        return
    cache = Settings.from_environment().cache_dir
    folder = (work or cache / "peers").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    frozen = install_all(folder, note)
    for stage in stages or STAGES:
        if again:
            (folder / f"stage-{stage}.json").unlink(missing_ok=True)
        run_stage(stage, folder, cache, dataset, note)
    if not saving:
        return
    if rest := missing(folder):
        note(f"还没有做的步骤：{'、'.join(rest)}。")
    path = save(folder, frozen)
    note(f"已保存：{path}")
    note(f"已写好：{write_page(path, out)}")
