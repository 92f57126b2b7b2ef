"""What GitHub is asked and told: settings for `doctor --github`, and the comment with a pull request's reports.

`post` runs on a bare machine in CI, so what it imports needs Python's own library only.
"""
