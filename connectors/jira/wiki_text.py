"""The words of Jira's wiki markup, line by line: links as their addresses, headings marked, nothing quoted."""

import re

_QUOTED = re.compile(r"\{(quote|code|noformat)(?::[^{}\n]*)?\}.*?(?:\{\1\}|\Z)", re.DOTALL)
_QUOTED_LINE = re.compile(r"^[ \t]*bq\. .*$", re.MULTILINE)
_MACRO = re.compile(r"(?<!\\)\{(?:panel|color|anchor|toc|expand|section|column)(?::[^{}\n]*)?\}")
_LINK = re.compile(r"(?<!\\)\[(?:([^\[\]|\n]*)\|)?((?:https?|mailto)[^\[\]|\n]*)(?:\|[^\[\]\n]*)?\]")
_HEADING = re.compile(r"^[ \t]*h[1-6]\.[ \t]*", re.MULTILINE)
_STRONG = re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")
_LIST = re.compile(r"^[ \t]*(?:[*#-]{2,6}|#)[ \t]+", re.MULTILINE)
_ESCAPE = re.compile(r"\\([^\w\s\\])")


def wiki_to_text(markup: str, *, quoted: str = "") -> str:
    """Plain text of a description as Data Center keeps it; `quoted` stands in a paragraph of its own for each quote."""
    replacement = f"\n\n{quoted}\n\n" if quoted else ""
    text = _QUOTED.sub(replacement, markup.replace("\r\n", "\n"))
    for pattern, instead in ((_QUOTED_LINE, replacement), (_MACRO, ""), (_LIST, "* "), (_HEADING, "# ")):
        text = pattern.sub(instead, text)
    text = _STRONG.sub(r"\1", text)
    return _ESCAPE.sub(r"\1", _LINK.sub(_linked, text))


def _linked(link: re.Match[str]) -> str:
    """A link whose words are a sentence is named by its address, which tells more."""
    alias, address = link[1] or "", link[2]
    return f"[{alias}]({address})" if " " in alias.strip() else alias or address
