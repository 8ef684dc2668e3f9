"""Changes of the configuration in the window: proposing, looking at what they do, deciding; and the sandbox."""
