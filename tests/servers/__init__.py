"""Real servers that tests start for themselves: PostgreSQL and Redis, on sockets, without ports."""
