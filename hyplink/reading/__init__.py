"""Opens the user's files within limits: gzip, JSON and XML whose content cannot exhaust memory or reach elsewhere."""
