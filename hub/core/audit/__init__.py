"""The Connect and Align audit: one frozen value from the picture and what the rules said of it."""
