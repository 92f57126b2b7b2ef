"""Registries in repositories that were made up for these tests, with commits at chosen times."""

import os
import subprocess

HEAD = "schema_version: 1\nclaims:\n"


def entry(
    name, *, status="untested", label="faithful", question="Is it so?", statement="It is so.", test="check", more=""
):
    check = f"    {test}:\n      experiment: toy\n      predictions: []\n" if test else ""
    return (
        f"  - id: {name}\n    question: {question}\n    statement: {statement}\n    scope: {{of: toys}}\n"
        f"    grounding: {{label: {label}, because: So it says.}}\n{check}{more}    status: {status}\n"
    )


def git(root, *words, at=None):
    """A git command; `at` is the time of a commit, in seconds since 1970."""
    dates = {"GIT_COMMITTER_DATE": f"@{at} +0000", "GIT_AUTHOR_DATE": f"@{at} +0000"} if at is not None else {}
    who = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(root), *who, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **dates})
    return done.stdout.strip()


def begin(root):
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / ".gitignore").write_text(".claims/\n")
    return root


def commit(root, *entries, at, files=None):
    """Commit a registry of these entries, and other files; returns the commit."""
    (root / "claims.yaml").write_text(HEAD + "".join(entries))
    for name, text in (files or {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "change", at=at)
    return git(root, "rev-parse", "HEAD")
