"""Documents that are web pages: where their title stands, forms, and cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.source.extract import UnreadableError
from content.source.registry import extract

TITLE = "关于做好防汛工作的通知"
BODY = [
    "各区、县人民政府：",
    "现将有关事项通知如下，请认真贯彻执行，切实抓好落实，确保取得实效，不得走过场，并按时报送情况，逾期不候。",
    "某某市人民政府",
    "2024年3月5日",
]
ARTICLE = "".join(f"<p>{line}</p>" for line in BODY)


def lines_of(body: str, head: str = "") -> list[str]:
    page = f'<html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return extract(page.encode(), Path("a.html")).text.splitlines()


@pytest.mark.parametrize(
    ("head", "above"),
    [
        (f'<meta name="ArticleTitle" content="{TITLE}">', ""),
        ("", f"<h1>某某市人民政府</h1><h1>{TITLE}</h1><div>来源：市政府办</div>"),
        ("", f"<header><h1>{TITLE}</h1></header>"),
        (f"<title>{TITLE}_某某市人民政府</title>", "<h1>通知公告</h1>"),
        (f"<title>{TITLE} - 某某市人民政府门户网站</title>", ""),
    ],
)
def test_a_title_that_stands_outside_the_article(head: str, above: str) -> None:
    assert lines_of(f'{above}<div id="zoom">{ARTICLE}</div><h1>相关文件的通知</h1>', head) == [TITLE, *BODY]


def test_the_header_of_the_article_itself() -> None:
    assert lines_of(f"<article><header><h1>{TITLE}</h1></header>{ARTICLE}</article>") == [TITLE, *BODY]


def test_a_title_is_not_said_twice() -> None:
    head = f'<title>{TITLE}</title><meta name="articletitle" content="某某市人民政府{TITLE}">'
    inner = f"<p>某某市人民政府</p><p>关于做好防汛<br>工作的通知</p>{ARTICLE}"
    assert lines_of(f'<h1>{TITLE}</h1><div id="zoom">{inner}</div>', head) == [
        "某某市人民政府",
        "关于做好防汛",
        "工作的通知",
        *BODY,
    ]


@pytest.mark.parametrize("name", ["首页", "某某市人民政府门户网站", "通知公告", "关于我们", ""])
def test_the_name_of_a_site_or_a_column_is_no_title(name: str) -> None:
    assert lines_of(f'<h1>{name}</h1><div id="zoom">{ARTICLE}</div>', f"<title>{name}</title>") == BODY


def test_a_page_that_stands_within_a_form() -> None:
    form = '<form action="x.aspx"><select><option>甲</option></select>{}</form>'
    assert lines_of(form.format(f"<h1>{TITLE}</h1>{ARTICLE}")) == [TITLE, *BODY]
    article = f'<h1>{TITLE}</h1><div id="zoom">{ARTICLE}</div>'
    assert lines_of(f"<p>{'长' * 900}</p>{form.format(article)}") == [TITLE, *BODY]


def test_a_form_for_searching_is_no_text() -> None:
    assert lines_of(f"<form>搜索<p>请输入</p></form>{ARTICLE}")[0] == BODY[0]
    with pytest.raises(UnreadableError):
        lines_of("<form><select><option>甲</option></select></form>")


def test_scripts_and_comments_in_cells_are_no_words() -> None:
    rows = "<tr><th>序号</th><th>任务<style>.a{}</style></th></tr>"
    rows += f"<tr><td>1</td><td>巡查<script>{'x' * 500}</script>河道<!-- 注 -->堤防</td></tr>"
    assert lines_of(f"<p>{TITLE}</p><table>{rows}</table>") == [TITLE, "| 序号 | 任务 |", "| 1 | 巡查河道堤防 |"]
