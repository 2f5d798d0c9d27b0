"""Every sentence of checking that people read: on the page, in downloads, and of files that cannot be read."""

from __future__ import annotations

from enum import StrEnum

from assistant.verdict import DifferenceKind, Exactness, Finding, Statement, Verdict


class Word(StrEnum):
    """What is said of a statement; `UNSURE` where a person must judge."""

    CONTRADICTED = "contradicted"
    UNSURE = "unsure"
    NOT_MENTIONED = "not_mentioned"
    SUPPORTED = "supported"


def word_of(statement: Statement) -> Word:
    """The word for one statement: what was found, or UNSURE where that is not sure enough."""
    return Word(statement.finding) if statement.sure else Word.UNSURE


def word_of_claim(verdict: Verdict) -> Word:
    """The word for a whole claim: the gravest of its statements, in the order of `Word`."""
    words = {word_of(statement) for statement in verdict.statements}
    return next((word for word in Word if word in words), Word(verdict.finding) if verdict.sure else Word.UNSURE)


WORDS = {
    Word.CONTRADICTED: "不一致",
    Word.UNSURE: "需人工判断",
    Word.NOT_MENTIONED: "未提及",
    Word.SUPPORTED: "一致",
}
LEANINGS = {
    Finding.SUPPORTED: "倾向于一致",
    Finding.CONTRADICTED: "倾向于不一致",
    Finding.NOT_MENTIONED: "倾向于未提及",
}
KINDS = {
    DifferenceKind.NUMBER: "数字",
    DifferenceKind.DATE: "日期",
    DifferenceKind.NAME: "名称",
    DifferenceKind.TERM: "用语",
    DifferenceKind.NEGATION: "肯定与否定",
    DifferenceKind.RELATION: "关系",
    DifferenceKind.ITEM: "列举",
}
EXACTNESS = {
    Exactness.EXACT: "引文与原文一字不差",
    Exactness.PUNCTUATION: "引文只有标点与原文不同",
    Exactness.DIFFERING: "引文有字与原文不同",
    Exactness.ABSENT: "原文里没有这句引文",
}

SHEET_SENTENCES: dict[str, dict[str, str]] = {
    "zh": {
        "empty": "里面没有可以核对的文字。",
        "large": "文件超过 {megabytes} MB，请拆成几份再上传。",
        "rows": "超过 {rows} 行，请拆成几份再上传。",
        "long": "文字太多（超过 {characters} 字），请拆成几份再上传。",
        "picture": "这是图片，里面没有可以核对的文字；请先识别成文字，存成 .docx 或 .xlsx 再上传。",
        "pictures": "里面只有图片，没有文字；请先识别成文字再上传。",
        "pdf": "这是 PDF，请先转成 .docx 或 .txt 再上传。",
        "encrypted": "文件设了密码，请去掉密码后再上传。",
        "old": "这是旧版 Office 或 WPS 的文件，请另存为 .xlsx 或 .docx 再上传。",
        "unknown": "不认识这种文件，请用 .xlsx、.csv、.docx 或 .txt。",
        "name": "文件名以 {ending} 结尾，内容却是{kind}；请改好扩展名，或另存后再上传。",
        "broken": "文件不完整或已损坏，请重新保存后再上传。",
        "bomb": "文件解开后太大，没有读取；请另存一份再上传。",
        "encoding": "看不出文字的编码，请另存为 UTF-8 后再上传。",
        "formulas": "要核对的一列都是公式，没有存下结果；请在 Excel 里打开、保存一次再上传。",
        "formula": "第 {row} 行是公式，没有存下结果，没有核对。",
        "error": "第 {row} 行是出错的公式（{value}），没有核对。",
        "more_problems": "另有 {count} 行也没有核对。",
        "other_sheets": "只核对了工作表“{sheet}”，另有 {count} 个工作表没有核对。",
        "busy": "现在核对的人太多，请稍后再试。",
        "gone": "这次核对的结果已经清除，请重新核对。",
    },
    "en": {
        "empty": "There is no text to check in it.",
        "large": "The file is larger than {megabytes} MB. Please split it.",
        "rows": "There are more than {rows} rows. Please split the file.",
        "long": "There is too much text (more than {characters} characters). Please split it.",
        "picture": "This is a picture without text. Please recognise its text first and save it as .docx or .xlsx.",
        "pictures": "There are only pictures in it, no text. Please recognise the text first.",
        "pdf": "This is a PDF. Please convert it to .docx or .txt first.",
        "encrypted": "The file has a password. Please remove it first.",
        "old": "This file is of an old Office or WPS format. Please save it as .xlsx or .docx.",
        "unknown": "This kind of file is not known. Please use .xlsx, .csv, .docx or .txt.",
        "name": "The name ends in {ending}, but the content is {kind}. Please correct the ending, or save it anew.",
        "broken": "The file is incomplete or damaged. Please save it again.",
        "bomb": "The file is too large when unpacked and was not read. Please save a fresh copy.",
        "encoding": "The text encoding is not recognised. Please save the file as UTF-8.",
        "formulas": "The column to check holds formulas without saved results. Please open and save it in Excel first.",
        "formula": "Row {row} is a formula without a saved result and was not checked.",
        "error": "Row {row} is a formula with an error ({value}) and was not checked.",
        "more_problems": "{count} more rows were not checked either.",
        "other_sheets": "Only the worksheet “{sheet}” was checked; {count} others were not.",
        "busy": "Too many people are checking now. Please try again later.",
        "gone": "The results of this check have been cleared. Please check again.",
    },
}
"""What is wrong with a file, by language; Chinese first, since every exception carries it."""

