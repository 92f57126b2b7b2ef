"""The reviewer's report: what a working tree adds over a commit, as facts and then as text."""
