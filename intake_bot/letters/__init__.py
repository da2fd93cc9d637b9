"""What we say: receipts, rejections, digests. Pure: values in, text out."""
