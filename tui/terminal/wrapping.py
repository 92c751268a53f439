"""Chinese line breaking (kinsoku): a line may end after any Han character, and never begins with closing punctuation.

Textual and Rich break at spaces only, so a Chinese paragraph jumps to the next line whole, “（” hangs at a line's end and
“，” starts a line. Both read their pieces from one regular expression each; pieces made after GB/T 15834 and the
requirements for Chinese text layout (W3C clreq, 3.1.7) mend every widget at once.
"""

import re

_HAN = (
    r"\u2e80-\u2fff\u3003-\u3007\u3021-\u3029\u3031-\u303f\u3040-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f"
    r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U00020000-\U0003ffff"
)
_OPEN = r"（《〈「『【〔〖［｛“‘￥＄(\[{"
_CLOSE = r"，。、；：？！）》〉」』】〕〗］｝”’…—～·％‰℃°)\]},.;:!?%"
_INSIDE = r"(\[{)\]},.;:!?%·’"
_LETTERS = rf"[^\s{_HAN}{_OPEN}{_CLOSE}]+"
_CORE = rf"(?:[{_HAN}]|{_LETTERS}(?:[{_INSIDE}]+{_LETTERS})*|(?=[{_CLOSE}]))"
"""One Han character, or one run of Latin letters and digits whole: 3.5, 12:30 and web addresses hold punctuation inside."""

_OPENING = rf"(?:\[-|\{{\+|[{_OPEN}])"
_CLOSING = rf"(?:-\]|\+\}}|[{_CLOSE}])"
"""The marks of a change, ``[-`` ``-]`` ``{+`` ``+}``, are never torn from the character that they stand at."""

_PIECE = rf"{_OPENING}*{_CORE}{_CLOSING}*"
_CHUNK = re.compile(rf"{_PIECE}\s*|{_OPENING}+\s*|\s+")
_WORD = re.compile(rf"\s*(?:{_PIECE}|{_OPENING}+)\s*")


def break_chinese_lines() -> None:
    """Teach Textual and Rich to break Chinese lines; a second call changes nothing."""
    import rich._wrap
    import textual._wrap

    textual._wrap.re_chunk, rich._wrap.re_word = _CHUNK, _WORD
