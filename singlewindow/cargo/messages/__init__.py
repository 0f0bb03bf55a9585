"""Messages of cargo: what ports, carriers and their systems send."""
