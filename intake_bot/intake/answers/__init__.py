"""The answer to one mail: its letter, the loop guard, the caps on answers, and the letter to a contested sender."""
