"""What keeps an experiment in: namespaces, a system call filter, Landlock, limits, a watchdog."""
