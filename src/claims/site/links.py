"""Addresses inside the site, relative to the page that holds them: the site works in any folder, and offline."""

from dataclasses import dataclass


def bare(arxiv: str) -> str:
    """An arXiv id without its version."""
    head, _, version = arxiv.rpartition("v")
    return head if head and version.isdigit() else arxiv


def folder(arxiv: str) -> str:
    """The folder of a paper's page; ids from before 2007 carry a slash."""
    return bare(arxiv).replace("/", "-")


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

    def group(self, kind: str, word: str) -> str:
        """The list of claims with one status, grounding or topic."""
        return f"{self.root}{kind}/{word}/"

    def document(self, claim_id: str) -> str:
        """All that is known of a claim, as JSON."""
        return f"{self.root}api/v1/claims/{claim_id}.json"

    def badge(self, claim_id: str) -> str:
        """A picture of a claim's verdict, to show elsewhere."""
        return f"{self.root}badges/{claim_id}.svg"

    def evidence(self, path: str) -> str:
        """A raw record, at the path that it has in the repository."""
        return f"{self.root}{path}"


def arxiv_page(arxiv: str) -> str:
    """Where a reader finds the paper itself: a link to follow, never something a page loads."""
    return f"https://arxiv.org/abs/{arxiv}"
