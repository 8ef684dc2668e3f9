"""The window: gathers input, calls a service, shows the result."""
