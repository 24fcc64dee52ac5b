"""What scripts written for Alink import: the same names and rules, on top of alinktf_worker."""
