"""The assistant: finds the clause that answers a question about the rules, or says that it does not know."""
