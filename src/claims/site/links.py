"""Addresses inside the site, relative to the page that holds them: the site works in any folder, and offline."""

from dataclasses import dataclass

from claims.ledger.evidence import FOLDER as EVIDENCE

API = "api/v1/"
DATA = "data/"
DATABASE = f"{DATA}claims.sqlite"


def bare(arxiv: str) -> str:
    """An arXiv id without its version."""
    head, _, version = arxiv.rpartition("v")
    return head if head and version.isdigit() else arxiv


def folder(arxiv: str) -> str:
    """The folder of a paper's page; ids from before 2007 carry a slash."""
    return bare(arxiv).replace("/", "-")


def anchor_of(said: str) -> str:
    """The place of a dispute or a reply on its claim's page, by the name of its file."""
    return f"said-{said}"


@dataclass(frozen=True)
class Links:
    """`root` leads from a page to the top of the site: `../../` from a claim's page."""

    root: str

    def claim(self, claim_id: str) -> str:
        """A claim's page."""
        return f"{self.root}claims/{claim_id}/"

    def inquiry(self, inquiry_id: str) -> str:
        """An inquiry's page."""
        return f"{self.root}inquiries/{inquiry_id}/"

    def paper(self, arxiv: str) -> str:
        """A paper's page."""
        return f"{self.root}papers/{folder(arxiv)}/"

    def experiment(self, name: str) -> str:
        """An experiment's page."""
        return f"{self.root}experiments/{name}/"

    def on_map(self, claim_id: str) -> str:
        """A claim's place on the map."""
        return f"{self.root}map/?at=claim:{claim_id}"

    def document(self, claim_id: str) -> str:
        """All that is known of a claim, as JSON."""
        return f"{self.root}{API}claims/{claim_id}.json"

    def paper_document(self, arxiv: str) -> str:
        """A paper as JSON."""
        return f"{self.root}{API}papers/{folder(arxiv)}.json"

    def badge(self, claim_id: str, suffix: str = "svg") -> str:
        """A picture of a claim's verdict, to show elsewhere; with the suffix `json` as shields.io reads it."""
        return f"{self.root}badges/{claim_id}.{suffix}"

    def crate(self, claim_id: str) -> str:
        """The RO-Crate metadata of a claim's records, in their folder: a crate names what lies beside it."""
        return f"{self.root}{EVIDENCE}/{claim_id}/ro-crate-metadata.json"

    def group(self, kind: str, word: str) -> str:
        """The list of claims with one status, grounding or topic."""
        return f"{self.root}{kind}/{word}/"

    def evidence(self, path: str) -> str:
        """A raw record, at the path that it has in the repository."""
        return f"{self.root}{path}"


def arxiv_page(arxiv: str) -> str:
    """Where a reader finds the paper itself: a link to follow, never something a page loads."""
    return f"https://arxiv.org/abs/{arxiv}"
