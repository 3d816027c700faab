// Sector and sub-channel coding (ECMA-130, clauses 14 to 22): pure functions from bytes to bytes.
