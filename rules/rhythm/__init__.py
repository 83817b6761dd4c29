"""Is the picture fresh, shared and safe to show?"""
