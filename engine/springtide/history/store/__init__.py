"""The store: where quarters are filed, and how it is known that nobody changed them."""
