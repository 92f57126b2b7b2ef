"""Flags of a standing, in words."""

from typing import get_args

from claims.domain.claim import Status
from claims.domain.status import Flag, Standing
from claims.site.view.marks import FLAGS, flag_words


def test_every_flag_has_words_and_no_other():
    assert set(FLAGS) == set(get_args(Flag))


def test_a_claim_on_fallen_ground_names_what_fell():
    standing = Standing(Status.SUPPORTED, None, None, ("stale", "rests-on-fallen"))
    words = dict(flag_words(standing, ("one-claim", "other-claim")))
    assert words["rests-on-fallen"].endswith("contested: one-claim, other-claim")
    assert words["stale"] == FLAGS["stale"]
    assert dict(flag_words(standing))["rests-on-fallen"] == FLAGS["rests-on-fallen"]
