"""Commands about claims: `notice-evals run --set claims` and `notice-evals judge`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.command import progress_bar
from evals.command import FOLDER, explained, note, show

if TYPE_CHECKING:
    from assistant.settings import Settings

NAME = "claims"
"""The set that `run --set` checks instead of asking; `claims/NAME` is the one about the notice NAME."""


def run_claim_set(name: str, split: str, settings: Settings, as_json: bool, folder: Path | None) -> None:
    """Check a claim set, show what came of it, and save it where a folder is given."""
    from assistant.opening import open_answerer, open_checker
    from evals.claim_run import run_claims
    from evals.claims import find_claims
    from evals.record import write_json
    from evals.table_claims import claim_run_view

    with progress_bar("准备") as step:
        answerer = open_answerer(settings, step, note)
    checker = open_checker(settings, answerer)
    claim_set = find_claims(name.removeprefix(NAME).strip("/") or None, answerer.corpus)
    with progress_bar("核对") as step:
        result = run_claims(lambda claims: checker.check_many(claims, step), claim_set, split, answerer.manifest)
    if as_json:
        click.echo(json.dumps(result.to_json(), ensure_ascii=False).encode())
    else:
        show(claim_run_view(result))
    if folder is not None:
        commit = (result.provenance.commit or "nocommit")[:8]
        note(f"已保存：{write_json(result.to_json(), folder, f'claims-{result.name}-{split}-{commit}')}")


@click.command(help="重新训练核对用的模型（两核约一小时），再用留出的说法和 dev 说法拟合判断，写入产品。")
@click.option("--laws", type=FOLDER, metavar="目录", help="一批法规（.md），用来学逐字比较；不给就只重新拟合判断。")
@click.option("--onto", type=FOLDER, metavar="目录", help="在这个模型上接着训练，不从头开始。")
@explained
def judge(laws: Path | None, onto: Path | None) -> None:
    """Train the reader of pairs and fit the judgement."""
    from evals.judging import judge as train_judge
    from evals.opening import packaged_settings

    with progress_bar("训练") as step:
        evidence = train_judge(packaged_settings(), laws, step, onto)
    click.echo(json.dumps(evidence, ensure_ascii=False, indent=1))
