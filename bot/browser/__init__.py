"""What the chat page and the console share: sessions, languages, zones, pages, live updates."""
