"""Record: the immutable outcome of one verify, `evidence/<claim>/<utc>-<scale>-<digest8>.json` (DESIGN §7)."""

from typing import Literal

from claims.domain.claim import Check, Model, Name, Scalar, Slug, Text
from claims.domain.digest import as_json, digest_of
from claims.domain.isolation import Isolation
from claims.domain.run import Environment, GateResult, Replicate
from claims.domain.verdict import ClaimVerdict, ControlResult

Tier = Literal["self-reported", "ci", "re-run", "re-run-elsewhere"]
"""Who stands behind a record."""


class Judged(Model):
    """The claim as it stood when it was judged."""

    id: Slug
    statement: Text
    scope: dict[str, Scalar | tuple[Scalar, ...]]
    check: Check
    digest: str


class FileDigest(Model):
    """A file of the closure and the SHA-256 of what counts of it."""

    path: str
    sha256: str


class Closure(Model):
    """The code and data that a measurement depends on."""

    digest: str
    files: tuple[FileDigest, ...]


class JudgedReplicate(Model):
    """A replicate with this claim's gates."""

    replicate: Replicate
    gates: tuple[GateResult, ...]
    valid: bool


class Record(Model):
    """One verify of one claim. `digest` is over everything else."""

    schema_version: Literal[1]
    rule: Literal[1]
    claim: Judged
    experiment: Name
    deterministic: bool
    closure: Closure
    params: dict[str, Scalar | tuple[Scalar, ...]]
    """Canonical parameters: the scale's preset with the claim's over it, defaults filled in."""
    scale: Literal["cpu", "gpu"]
    batch: int
    asked: int
    """Valid replicates that this verify asked for: 5 to 7, or a look; 1 for an audit."""
    replicates: tuple[JudgedReplicate, ...]
    controls: tuple[ControlResult, ...]
    verdict: ClaimVerdict
    commit: str | None
    dirty: bool
    """Whether the tree differed from the commit in what matters here: this claim or the closure."""
    confirmatory: bool
    exploratory_because: str | None = None
    environment: Environment
    isolation: Isolation
    """The weakest level that a replicate or control of it ran at."""
    tier: Tier
    contributor: str
    started: str
    finished: str
    previous: tuple[str, ...] = ()
    """Digests of this claim's head records when this one was written."""
    digest: str = ""

    def computed_digest(self) -> str:
        """SHA-256 over the canonical form of everything but the digest itself."""
        body = as_json(self)
        body.pop("digest", None)
        return digest_of(body)

    @property
    def name(self) -> str:
        """The file's name: time, scale, the first eight digits of the digest."""
        stamp = self.started.replace("-", "").replace(":", "")
        return f"{stamp}-{self.scale}-{self.digest[:8]}.json"
