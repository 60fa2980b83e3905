"""The record: what the panels on the world's leaders teach about exits, coups and protests, sealed and scored."""
