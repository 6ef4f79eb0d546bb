"""Mail in and out: parse, kind, authentication, IMAP, SMTP."""
