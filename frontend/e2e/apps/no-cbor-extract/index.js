// Stands where cbor-x would load native code to be faster: it does without where this throws.
throw new Error("no native code")
