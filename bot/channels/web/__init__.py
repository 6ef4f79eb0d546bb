"""The official's chat page: ask, follow up, talk to a person, read the library."""
