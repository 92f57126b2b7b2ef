"""The map: claims, inquiries, papers and experiments as one graph, where each stands, and the file that holds it."""
