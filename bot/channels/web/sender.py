"""The web's way out. The page reads what is stored, so a row for it is delivered by being there."""

from bot.messages import Outbound, Receipt


class WebSender:
    """Accept what is meant for an open page or for the console: both read it from the record."""

    def send(self, message: Outbound) -> Receipt:
        """Return a receipt that names the row itself."""
        return Receipt(external_id=f"web:{message.row_id}")
