"""A story to watch: a group of twelve is formed, planned and shown, over HTTP alone."""
