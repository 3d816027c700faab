// AudioDecoding
