"""The form of the configuration: what may stand in it, and the layers that it is put together from."""
