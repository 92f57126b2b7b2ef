"""The MkDocs site of the evidence."""
