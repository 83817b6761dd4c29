"""Does the work serve a key result?"""
