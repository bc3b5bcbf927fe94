"""Plain sentences from the documentation that models carry: HTML or Markdown in, one sentence out."""

import html
import re
from typing import Final

LONGEST: Final = 300
"""Characters of one sentence, after which it is cut at a word."""

_TAG: Final = re.compile(r"<[^>]+>")
_DROPPED: Final = re.compile(
    r"<(note|important|dl|fullname|examples?)\b.*?</\1>|\(https?://\S+?\)|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
_BREAK: Final = re.compile(r"</?(p|li|ul|ol|br|h\d|dt|dd)\b[^>]*>", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+")
_END: Final = re.compile(r"(?<=[a-z0-9)`\"'\]A-Z])[.:](?=\s+[A-Z`\"\[(]|$)")
_SHORT: Final = re.compile(r"\b(e\.g|i\.e|etc|vs|Inc|approx|No|St|U\.S)$", re.IGNORECASE)
_MARKS: Final = str.maketrans(
    {
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u00a0": " ",
        "\u2026": "...",
        "\u200b": "",
        "\\": "/",
    }
)


def sentence(text: str) -> str:
    """The first sentence, as one line of plain text; empty when there is none."""
    if not text:
        return ""
    text = _BREAK.sub("\n", _DROPPED.sub(" ", text.replace("<code>", "`").replace("</code>", "`")))
    text = html.unescape(_TAG.sub("", text)).translate(_MARKS)
    for paragraph in text.split("\n"):
        line = _SPACE.sub(" ", paragraph).strip().replace('"""', "'''")
        if len(line) > 2 and not re.fullmatch(r"[\w -]{1,12}:?", line):
            return _first(line)
    return ""


def _first(line: str) -> str:
    for end in _END.finditer(line):
        if not _SHORT.search(line[: end.start()]):
            line = line[: end.start()]
            break
    line = line.rstrip(".: ")
    if len(line) > LONGEST:
        return line[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " ..."
    return f"{line}." if line else ""
