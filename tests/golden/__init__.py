"""Pictures of every finished template with every kind of paper, looked at by a person and compared from then on."""
