"""What a question asks beside what it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from content.span import Span

_FILLER = re.compile(
    r"请问|请教|我?想(?:知道|看看?|查一?下?|了解)|告诉我|帮我|给我|麻烦|一下|查[询找一下]*|[找看]一?[下找看到]*|打开|显示|列出"
    r"|根据|依据|按照?|关于|对于|里面?|之?中|内容|全文|原文|条文|正文|具体|主要|大概|是[什啥]么?|什么|是啥|怎么|如何|规定|讲|说|写|指|意思"
    r"|在?哪[里儿]|有没有|分别|各自|哪些|哪几|些|啥|甚么|大意|原话|展示|念|读|情形|情况|文件|通知|公文|这[个份条款部]|那[个份条款部]|该|本|法|有|了|的|是|呢|吗|啊|呀|吧|和|与|及|以|至|到|都|请|在|为"
    r"|what|does|says?|is|the|of|in|show|me|article|[\s,.?!:;、。()\"'《》~-]",
    re.IGNORECASE,
)


# What follows a name and belongs to it: 的, 规定的, 中, 上, 对; not 上 of 上班, 中 of 中止, 下 of 下岗, 对 of 对方.
_LEADING = re.compile(
    r"^(?:的|里面?(?![程边])|中(?![止断国央小介心级层途毒秋午班夜年期间标专共学华奖考青])|规定的?"
    r"|对(?![方象等外口公策应账立抗待照手])|上(?![班下岗海学市级门网述诉涨限缴报交访线工司台当任升午周月年个半次])"
    r"|下(?![岗班列级属放发达降限午周月年调一半车井乡水载面])|,|、)+"
)


def rest_of(folded: str, spans: Sequence[Span]) -> str:
    """What a question asks beside what it names; empty where that is nothing but 说了什么."""
    kept = "".join(" " if any(s.start <= at < s.end for s in spans) else c for at, c in enumerate(folded))
    left = re.sub(r"[《》()\[\]〔〕【】\s]+", " ", kept).strip(" ,、:;·")
    if is_filler(left):
        return ""
    begins = next(at for at, c in enumerate(kept) if c == left[0])
    return _LEADING.sub("", left).strip() if any(span.end <= begins for span in spans) else left


def is_filler(folded: str) -> bool:
    """Whether words ask nothing of their own, such as 请问……说了什么."""
    return not _FILLER.sub("", folded)
