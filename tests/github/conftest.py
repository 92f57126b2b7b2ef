"""A GitHub on this machine."""

from collections.abc import Iterator

import pytest

from tests.github.fake_github import FakeGitHub, fake_github


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """It knows nothing yet."""
    with fake_github() as fake:
        yield fake
