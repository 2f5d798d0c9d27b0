"""The formal close of an official document by GB/T 9704: signature, date, attachments, and the record of copies."""

from __future__ import annotations

import re

from content.attachment import is_attachment
from content.day import DAY, parse_day
from content.form import Form

from content.kind import Kind
from content.line import compact
from content.opening import LONGEST_TITLE_LINE, SENTENCE_END, ends_like_title
from content.organisation import is_organisation, may_sign
from content.span import Span

_SIGNED = re.compile(rf"(?P<issuer>\S.{{1,38}}?)[\s　]+(?P<date>{DAY})")
_NOTE = re.compile(r"[（(].*[）)]", re.DOTALL)
_NOTE_WORDS = re.compile("此件|联系人|联系电话|公开|印发范围|阅读对象")
_COPIES = re.compile(r"(?:抄\s*送|抄\s*报|分\s*送)(?:机关|单位)?\s*[：:]")
_SUBJECTS = re.compile(r"主题词\s*[：:]")
_PRINTED = re.compile(rf".{{0,40}}{DAY}\s*印\s*发|[（(]?共\s*印\s*\d+\s*份[）)]?")
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
    """版记 at the end: 主题词, 抄送, 印发机关和印发日期."""
    floor = max(form.first + 1, form.last - 12)
    starts = [
        i
        for i in range(floor, form.last)
        if _COPIES.match(form.lines[i].text)
        or _SUBJECTS.match(form.lines[i].text)
        or _PRINTED.fullmatch(form.lines[i].text)
    ]
    if not starts:
        return
    kind = Kind.NOTE
    for line in form.lines[starts[0] : form.last]:
        # The bodies that get a copy may run over several lines.
        kind = (
            Kind.PRINTED
            if _PRINTED.fullmatch(line.text)
            else Kind.COPIES
            if _COPIES.match(line.text)
            else Kind.NOTE
            if _SUBJECTS.match(line.text)
            else kind
        )
        if form.parts and form.parts[-1][0] is kind and kind is Kind.COPIES:
            form.parts[-1] = (kind, Span(form.parts[-1][1].start, line.end))
        else:
            form.add(kind, [line])
    form.last = starts[0]

def _signature(form: Form) -> None:
    """发文机关署名 and 成文日期, with 附件说明 above them, 附注 and attachments below."""
    for at in range(form.first + 1, form.last):
        if _signs(form, at):
            break
    else:
        return
    line, end = form.lines[at], at
    signed = _SIGNED.fullmatch(line.text)
    if _is_day(line.text) or signed is None:
        form.date = line.span
        end = _issuers(form, at)
    else:
        form.issuer = Span(line.start, line.start + signed.end("issuer"))
        form.date = Span(line.start + signed.start("date"), line.end)
    below = list(form.lines[at + 1 : form.last])
    while below and _is_note(below[0].text):
        form.add(Kind.NOTE, [below.pop(0)])
    form.annex = below
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
    above = form.lines[at - 1].text
    if alone and not (at - 1 > form.first and (is_organisation(above) or _SIGNER.fullmatch(above))):
        return False
    after = form.lines[at + 1].text
    return (
        is_attachment(after)
        or _is_note(after)
        or (ends_like_title(compact(after)) and len(after) <= LONGEST_TITLE_LINE)
    )

def _issuers(form: Form, date: int) -> int:
    """The first line of the signature above the date, whose issuers are noted."""
    lines, top = form.lines, date
    if date - 1 > form.first and form.order and _SIGNER.fullmatch(lines[date - 1].text):
        form.issuer = form.order
        form.add(Kind.ISSUER, [lines[date - 1]])
        return date - 1
    if date - form.first > 1 and may_sign(lines[date - 1].text):
        top = date - 1
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
