"""Runs the rules: findings, waivers and redaction."""
