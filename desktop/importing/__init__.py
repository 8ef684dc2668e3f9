"""Files that come in: each reader yields plain rows and findings."""
