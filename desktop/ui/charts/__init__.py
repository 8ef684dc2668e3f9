"""Small charts, painted from the theme's colours; each says in words what it shows."""
