"""The commands `add`, `remove` and `list`: which documents there are."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.command_batch import write_row
from assistant.command_open import content_option, name_skipped, say, settings_for


@click.command(
    help="把文件加入通知库（.txt .md .html .docx .pdf 等），读不出的会说明原因。不写 --content 时收在用户数据目录里。"
)
@click.argument("files", nargs=-1, required=True, metavar="文件...", type=click.Path(path_type=Path))
@content_option
def add(files: tuple[Path, ...], content: Path | None) -> None:
    """Put copies of files into the content folder; a bad one is named, and the rest goes on."""
    from content.library import Library, LibraryError
    from content.notice import NoticeError

    settings = settings_for(content, None, None)
    library = Library.of(settings.content_dir, settings.data_dir)
    bad = 0
    for file in files:
        try:
            added = library.add(file)
        except (LibraryError, NoticeError) as error:
            bad += 1
            say(f"没有加入  {file.name}：{error}")
        except OSError as error:
            bad += 1
            say(f"没有加入  {file.name}：{error.strerror or error}，请检查文件、目录权限和磁盘空间。")
        else:
            click.echo(f"{'已加入' if added.is_new else '已在库中'}  {file.name}：《{added.notice.title}》")
            for note in added.notes:
                say(f"请注意  {file.name}：{note}")
    if bad:
        sys.exit(1)


@click.command(help="从通知库移除一份文件（文件移到 .removed 文件夹，不会删除）。")
@click.argument("notice_id", metavar="编号")
@content_option
def remove(notice_id: str, content: Path | None) -> None:
    """Take a document out of the content folder."""
    from content.library import Library

    settings = settings_for(content, None, None)
    place = Library.of(settings.content_dir, settings.data_dir).remove(notice_id)
    click.echo(f"已移除 {notice_id}，文件移到 {place}")


@click.command(name="list", help="列出通知库里的文件：编号、日期、发文机关、文号、标题。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每行一份。")
@content_option
def list_documents(as_json: bool, content: Path | None) -> None:
    """List the documents of the content folder."""
    from content.corpus import load_corpus

    settings = settings_for(content, None, None)
    corpus = load_corpus(settings.content_dir, with_bank=False, data_dir=settings.data_dir)
    for notice in corpus.notices:
        row = {
            "notice_id": notice.id,
            "title": notice.title,
            "issuer": notice.issuer,
            "date": notice.date,
            "number": notice.number,
            "kind": notice.genre,
            "file": notice.source.file if notice.source else None,
            "sha256": notice.sha256,
        }
        known = "，".join(filter(None, (notice.date, notice.issuer, notice.number)))
        write_row(row) if as_json else click.echo(f"{notice.id}  《{notice.title}》{f'（{known}）' if known else ''}")
    name_skipped(corpus)