KIND_NAMES: dict[str, dict[str, str]] = {
    "zh": {"xlsx": "Excel 表格", "docx": "Word 文档", "text": "文本", "html": "网页", "zip": "压缩包"},
    "en": {
        "xlsx": "an Excel workbook",
        "docx": "a Word document",
        "text": "text",
        "html": "a web page",
        "zip": "a zip",
    },
}

CHECK_STRINGS: dict[str, dict[str, str]] = {
    "zh": {
        "tab_ask": "提问",
        "tab_check": "核对",
        "tabs": "做什么",
        "claim_label": "要核对的话",
        "claim_hint": "粘贴一句话、一段话，或一行一条的答案",
        "check": "核对",
        "choose_file": "上传答案表",
        "file_kinds": ".xlsx、.csv、.docx、.txt，最多 5000 行",
        "file_too_large": "文件超过 20 MB，请拆成几份再上传。",
        "check_start": "贴上别人说的或写的，看通知里是不是这么说的。每一条都给出原文和出处，不同之处两边标出。",
        "reading_file": "正在读取……",
        "queued": "正在排队……",
        "checking": "已核对 {done} / {total} 条",
        "stop": "停止",
        "stopping": "正在停下……",
        "stopped": "已停止，核对了 {done} / {total} 条。",
        "checked": "核对完毕：{total} 条，{supported} 句一致，{contradicted} 句不一致，{not_mentioned} 句未提及，"
        "{unsure} 句需人工判断。",
        "nothing_to_check": "请先贴上要核对的话，或上传文件。",
        "all": "全部",
        "supported": "一致",
        "contradicted": "不一致",
        "not_mentioned": "未提及",
        "unsure": "需人工判断",
        "leaning_supported": "倾向于一致",
        "leaning_contradicted": "倾向于不一致",
        "leaning_not_mentioned": "倾向于未提及",
        "filter": "按结论筛选",
        "none_here": "没有这一类。",
        "show_more": "再显示 {count} 条",
        "row": "第 {row} 行",
        "claim_side": "答案",
        "source_side": "通知原文",
        "nearest_side": "最接近的原文",
        "no_evidence": "通知里没有相关的话。",
        "other_places": "其他相关之处",
        "differences": "不同之处",
        "no_difference_named": "与原文不一致，请对照两边。",
        "in_claim": "答案",
        "in_source": "通知",
        "nothing": "（没有）",
        "kind_number": "数字",
        "kind_date": "日期",
        "kind_name": "名称",
        "kind_term": "用语",
        "kind_negation": "肯定与否定",
        "kind_relation": "关系",
        "kind_item": "列举",
        "quoted": "引文“{text}”",
        "quote_exact": "与原文一字不差",
        "quote_punctuation": "只有标点与原文不同",
        "quote_differing": "有字与原文不同",
        "quote_absent": "原文里没有",
        "download": "下载结果",
        "download_docx": "Word（.docx）",
        "download_xlsx": "Excel（.xlsx）",
        "gone": "这次核对的结果已经清除，请重新核对。",
        "back_to_check": "回到核对",
        "results_of_check": "核对结果",
    },
    "en": {
        "tab_ask": "Ask",
        "tab_check": "Check",
        "tabs": "What to do",
        "claim_label": "What to check",
        "claim_hint": "Paste a sentence, a paragraph, or answers, one a line",
        "check": "Check",
        "choose_file": "Upload a sheet of answers",
        "file_kinds": ".xlsx, .csv, .docx, .txt, up to 5000 rows",
        "file_too_large": "The file is larger than 20 MB. Please split it.",
        "check_start": "Paste what someone said or wrote, and see whether the notice says so: each with the "
        "notice's own words and their place, and what differs marked on both sides.",
        "reading_file": "Reading…",
        "queued": "Waiting in the queue…",
        "checking": "{done} of {total} checked",
        "stop": "Stop",
        "stopping": "Stopping…",
        "stopped": "Stopped: {done} of {total} checked.",
        "checked": "Done: {total} checked; statements: {supported} agree, {contradicted} disagree, {not_mentioned} not "
        "mentioned, {unsure} for a person to judge.",
        "nothing_to_check": "Please paste what is to be checked, or upload a file.",
        "all": "All",
        "supported": "Agrees",
        "contradicted": "Disagrees",
        "not_mentioned": "Not mentioned",
        "unsure": "For a person to judge",
        "leaning_supported": "leaning to: agrees",
        "leaning_contradicted": "leaning to: disagrees",
        "leaning_not_mentioned": "leaning to: not mentioned",
        "filter": "Filter by verdict",
        "none_here": "None of this kind.",
        "show_more": "Show {count} more",
        "row": "Row {row}",
        "claim_side": "Answer",
        "source_side": "The notice",
        "nearest_side": "Nearest words of the notice",
        "no_evidence": "The notice has no words about this.",
        "other_places": "Other related places",
        "differences": "What differs",
        "no_difference_named": "It disagrees with the notice; please compare the two sides.",
        "in_claim": "Answer",
        "in_source": "Notice",
        "nothing": "(nothing)",
        "kind_number": "Number",
        "kind_date": "Date",
        "kind_name": "Name",
        "kind_term": "Term",
        "kind_negation": "Negation",
        "kind_relation": "Relation",
        "kind_item": "List item",
        "quoted": "Quotation “{text}”",
        "quote_exact": "exactly the notice's words",
        "quote_punctuation": "differs in punctuation only",
        "quote_differing": "differs from the notice",
        "quote_absent": "not in the notice",
        "download": "Download",
        "download_docx": "Word (.docx)",
        "download_xlsx": "Excel (.xlsx)",
        "gone": "The results of this check have been cleared. Please check again.",
        "back_to_check": "Back to the check",
        "results_of_check": "Results of the check",
    },
}
"""The page's own sentences by language, beside those of `assistant.view`."""
