"""The experts' and admins' pages."""
