"""A quote is found through any typography, and not with one word changed."""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from claims.literature.quotes import Form, form_of, occurs

LETTERS = string.ascii_lowercase + "éßλ"
WORD = st.text(LETTERS, min_size=1, max_size=8)
TOKEN = st.one_of(
    WORD,
    st.builds("{}-{}".format, WORD, WORD),
    st.builds("{}’s".format, WORD),
    st.builds("“{}”".format, WORD),
    st.integers(0, 999).map(str),
    st.builds("{}.{}%".format, st.integers(0, 99), st.integers(0, 9)),
    st.builds("{},".format, WORD),
)
SENTENCE = st.lists(TOKEN, min_size=3, max_size=20)
BEFORE, AFTER = "Nothing was said before 7 of them. ", " 8 Nothing is said after."


def as_pdf(words: list[str], draw: st.DrawFn) -> str:
    """As `pdftotext` prints it: lines anywhere, words broken over them, ligatures, other quotation marks."""
    out = ""
    for word in words:
        if len(word) > 3 and word.isalpha() and draw(st.booleans()):
            at = draw(st.integers(1, len(word) - 1))
            word = f"{word[:at]}{draw(st.sampled_from(['-', chr(0x2010)]))}\n{word[at:]}"
        word = word.replace("-", draw(st.sampled_from(["-", "\u2010", "\u2011", "-\n"]))) if "\n" not in word else word
        word = word.replace("fi", "\ufb01").replace("ff", "\ufb00").replace("’", draw(st.sampled_from("'’")))
        word = word.replace("“", draw(st.sampled_from('"“«'))).replace("”", draw(st.sampled_from('"”»')))
        out += word + draw(st.sampled_from([" ", "\n", "  \n ", "\u00a0", "\u2009", " \u200b"]))
    return out


def as_tex(words: list[str], draw: st.DrawFn) -> str:
    """As an author types it: commands, comments, ties, escapes."""
    out = ""
    for word in words:
        word = word.replace("%", r"\%").replace("“", "``").replace("”", "''").replace("’", "'").replace("é", r"\'{e}")
        word = word.replace("ß", r"\ss{}").replace("λ", r"$\lambda$")
        word = draw(st.sampled_from(["{}", r"\emph{{{}}}", r"{{\bf {}}}", r"{}\footnote{{A {{nested}} note.}}",
                                     r"{}\cite{{a,b}}", r"{}\label{{x}}"])).format(word)  # fmt: skip
        out += word + draw(st.sampled_from([" ", "\n", "~", "  % a comment\n  ", r"\ "]))
    return out


def as_html(words: list[str], draw: st.DrawFn) -> str:
    """As a page has it: entities, elements, notes."""
    out = ""
    for word in words:
        word = word.replace("é", "&eacute;").replace("“", "&ldquo;").replace("”", "&#8221;").replace("’", "&#x2019;")
        word = draw(st.sampled_from(["{}", "<em>{}</em>", '<span class="x">{}</span>', "<b><i>{}</i></b>",
                                     '{}<span class="ltx_note"><sup>1</sup><span>A <i>note</i>.</span></span>',
                                     "{}<script>var x = '<p>';</script>"])).format(word)  # fmt: skip
        out += word + draw(st.sampled_from([" ", "\n", "&nbsp;", " <!-- remark --> ", "&#8201;"]))
    return f"<!DOCTYPE html><html><head><title>t</title></head><body><p>{out}</p></body></html>"


MARKED = {"plain text": as_pdf, "TeX": as_tex, "HTML": as_html}


@pytest.mark.parametrize("form", sorted(MARKED))
@settings(max_examples=40)
@given(data=st.data(), words=SENTENCE)
def test_a_quote_is_found_through_the_typography_of_each_form(
    data: st.DataObject, words: list[str], form: Form
) -> None:
    text = MARKED[form]([*BEFORE.split(), *words, *AFTER.split()], data.draw)
    assert occurs(" ".join(words), text, form), text


@pytest.mark.parametrize("form", sorted(MARKED))
@settings(max_examples=40)
@given(data=st.data(), words=SENTENCE, place=st.integers(0, 19), other=WORD)
def test_a_quote_with_one_word_changed_is_not_found(
    data: st.DataObject, words: list[str], form: Form, place: int, other: str
) -> None:
    text = MARKED[form]([*BEFORE.split(), *words, *AFTER.split()], data.draw)
    changed = list(words)
    changed[place % len(words)] = other
    everything = " ".join([*BEFORE.split(), *words, *AFTER.split()])
    # A word that only loses a hyphen where it could have been broken is the same word on paper.
    assume("".join(changed).replace("-", "") not in "".join(everything.split()).replace("-", ""))
    assert not occurs(" ".join(changed), text, form), text


