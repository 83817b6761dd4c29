"""The form of OKR files: what may stand in them, gathered over all files, checked across, built into the model."""
