"""What looks on while a model is trained: one protocol; what stops, keeps, resumes and shows a run."""