@given(SENTENCE, st.integers(0, 19))
def test_a_quote_with_one_word_left_out_is_not_found(words: list[str], place: int) -> None:
    inner = 1 + place % (len(words) - 2)
    shorter = words[:inner] + words[inner + 1 :]
    assume(" ".join(shorter) not in " ".join(words))
    assert not occurs(" ".join(shorter), f"{BEFORE}{' '.join(words)}{AFTER}", "plain text")


@given(st.text(max_size=300), st.text(max_size=60), st.sampled_from(["abstract", "TeX", "HTML", "plain text"]))
def test_no_text_and_no_quote_breaks_the_search(text: str, quote: str, form: Form) -> None:
    occurs(quote, text, form)
    form_of(text)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("significant gains", "non-significant gains"),
        ("gains were significant", "gains were significantly"),
        ("5 points better", "2.5 points better"),
        ("5 points better", "-5 points better"),
        ("5 points better", "3–5 points better"),
        ("better by 3", "better by 3.5 points"),
        ("better by 3", "better by 3% or so"),
        (".5 points", "2.5 points"),
        ("tuning helps", "fine-tuning helps"),
        ("it is fine", "it is fine-tuned"),
        ("it helps, always", "it helps always"),
        ("RL helps", "rl helps"),
        ("a part of it", "apart of it"),
        ("…", "all … of it"),
        ("", "text"),
    ],
)
def test_what_is_another_statement_is_not_found(quote: str, text: str) -> None:
    assert not occurs(quote, text, "plain text")


@pytest.mark.parametrize(
    ("quote", "text", "form"),
    [
        ("comprising 5%-30% of it", "comprising $5\\%$--$30\\%$ of it", "abstract"),
        ("comprising 5%-30% of it", "comprising 5% – 30% of it".replace(" – ", "–\n"), "plain text"),
        ("up to 2× faster", "up to $2\\times$ faster", "abstract"),
        ("up to $2\\times$ faster", "up to 2 × faster", "plain text"),
        ("within 10^{-5} of it", "within $10^{-5}$ of it", "TeX"),
        ("within 10−5 of it", "within 10<sup>−5</sup> of it", "HTML"),
        ("a rate of 10−5 then", '<p>a rate of <math alttext="10^{-5}"><mn>10</mn></math> then</p>', "HTML"),
        ("it works — mostly", "it works---mostly", "TeX"),
        ("low-rank updates", "low-\nrank updates", "plain text"),
        ("optimization", "opti-\n   mization", "plain text"),
        ("naïve Łukasz coöperates", "na\\\"{\\i}ve \\L{}ukasz co\\\"operates", "TeX"),
        ("the aim, as before", "the aim~\\citep[see][p.~3]{x,y}, as before", "TeX"),
        ("50% of R&D", "50\\% of R\\&D", "TeX"),
        ("x < y & z", "x &lt; y &amp; z", "HTML"),
        ("said in a note", "Aim.\\footnote{This is said in a note.} More.", "TeX"),
        ("soft hyphen", "so\u00adft hy\u00adphen", "plain text"),
    ],
)  # fmt: skip
def test_what_only_looks_different_is_found(quote: str, text: str, form: Form) -> None:
    assert occurs(quote, text, form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("\\documentclass{article}\n\\begin{document}", "TeX"),
        ("  <!DOCTYPE html>\n<html>", "HTML"),
        ("<article><p>a</p></article>", "HTML"),
        ("Pebbles\n\nAda Example\n\nAbstract", "plain text"),
    ],
)
def test_the_form_of_a_text_is_seen_from_its_marks(text: str, form: Form) -> None:
    assert form_of(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "\\footnote{" * 20000,
        "{" * 200000,
        "<span class=ltx_note>" * 20000,
        "-\n" * 100000,
        "\\cite[" * 50000,
        "a\u00ad" * 100000,
        " " * 300000 + "x",
        "%\n" * 100000,
    ],
)
@pytest.mark.timeout(20)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    for form in ("TeX", "HTML", "plain text", "abstract"):
        assert not occurs("a quote of some words", text, form)
