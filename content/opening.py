"""The formal opening of an official document by GB/T 9704: letterhead, number, title, addressees, a law's history."""

from __future__ import annotations

import re
from collections.abc import Sequence

from content.day import DAY
from content.form import Form
from content.heading import heading_level, read_article, unit_level
from content.history import is_history, read_history
from content.kind import Kind
from content.line import INFO_END, Line, compact
from content.numeral import NUMBER
from content.organisation import is_organisation
from content.span import Span

_NUMBER_LINE = re.compile(rf"[（(]?\s*(?P<number>{NUMBER})\s*[）)]?(?:\s*签发人\s*[：:]?.*)?")
_ORDER_LINE = re.compile(r"[（(]?第\s*[\d〇零○一二三四五六七八九十百]+\s*号[）)]?|\d{4}\s*年\s*第\s*\d+\s*号")
_COPY_NUMBER = re.compile(r"\d{6}")
_SECRECY = re.compile(r"(?:绝密|机密|秘密)(?:\s*[★☆*].*)?|特急|加急|特提|平急|急件")
_NO_ADDRESSEES = re.compile(
    r"[。]|(?:如下|以下|下列|下面)[^，。]{0,20}[：:]$|(?:规定|通知|公告|决定|意见|办法|要求)[：:]$"
)
SENTENCE_END = tuple("。！？；!?;")
TITLE_WORDS = tuple(
    "通知 意见 决定 办法 规定 条例 通报 公告 通告 报告 请示 批复 函 纪要 命令 决议 公报 议案 方案 "
    "细则 规则 规程 要点 计划 章程 法 公示 规划 预案 纲要 守则 准则 答复 制度 法典 简章".split()
)
# What a line of a title begins with where the one above it ends with such a word: ……工作要点 / 的通知.
_GOES_ON = re.compile(r"(?:[（(][^（）()]{1,30}[）)]|》)*的|[》、]|和|及|与|暨")
LONGEST_TITLE_LINE = 60
_OF_SUBJECTS = tuple("规划 预案 纲要 守则 准则 答复 制度 公示 简章".split())
"""What a line of a title may end with while the next one ends it: 关于推行……公示制度 / ……的通知."""
_LONGEST_ADDRESSEES = 300


def read_opening(form: Form, text: str) -> None:
    """Letterhead, title, number, history and addressees, from the first line on."""
    _letterhead(form)
    _title(form)
    _below_title(form, text)


def _letterhead(form: Form) -> None:
    """份号, 密级, 紧急程度, 发文机关标志, 发文字号, 签发人: what stands above the title."""
    head = form.lines[:9]
    at = next((i for i, line in enumerate(head) if _NUMBER_LINE.fullmatch(line.text)), None)
    if at is None:
        at = next((i for i, line in enumerate(head) if i and _ORDER_LINE.fullmatch(line.text)), None)
        if at is None or not compact(head[at - 1].text).endswith(("令", "公告", "通告", "文件")):
            return
    above = head[:at]
    if any(not _is_letterhead(line.text) for line in above):
        return
    is_order = bool(above) and compact(above[-1].text).endswith("令")
    for line in above[:-1] if is_order else above:
        form.add(Kind.LETTERHEAD, [line])
    if is_order:
        # 中华人民共和国国务院令 第517号 is one number over two lines.
        body = above[-1].text.rstrip().removesuffix("令").rstrip()
        form.order = Span(above[-1].start, above[-1].start + len(body))
        form.number = Span(above[-1].start, head[at].end)
    else:
        _take_number(form, head[at])
    form.first = at + 1
    while form.first < 12 and form.first < form.last and form.lines[form.first].text.startswith("签发人"):
        form.add(Kind.LETTERHEAD, [form.lines[form.first]])
        form.first += 1


def _is_letterhead(text: str) -> bool:
    if _COPY_NUMBER.fullmatch(text) or _SECRECY.fullmatch(text):
        return True
    plain = compact(text)
    if "关于" in plain:
        return False  # a title, of whatever kind
    ended = plain.endswith((*SENTENCE_END, "：", ":", "，")) or ends_like_title(plain)
    return (
        len(plain) <= LONGEST_TITLE_LINE
        and heading_level(text) is None
        and (not ended or (plain.endswith(("令", "公告", "通告")) and len(plain) <= 24))
    )


