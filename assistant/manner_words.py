"""What is said to a text that asks nothing of a notice, and to whoever asks in need what none answers."""

from __future__ import annotations

REPLIES: dict[str, dict[str, str]] = {
    "zh": {
        "greeting": "您好！想知道通知里写了什么，直接问就可以。",
        "thanks": "不客气。还有想查的，请接着问。",
        "about": "这里用通知的原文回答问题：您用自己的话问，页面给出原文和出处。",
        "order": "这里只查通知的原文，不代写、不翻译、不总结。请问问通知里写了什么。",
        "noise": "没有看懂。请用一句话说说想从通知里查什么。",
        "distress": (
            "您现在一定很难受，但您不是一个人。"
            "这里只会引用通知的原文，请现在就找一位信任的人说一说，或者拨打12356（全国统一心理援助热线）；"
            "职工还可以拨打12351（工会职工热线），妇女还可以拨打12338。"
            "如果您或身边的人有危险，请马上拨打110或120。"
        ),
    },
    "en": {
        "greeting": "Hello! Just ask what you would like to know from the notice.",
        "thanks": "You are welcome. Ask on whenever you like.",
        "about": "Questions are answered here in the notice's own words, with the place where they stand.",
        "order": ("Only the notice's own words are looked up here; nothing is written, translated or summarised."),
        "noise": "That was not understood. Please say in a sentence what you want to find in the notice.",
        "distress": (
            "This must be very hard, and you are not alone. "
            "Only notices are quoted here; "
            "please talk to someone you trust now. "
            "In China, call 12356 (psychological help); "
            "workers may also call 12351 (the union), women 12338. "
            "In danger, call 110 or 120 at once."
        ),
    },
}
"""By language and `Manner`."""
HARM = "如果有人伤害您，请马上拨打110，受伤请拨打120；也可以拨打12351（工会职工热线），妇女还可以拨打12338。"
LOW = "需要心理援助，可以拨打12356（全国统一心理援助热线）；有危险请马上拨打110或120。"
