"""What a file holds, found out in a process of its own that may use little time and memory and no network.

Nothing here knows Django: the child starts in a third of a second and can reach no secret of the window.
"""
