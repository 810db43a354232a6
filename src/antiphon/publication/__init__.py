"""Changes to documents to announced versions."""
