"""Every error that a user can meet.

ClaimsError
├── Problems            a file (or several) is wrong: all places at once
├── DeclarationError    an experiment's declaration cannot be read without running it
├── LedgerError         the local database cannot be used
├── Busy                another process holds what this one needs
├── SiteRefused         a built site holds what none may: the old one stays
├── ChangedWhileRunning the claim was edited during its verify
└── SetupError          something this command needs is missing on this machine
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claims.domain.finding import Finding


class ClaimsError(Exception):
    """A failure with a message for the user: what, where, what to do."""


class Problems(ClaimsError):
    """Files that cannot be used as they are, with every problem found in them."""

    def __init__(self, findings: "Sequence[Finding]") -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class SiteRefused(Problems):
    """A site that was built and does not pass the audit, with everything that was found in it."""


class DeclarationError(ClaimsError):
    """An experiment whose declaration is not literal, or contradicts itself."""


class LedgerError(ClaimsError):
    """A ledger that cannot be opened, read or written."""


class Busy(ClaimsError):
    """Another verify holds this claim, or another process this file."""


class ChangedWhileRunning(ClaimsError):
    """A claim or its experiment changed between start and end of its verify."""


class SetupError(ClaimsError):
    """A tool, package or device that this command needs is not there."""
