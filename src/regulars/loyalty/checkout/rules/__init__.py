"""The decisions of checkout, pure: what a line costs, how a return gives money back, what a receipt says."""
