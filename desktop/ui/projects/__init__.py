"""Projects: where one stands, its milestones and its change orders."""
