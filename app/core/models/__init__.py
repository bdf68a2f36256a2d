"""Recipes and configs (declarative), building networks, and the store of trained models."""
