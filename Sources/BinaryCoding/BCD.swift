extension UInt8 {
    /// Two decimal digits, as the Q sub-channel and sector headers hold times and numbers (ECMA-130, 22.3).
    ///
    /// - Precondition: the value is 0…99.
    public var bcd: UInt8 {
        precondition(self <= 99, "two decimal digits hold 0 to 99")
        return (self / 10) << 4 | (self % 10)
    }

    /// The number that two decimal digits stand for, or nil when a half byte is no digit.
    public init?(bcd: UInt8) {
        guard bcd >> 4 <= 9, bcd & 0x0F <= 9 else { return nil }
        self = (bcd >> 4) * 10 + (bcd & 0x0F)
    }
}
