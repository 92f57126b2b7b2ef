"""The static API, version 1: what the site knows, as JSON documents that a program fetches one by one."""