def _take_number(form: Form, line: Line) -> None:
    match = _NUMBER_LINE.fullmatch(line.text)
    if match is None:
        form.number = line.span
        return
    alone = not line.text[match.end("number") :].strip("）) \u3000")
    # A number in brackets is quoted with them; 签发人 beside it is a part of its own.
    form.number = line.span if alone else Span(line.start + match.start("number"), line.start + match.end("number"))
    if not alone:
        rest = line.text[match.end("number") :]
        form.parts.append((Kind.LETTERHEAD, Span(line.end - len(rest.lstrip("）) \u3000\t")), line.end)))


def _title(form: Form) -> None:
    lines, first = form.lines, form.first
    end = first + 1 if first < form.last and lines[first].marks else _title_end(lines, first)
    form.title, form.first = lines[first:end], end


def _title_end(lines: Sequence[Line], first: int) -> int:
    """The index after the last title line: a title runs over short lines until one ends like a title."""
    for index in range(first, min(first + 8, len(lines))):
        text = lines[index].text
        if (
            len(text) > LONGEST_TITLE_LINE
            or text.endswith((*SENTENCE_END, "：", ":"))
            or heading_level(text) is not None
            or unit_level(text) is not None
            or read_article(text) is not None
            or is_history(text)
            or lines[index].is_row
            or _NUMBER_LINE.fullmatch(text)
        ):
            # Body or addressees: what came before was the title, except a single long first line.
            return index
        if ends_like_title(text) and not _goes_on(lines, first, index):
            return index + 1
    return max(first, min(first + 1, len(lines) - 1))


def _goes_on(lines: Sequence[Line], first: int, index: int) -> bool:
    """Whether a title that might end with this line has another one: within 《》, or by how that one begins."""
    if index + 1 == len(lines):
        return False
    title, after = "".join(line.text for line in lines[first : index + 1]), lines[index + 1].text
    if len(after) > LONGEST_TITLE_LINE or after.endswith((*SENTENCE_END, "：", ":")):
        return False
    goes_on = "关于" in title and compact(title).endswith(_OF_SUBJECTS) and ends_like_title(compact(after))
    return goes_on or title.count("《") > title.count("》") or bool(_GOES_ON.match(after))


def ends_like_title(text: str) -> bool:
    """Whether a line ends with the word for a kind of document, （试行） or a year after it aside."""
    return re.sub(r"[（(][^（）()]{1,30}[）)]$", "", text).endswith(TITLE_WORDS)


def issuer_in_title(form: Form, text: str) -> Span | None:
    """发文机关 of a title 国务院关于……的规定, for a document that is not signed."""
    start = form.title[0].start
    match = re.match(r"(.{2,40}?)\s*关于", text[start : form.title[-1].end], re.DOTALL)
    return Span(start, start + match.end(1)) if match and is_organisation(compact(match[1])) else None


def _below_title(form: Form, text: str) -> None:
    """The number in brackets, the lines on how a law was made, and the addressees."""
    if form.number is None and form.first < form.last and _NUMBER_LINE.fullmatch(form.lines[form.first].text):
        _take_number(form, form.lines[form.first])
        form.first += 1
    made = _history(form, text)
    if made:
        form.add(Kind.HISTORY, made)
        form.history = read_history(made)
        form.first += len(made)
        return
    if form.title and form.first < form.last and _is_addressees(form.lines[form.first].text):
        form.addressees = form.lines[form.first].span
        form.first += 1


def _history(form: Form, text: str) -> Sequence[Line]:
    rest = form.rest
    mark = text.find(INFO_END)
    if mark >= 0:
        return [line for line in rest if line.end <= mark]
    count = 0
    while count < len(rest) and (is_history(rest[count].text) or (count == 0 and _is_bracketed_day(rest[0].text))):
        count += 1
    return rest[:count]


def _is_bracketed_day(text: str) -> bool:
    return bool(re.fullmatch(rf"[（(]\s*{DAY}\s*[）)]", text))


def _is_addressees(text: str) -> bool:
    return (
        text.endswith(("：", ":"))
        and len(text) <= _LONGEST_ADDRESSEES
        and heading_level(text) is None
        and read_article(text) is None
        and not _NO_ADDRESSEES.search(text)
    )
