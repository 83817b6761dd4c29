"""Are the OKRs themselves well written?"""
