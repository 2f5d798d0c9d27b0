"""The formal close of an official document by GB/T 9704: signature, date, attachments, and the record of copies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from content.attachment import is_attachment
from content.day import SIGNED_DAY, parse_day
from content.form import Form
from content.heading import heading_level, unit_level
from content.kind import Kind
from content.line import Line, compact
from content.opening import LONGEST_TITLE_LINE, SENTENCE_END, ends_like_title
from content.organisation import is_organisation, may_sign, without_seal
from content.span import Span

_SIGNED = re.compile(rf"(?P<issuer>\S.{{1,38}}?)[\s　]+(?P<date>{SIGNED_DAY})")
_NOTE = re.compile(r"[（(].*[）)]", re.DOTALL)
_NOTE_WORDS = re.compile("此件|联系人|联系电话|公开|印发范围|阅读对象")
_COPIES = re.compile(r"(?:抄\s*送|抄\s*报|分\s*送)(?:机关|单位)?\s*[：:]")
_SUBJECTS = re.compile(r"主题词\s*[：:]")
_PRINTED = re.compile(rf".{{0,40}}{SIGNED_DAY}\s*印\s*发|[（(]?共\s*印\s*\d+\s*份[）)]?")
# Where the signature stands above, less tells what a line is.
_BELOW_COPIES = re.compile(r"(?:抄\s*送|抄\s*报|分\s*送)")
_BELOW = re.compile(
    r"[（(]?(?:抄送|抄报|分送|主送|主题词|此件|此页|共印|打字|打印|校对|核稿|拟稿|(?:联系|咨询|监督|举报|办公|服务)?电话"
    r"|联系(?:人|方式)|传真|(?:电子)?邮箱|邮编|网址|(?:通讯|通信|联系|办公)?地址|(?:信息)?公开(?:方式|属性|类别|范围|选项)"
    r"|承办(?:单位|处室|科室|人))"
)
_TABLE_ENDS = ("表", "单", "目录")
_MOST_BELOW = 12
_LIST = re.compile(r"附\s*件?\s*[：:]")
_LIST_ITEM = re.compile(r"\d{1,2}\s*[.．、]|《")
_SIGNER = re.compile(
    r"(?:总理|主席|委员长|省长|市长|州长|县长|区长|部长|局长|主任|署长|行长|会长)[\s　]*\S[\S\s]{0,5}\S"
)
_MOST_ISSUERS = 12


def read_closing(form: Form) -> None:
    """版记 at the very end, then the signature and what stands around it."""
    _record(form)
    _signature(form)


def _record(form: Form) -> None:
    """版记 at the end: 主题词, 抄送, 印发机关和印发日期. Attachments that stand behind it are no part of it."""
    floor = max(form.first + 1, form.last - 12)
    start = next((i for i in range(floor, form.last) if _kind_in_record(form.lines[i].text)), None)
    if start is None:
        return
    end = next((i for i in range(start, form.last) if is_attachment(form.lines[i].text)), form.last)
    _add_below(form, form.lines[start:end], _kind_in_record)
    form.annex = form.lines[end : form.last]
    form.last = start


def _kind_in_record(text: str) -> Kind | None:
    if _PRINTED.fullmatch(text):
        return Kind.PRINTED
    return Kind.COPIES if _COPIES.match(text) else Kind.NOTE if _SUBJECTS.match(text) else None


def _kind_below(text: str) -> Kind:
    kind = _kind_in_record(text)
    return kind or (Kind.COPIES if _BELOW_COPIES.match(text) else Kind.NOTE)


def _add_below(form: Form, lines: Sequence[Line], kind_of: Callable[[str], Kind | None]) -> None:
    """The parts that some lines are; one that says nothing of itself goes on with the one above it."""
    kind, begun = Kind.NOTE, len(form.parts)
    for line in lines:
        kind = kind_of(line.text) or kind
        # The bodies that get a copy may run over several lines.
        if kind is Kind.COPIES and len(form.parts) > begun and form.parts[-1][0] is kind:
            form.parts[-1] = (kind, Span(form.parts[-1][1].start, line.end))
        else:
            form.add(kind, [line])


def _signature(form: Form) -> None:
    """发文机关署名 and 成文日期, with 附件说明 above them, 附注 and attachments below."""
    at = next((i for i in range(form.first + 1, form.last) if _signs(form, i)), None)
    if at is None:
        at = _signature_above_the_unforeseen(form)
    if at is None:
        return
    line, end = form.lines[at], at
    signed = _SIGNED.fullmatch(line.text)
    if _is_day(line.text) or signed is None:
        form.date = line.span
        end = _issuers(form, at)
    else:
        form.issuer = Span(line.start, line.start + signed.end("issuer"))
        form.date = Span(line.start + signed.start("date"), line.end)
    below = form.lines[at + 1 : form.last]
    notes = _notes_below(below)
    _add_below(form, below[:notes], _kind_below)
    form.annex = [*below[notes:], *form.annex]
    form.last = end
    _attachment_list(form)


def _signs(form: Form, at: int) -> bool:
    """Whether the signature ends on this line: a date, and below it only what may stand there."""
    text = form.lines[at].text
    signed = _SIGNED.fullmatch(text)
    alone = _is_day(text)
    if not alone and not (signed and is_organisation(signed["issuer"])):
        return False
    if at + 1 == form.last:
        return True
    signer = form.lines[_signer(form, at)].text
    if alone and not (_signer(form, at) > form.first and (is_organisation(signer) or _SIGNER.fullmatch(signer))):
        return False
    after = form.lines[at + 1].text
    return _is_note(after) or _begins_annex(after)


def _signature_above_the_unforeseen(form: Form) -> int | None:
    """The last date below an organisation, where all that follows up to an attachment may stand below a signature."""
    for at in range(form.last - 1, form.first + 1, -1):
        text = form.lines[at].text
        signed = _SIGNED.fullmatch(text)
        if (_is_day(text) and is_organisation(form.lines[_signer(form, at)].text)) or (
            signed and is_organisation(signed["issuer"])
        ):
            below = form.lines[at + 1 : form.last]
            notes = _notes_below(below)
            surely = notes and (_tells_below(below[0].text) or _begins_annex(below[min(notes, len(below) - 1)].text))
            return at if notes == len(below) or surely else None
    return None


def _signer(form: Form, date: int) -> int:
    """The line above a date, or where that is nothing but （盖章） the one above it."""
    return date - 1 if without_seal(form.lines[date - 1].text) or date - 2 <= form.first else date - 2


def _notes_below(below: Sequence[Line]) -> int:
    """How many of the lines below a signature belong to it: up to an attachment, and no sentences of a text."""
    for at, line in enumerate(below):
        if _begins_annex(line.text):
            return at
        foreign = line.is_row or heading_level(line.text) is not None or unit_level(line.text) is not None
        sentence = line.text.endswith(SENTENCE_END) or len(line.text) > LONGEST_TITLE_LINE
        if at == _MOST_BELOW or foreign or (sentence and not _tells_below(line.text)):
            # What stands right above may be the title of this text.
            while at and not _tells_below(below[at - 1].text):
                at -= 1
            return at
    return len(below)


def _tells_below(text: str) -> bool:
    return _is_note(text) or _PRINTED.fullmatch(text) is not None or _BELOW.match(compact(text)) is not None


def _begins_annex(text: str) -> bool:
    plain = compact(text)
    titled = ends_like_title(plain) or (plain.endswith(_TABLE_ENDS) and not set("：:，") & set(plain))
    return is_attachment(text) or (titled and len(text) <= LONGEST_TITLE_LINE and not _tells_below(text))


def _issuers(form: Form, date: int) -> int:
    """The first line of the signature above the date, whose issuers are noted."""
    lines, top = form.lines, date
    if date - 1 > form.first and form.order and _SIGNER.fullmatch(lines[date - 1].text):
        form.issuer = form.order
        form.add(Kind.ISSUER, [lines[date - 1]])
        return date - 1
    if date - form.first > 1 and may_sign(lines[_signer(form, date)].text):
        top = _signer(form, date)
        while top - 1 > form.first and date - top < _MOST_ISSUERS and is_organisation(lines[top - 1].text):
            top -= 1
        form.issuer = Span(lines[top].start, lines[date - 1].end)
    return top


def _attachment_list(form: Form) -> None:
    """附件说明: 附件：1.……, and the lines of its list, just above the signature."""
    for at in range(form.last - 1, max(form.first, form.last - 40), -1):
        text = form.lines[at].text
        if _LIST.match(text):
            form.add(Kind.ATTACHMENTS, form.lines[at : form.last])
            form.last = at
            return
        if not _LIST_ITEM.match(text) and (len(text) > LONGEST_TITLE_LINE or text.endswith(SENTENCE_END)):
            return


def _is_day(text: str) -> bool:
    return parse_day(text) is not None


def _is_note(text: str) -> bool:
    return bool(_NOTE.fullmatch(text) and _NOTE_WORDS.search(text))
