"""Mail: what a message is made of, how it reaches a server, and what comes back."""
