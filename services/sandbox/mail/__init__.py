"""Mail of the people here: invitations that come, and answers that go."""
