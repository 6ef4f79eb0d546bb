"""How fast and how punctual clocks, reminders and queue are."""
