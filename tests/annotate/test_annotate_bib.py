"""Entries of a bibliography name papers; broken ones still do."""

import logging

import pytest

from claims.literature.bib_file import read_bib

BIB = r"""
@string{corr = "CoRR"}
@comment{jabref: arXiv:2505.00001}
@article{dblp, title = {A {B}}, journal = corr, volume = {abs/1909.12362}}
@misc{eprint, title = "T", eprint = {2505.11711v2}, archivePrefix = "arXiv", note = {also arXiv:2505.11711v2}}
@misc{elsewhere, eprint = {2505.11712}, eprinttype = {jstor}, pages = {1204.5678}, abstract = {arXiv:2505.11713}}
@misc{mendeley, arxivId = {2505.11714},
  journal = {arXiv preprint
    arXiv:2505.11714}}
@misc{old, eprint = hep-th/9901001, url = {https://arxiv.org/abs/hep-th/9901001}}
@misc{twice, eprint = {2505.11715}}
@misc{twice, title = {other}, eprint = {2505.11716}}
@misc{broken, title = {never closed, eprint = {2505.11717},
  note = {arXiv:2505.11718}
@misc{after, doi = {10.48550/arXiv.2505.11719}}
"""


def test_each_entry_gives_its_own_ids() -> None:
    found = {(e.key, e.line): [(m.paper, m.version) for m in e.mentions] for e in read_bib(BIB)}
    assert found == {
        ("dblp", 4): [("1909.12362", None)],
        ("eprint", 5): [("2505.11711", 2)],
        ("elsewhere", 6): [],
        ("mendeley", 7): [("2505.11714", None)],
        ("old", 10): [("hep-th/9901001", None)],
        ("twice", 11): [("2505.11715", None)],
        ("twice", 12): [("2505.11716", None)],
        ("", 13): [("2505.11717", None), ("2505.11718", None)],
        ("after", 15): [("2505.11719", None)],
    }


@pytest.mark.parametrize("text", ["", "no bib at all", "@", "{" * 5000, "@a{" * 500, "@a{b, c=" * 500, '"' * 5000])
def test_hostile_files_are_read_without_a_word_in_the_log(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read_bib(text)
    assert caplog.records == []
