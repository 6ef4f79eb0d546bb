"""Both ends of the outbox: notices become sealed rows; due rows are claimed, sent and recorded."""
