"""What the page says about the scope of a question, and about what was looked up."""

from __future__ import annotations

SCOPE_STRINGS: dict[str, dict[str, str]] = {
    "zh": {
        "by_number": "按文号查找",
        "by_article": "按条文查找",
        "scope": "范围",
        "scope_all": "范围：全部 {count} 份文件",
        "scope_some": "范围：{scope}（{count} 份）",
        "scope_none": "范围：{scope}（没有这样的文件）",
        "scope_empty": "这个范围里没有文件，请放宽范围再问。",
        "scope_asked": "范围：{scope}",
        "scope_clear": "不限范围",
        "scope_drop": "取消“{value}”",
        "scope_pick": "打几个字选择",
        "scope_nothing": "没有“{value}”",
        "scope_wide": "在全部文件中查找",
        "document": "文件",
        "issuer": "发文机关",
        "year": "年份",
        "kind": "种类",
    },
    "en": {
        "by_number": "Looked up by document number",
        "by_article": "Looked up by article",
        "scope": "Scope",
        "scope_all": "Scope: all {count} documents",
        "scope_some": "Scope: {scope} ({count})",
        "scope_none": "Scope: {scope} (no such document)",
        "scope_empty": "No document lies within this scope. Please widen it and ask again.",
        "scope_asked": "Scope: {scope}",
        "scope_clear": "No limits",
        "scope_drop": "Remove “{value}”",
        "scope_pick": "Type to choose",
        "scope_nothing": "No “{value}”",
        "scope_wide": "Search all documents",
        "document": "Document",
        "issuer": "Issued by",
        "year": "Year",
        "kind": "Kind",
    },
}
"""By language, as `assistant.view.STRINGS`."""
