"""Disputes and replies that were made up for these tests."""

DISPUTE = """\
schema_version: 1
kind: dispute
by: A. Reader
on: 2026-01-10
about: grounding
reason: |
  Table 1 says it of one model.

  The sentence says it of all.
"""
REPLY = """\
schema_version: 1
kind: reply
by: A. Nobody
on: 2026-01-12
as: author
paper: {paper}
to: 2026-01-10-table-1
text: |
  We had three.
"""
RESOLVED = """\
resolved:
  by: A. Maintainer
  on: 2026-02-01
  outcome: fixed
  because: The sentence now names the model.
"""


def put(root, text, claim="coins-differ", name="2026-01-10-table-1"):
    """Write a file under disputes/; gives its path under the root."""
    path = root / "disputes" / claim / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path.relative_to(root).as_posix()
