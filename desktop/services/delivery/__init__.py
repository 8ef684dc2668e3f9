"""The outbox: everything issued reaches its client by the way that the client wants, once, and says where it stands."""
