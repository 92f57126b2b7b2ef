"""The site's data in whole: one database, and JSON Lines."""
