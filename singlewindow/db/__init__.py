"""How every act writes: one transaction, its rows in one statement."""
