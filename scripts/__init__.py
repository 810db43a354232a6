"""What sets this checkout up and writes its generated pages. Nothing here is part of an installation."""
