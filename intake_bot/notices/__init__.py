"""What a notice asks for: notice, roster, deadline and subject languages. Pure: values in, values out."""
