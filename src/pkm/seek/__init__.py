"""Seek: what others wrote, brought in and picked."""
