"""What each retriever and each feature adds."""
