"""The schema that an editor has for a dispute or a reply agrees with what `claims check` takes."""

import json

import pytest
from jsonschema import Draft202012Validator

from claims.registry.disputes import read_said
from claims.registry.nodes import plain
from claims.registry.schema import said_schema
from claims.registry.yaml_subset import read_yaml
from tests.disputes.dispute_samples import DISPUTE, REPLY, RESOLVED

AUTHOR = REPLY.format(paper="2505.11711v2")


def both(text):
    """Whether the schema takes a file, and whether the reader does."""
    schema = Draft202012Validator(json.loads(said_schema()))
    said, _, _ = read_said(text.encode(), "x.yaml")
    return schema.is_valid(plain(read_yaml(text.encode(), "x.yaml").root)), said is not None


@pytest.mark.parametrize("text", [DISPUTE, DISPUTE + RESOLVED, AUTHOR])
def test_what_is_sound_is_taken_by_both(text):
    assert both(text) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        DISPUTE.replace("grounding", "everything"),
        DISPUTE.replace("reason", "raeson"),
        DISPUTE.replace("kind: dispute", "kind: quarrel"),
        DISPUTE + RESOLVED.replace("fixed", "won"),
        AUTHOR.replace("as: author", "as_: author"),
        AUTHOR.replace("v2", ""),
        AUTHOR.replace("to:", "evidence: []\nto:"),
    ],
)
def test_what_is_wrong_is_refused_by_both(text):
    assert both(text) == (False, False)
