"""Do teams that need each other agree?"""
