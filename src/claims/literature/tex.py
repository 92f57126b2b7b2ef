"""The words of a TeX source, near enough to find a sentence in it. Pure; expands no macros, reads no other file."""

import re
import unicodedata

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*?(?:\n[ \t]*|$)", re.MULTILINE)
_ARGUMENT = r"(?:\s*\[[^\][]*\])*\s*\{[^{}]*\}"
_SILENT = re.compile(
    r"\\(?:(?:no|paren|text|auto|foot|full|super)?cite[a-zA-Z]*|(?:auto|eq|page|name|[cCvV])?ref|label|bibliography(?:style)?"
    rf"|input|include(?:graphics)?|usepackage|vspace|hspace|thanks|color|index)\*?(?:{_ARGUMENT})"
)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\s*\[[^\][]*\])?")
_NOTE = re.compile(r"\\footnote(?:text)?(?:\[[^\]]*\])?\{")
_ACCENT = re.compile(r"\\([`'^\"~=.]|[uvHckr](?![a-zA-Z]))\s*(?:\{\s*(\\?[a-zA-Z])\s*\}|(\\[ij](?![a-zA-Z])|[a-zA-Z]))")
_ESCAPED = re.compile(r"\\([%&$#_{}])")
_SPACE = re.compile(r"\\(?:[,;: ]|q?quad(?![a-zA-Z])|\\(?:\[[^\]]*\])?|newline(?![a-zA-Z])|par(?![a-zA-Z]))")
_NOTHING = re.compile(r"\\(?:[!/@()\[\]-]|(?:left|right|big+l?r?|Big+l?r?|xspace|limits)(?![a-zA-Z]))")
_COMMAND = re.compile(r"\\([a-zA-Z]+)\*?[ \t]*\n?[ \t]*")
_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_SIGNS = {
    "times": "×", "pm": "±", "sim": "~", "approx": "≈", "simeq": "≃", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥",
    "geq": "≥", "geqslant": "≥", "ll": "≪", "gg": "≫", "lt": "<", "gt": ">", "cdot": "·", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "infty": "∞", "ldots": "...", "dots": "...", "cdots": "...", "textendash": "–", "textemdash": "—",
    "textquoteleft": "'", "textquoteright": "'", "textquotedblleft": '"', "textquotedblright": '"',
    "textasciitilde": "~", "textbackslash": "\\", "S": "§", "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "i", "j": "j", "slash": "/",
    "textpercent": "%", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_ESCAPES = {sign: chr(0xE000 + place) for place, sign in enumerate("%&$#_{}\\")}
"""Private characters that hold an escaped sign's place while the bare ones are removed."""


def from_tex(source: str) -> str:
    """The words of a source; its footnotes at the end, for they interrupt the sentence they stand in."""
    text = _COMMENT.sub(r"\1", source.replace("\r\n", "\n"))
    return _words(_notes_last(text)).replace("~", " ").replace(_TILDE, "~")


def from_abstract(text: str) -> str:
    """The words of a text with some TeX in it, as arXiv's abstracts have: `%` and `~` are themselves there."""
    return _words(text).replace(_TILDE, "~") if "\\" in text else text


_TILDE = "\ue100"


def _words(text: str) -> str:
    # \\ breaks a line, \% is a sign: what is escaped must be out of the way before commands are read.
    text = _SPACE.sub(" ", text)
    text = _ESCAPED.sub(lambda m: _ESCAPES[m[1]], text)
    text = _ENVIRONMENT.sub(" ", _SILENT.sub("", text))
    text = _ACCENT.sub(_accented, text)
    text = _NOTHING.sub("", text)
    text = _COMMAND.sub(_command, text)
    text = re.sub(r"[{}$]", "", text)
    for sign, place in _ESCAPES.items():
        text = text.replace(place, sign)
    return text


def _command(match: re.Match[str]) -> str:
    """A sign where a command is one; else nothing, its argument stays."""
    sign = _SIGNS.get(match[1])
    return "" if sign is None else sign.replace("~", _TILDE)


def _accented(match: re.Match[str]) -> str:
    letter = (match[2] or match[3]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _COMBINING[match[1]])


def _notes_last(text: str) -> str:
    """Footnotes moved to the end."""
    body: list[str] = []
    notes: list[str] = []
    done = 0
    for match in _NOTE.finditer(text):
        if match.start() < done:
            continue  # a note inside a note stays there
        end = _closing(text, match.end())
        body.append(text[done : match.start()])
        notes.append(text[match.end() : end])
        done = end + 1
    return "\n\n".join(["".join([*body, text[done:]]), *notes])


def _closing(text: str, start: int) -> int:
    """Where the brace closes that was opened before `start`; the end of the text where it never does."""
    depth = 1
    for match in re.compile(r"(?<!\\)[{}]").finditer(text, start):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)
