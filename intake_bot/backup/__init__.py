"""All that was taken in, kept whole elsewhere, verified, and got back."""
