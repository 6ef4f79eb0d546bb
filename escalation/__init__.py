"""Who asked what, who answers, by when."""
