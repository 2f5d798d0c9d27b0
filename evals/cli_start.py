"""`notice-evals cold-start`: how long people wait until the product answers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from evals.command import FOLDER, NEW_FOLDER, explained, json_option, note


@click.command("cold-start", help="量启动：--help、一次提问、服务从启动到就绪到第一个回答，和什么都没有时的第一次。")
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, metavar="次数", help="各量几次，取中位数。"
)
@click.option("--clone", type=FOLDER, metavar="目录", help="再从这个仓库克隆一份，量 make run 到就绪（约十分钟）。")
@click.option("--save", "saving", is_flag=True, help="存入 evals/results。")
@click.option("--results", type=NEW_FOLDER, metavar="目录", help="存到哪里（默认 evals/results）。")
@json_option
@explained
def cold_start(rounds: int, clone: Path | None, saving: bool, results: Path | None, as_json: bool) -> None:
    """Measure starting."""
    from assistant.command import Failure
    from assistant.settings import Settings
    from evals.cold_start import ColdStartError, measure_cold_start, save
    from index.bundled import bundled_folder

    try:
        encoder = bundled_folder(Settings.from_environment().cache_dir)
        found = measure_cold_start(encoder, rounds, clone, note)
    except ColdStartError as error:
        raise Failure(str(error)) from error
    if saving:
        note(f"已保存：{save(found, results)}")
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(f"--help {found.help:.2f} 秒；一次提问 {found.ask:.1f} 秒，其中载入编码器 {found.load_encoder:.1f} 秒。")
    service, first = found.service, found.first_service
    click.echo(f"服务：就绪 {service.ready:.1f} 秒，第一个回答 {service.answered:.1f} 秒。")
    click.echo(f"第一次：提问 {found.first_ask:.1f} 秒；服务就绪 {first.ready:.1f} 秒。")
    if found.clone_ready is not None:
        click.echo(f"新克隆的仓库：make run 到就绪 {found.clone_ready:.0f} 秒。")
