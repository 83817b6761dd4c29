"""Are ownership and shares of organization key results sound?"""
