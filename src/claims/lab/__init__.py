"""What experiments are made of: models, tasks, training loops, metrics. torch lives here."""
