"""Do team key results lead to organization key results?"""
