"""`notice-assistant`: build the index, ask, check, serve the page, look after documents and the installation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli_ask import ask, check
from assistant.cli_library import add, list_documents, remove
from assistant.command import Commands, progress_bar
from assistant.command_open import explained, name_skipped, open_product, places_options, say, settings_for
from assistant.serve_options import serve_options, serving_of
from assistant.user_command import user

# Everything else is imported where it is used, so that --help is there at once.
if TYPE_CHECKING:
    from assistant.current import Current
    from assistant.current_checks import CurrentChecks
    from assistant.settings import Settings


@click.group(cls=Commands, help="通知问答：用自己的话提问，得到通知的原文和出处。")
@explained
def main() -> None:
    """The command `notice-assistant`."""


@main.command(help="建立索引（通知或题库改动后运行），或把向量搬到 Milvus、搬回本机。")
@click.option(
    "--vectors",
    metavar="地址",
    help="向量放在哪里：faiss（本机）、http://主机:端口（Milvus 服务器或集群）或 .db 文件（默认不变）。",
)
@click.option("--replicas", type=click.IntRange(1), metavar="个数", help="Milvus 集群把向量载入几份（默认不变）。")
@places_options
def build(
    vectors: str | None, replicas: int | None, model: str | None, index_dir: Path | None, content: Path | None
) -> None:
    """Build and save the index."""
    from assistant.opening import build as build_index

    settings = settings_for(content, index_dir, model, vectors, replicas)
    with progress_bar("建立索引") as step:
        index = build_index(settings, step, say)
    name_skipped(index.corpus)
    click.echo(
        f"索引已就绪：{len(index.corpus.notices)} 份通知，{len(index.corpus.passages)} 个段落，"
        f"{len(index.entries)} 个条目。",
        err=True,
    )


@main.command(help="打开网页问答，并显示网址（按 Ctrl+C 结束）。")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="在哪个地址上提供服务。")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(0, 65535), metavar="端口", help="端口。")
@serve_options
@places_options
def serve(
    host: str, port: int, model: str | None, index_dir: Path | None, content: Path | None, **options: Any
) -> None:
    """Serve the page."""
    from assistant.current import Current
    from assistant.library_tab import library_tab
    from assistant.memory import keep_together
    from assistant.opening import open_library, renewed
    from assistant.server import serve as serve_page
    from assistant.tab import Product, find_tabs
    from content.candidates import CandidateStore

    keep_together()
    serving = serving_of(host, **options)  # before the model is loaded, so that a refusal comes at once
    settings = settings_for(content, index_dir, model)
    answerer = open_product(settings)
    name_skipped(answerer.corpus)
    if settings.data_dir is not None and (cut_off := CandidateStore(settings.data_dir).cut_off()):
        say(f"注意  {cut_off}")
    current = Current(answerer, lambda old: renewed(settings, old))
    library = open_library(settings, current, may_change=serving.may_change_library)
    serve_page(
        current,
        host,
        port,
        ready=lambda address: click.echo(f"请在浏览器中打开：{address}"),
        checker=_checker(settings, current),
        tabs=(library_tab(library), *find_tabs(Product(current, settings.data_dir))),
        serving=serving,
    )


@main.command(help="检查安装：版本、编码器、索引、引文。有问题时以状态 1 结束。")
@places_options
def doctor(model: str | None, index_dir: Path | None, content: Path | None) -> None:
    """Look the installation over."""
    from assistant.doctor import examine

    worst = True
    for finding in examine(settings_for(content, index_dir, model)):
        click.echo(("正常  " if finding.well else "问题  ") + finding.text)
        worst &= finding.well
    if not worst:
        sys.exit(1)


def _checker(settings: Settings, current: Current) -> CurrentChecks | None:
    """The checker, or None, said aloud, where its weights fit no encoder that is there: the page can do without."""
    from assistant.current_checks import CurrentChecks
    from assistant.opening import open_checker
    from index.encoder import EncoderError

    try:
        return CurrentChecks(current, open_checker(settings, current.now))
    except EncoderError as error:
        say(f"网页上没有“核对”：{error}")
        return None


for _command in (ask, check, add, remove, list_documents, user):
    main.add_command(_command)


if __name__ == "__main__":
    main()
