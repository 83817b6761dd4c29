"""The alignment map: content, layout and SVG."""
