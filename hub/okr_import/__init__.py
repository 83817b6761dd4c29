"""The form of spreadsheets of OKRs: how they are written, what their columns hold, and the OKRs that come of it."""
