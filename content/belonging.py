"""Whether an article in a question is of the law named before it, or of the only law there is where none is named."""

from __future__ import annotations

import re

from content.names import is_bare
from content.rest import is_filler

_JOINT = re.compile(r"[\s、,和与及的里中]*")
_LOOSE = re.compile("[的里中]")
_SURE = 10
_PAUSE = re.compile(r"[,。;!?:、\n]")
_AND = re.compile(r"[的和与及跟、,。;!?:\s]")
_LAW = re.compile(r"(?:(?<![方做说看想用办执合违守])法|条例|办法|章程|细则|(?:暂行|特别|若干|管理|试行)规定)$")
_ITS = re.compile(r"其?(?:实施|施行)(?:条例|细则|办法|规定)")
_OTHER_KIND = re.compile(r"通知|文件|报告|公文|方案|意见|决议|章程|条例|规定|办法")
_OTHER_THING = re.compile(r"[高地]铁|[线路街河]|微?信|短信|消息|措施|意见|建议|新闻|回复|评论")
_GOES_ON = re.compile(
    r"$|[^\w\u3400-\u9fff]|[款项的规是讲说里怎内和与至到写呢吗及具原全指明提什]|有[什哪没几啥]|要求|中[的规说讲写提有,]|对(?!联)"
)


def is_joint(between: str) -> bool:
    """Whether nothing but 、 or 和 stands between two articles."""
    return bool(_JOINT.fullmatch(between))


def joins(between: str, number: int) -> bool:
    """Whether an article without 第 follows on the name or the article before it: 47条、87条, 劳动合同法的39条.

    A small number behind 的 may count what there is: 工会法的三条措施.
    """
    return is_joint(between) and (number > _SURE or not _LOOSE.search(between))


def is_of_another(between: str) -> bool:
    """Whether a law that is not known by name stands between a name and an article: 工会法和宪法第三十五条."""
    word = _AND.split(between.rstrip("》\"' "))[-1].lstrip("《\"'")
    if _ITS.fullmatch(word):
        return True
    return bool(_LAW.search(word)) and not is_filler(word) and not is_bare(word)


def is_of_the_only(before: str, behind: str, genre: str, number: int = 0) -> bool:
    """Whether an article without a name is asked of the only law: 请问第三条怎么说, 本条例第三条.

    `before` is what stands before it, `behind` what follows, `genre` what sort of law it is. 宪法第三条 and
    这份通知第三条 are asked of something else; 第一条高铁, 第二条腿 are no articles. A high number is hardly a count.
    """
    leads = _PAUSE.split(before)[-1].replace("法律", "").replace(genre, "")
    if number > _SURE:
        clause = _PAUSE.split(before)[-1]
        return not (is_of_another(clause) or _OTHER_KIND.search(leads) or _OTHER_THING.match(behind))
    return is_filler(leads) and not _OTHER_KIND.search(leads) and bool(_GOES_ON.match(behind))
