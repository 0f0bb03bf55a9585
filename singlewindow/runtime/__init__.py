"""How the processes run: embedded servers, the supervisor, first set-up, logs, and start-up checks."""
