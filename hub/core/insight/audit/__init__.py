"""The Connect and Align audit as one frozen value."""
