"""View-models: what each page says, as finished strings. Templates place them and compute nothing."""
