"""A desk at work, to look around in: companies, people, and cases played through the services up to now."""
