"""Audit: whatever a built site holds that is not on the list of what it may hold.

Strangers' text is made inert where a page is made (`claims.site.markup`). This is the second look, at the result and
with another parser: it knows nothing of templates and trusts none of them.
"""

from claims.site.audit.site import audit

__all__ = ["audit"]
