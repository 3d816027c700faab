// Sector and sub-channel coding (ECMA-130, clauses 14 to 23 and annexes A and B; IEC 60908): pure functions from bytes to
// bytes. No file and no drive, so it imports nothing but the layout of fields and of discs.
//
// Sizes of buffers are the caller's and preconditions; what stands in them comes from outside and never traps. Nothing is
// allocated for a sector where sectors come in bulk.

extension UnsafeRawBufferPointer {
    /// `count` bytes from `offset` on, counted from zero again.
    func part(at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}

extension UnsafeMutableRawBufferPointer {
    /// `count` bytes from `offset` on, counted from zero again.
    func part(at offset: Int, count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + count])
    }

    /// Zero to `count` bytes from `offset` on.
    func clear(at offset: Int, count: Int) {
        part(at: offset, count: count).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// `source`'s bytes to `offset` on.
    func copy(_ source: UnsafeRawBufferPointer, to offset: Int) {
        part(at: offset, count: source.count).copyMemory(from: source)
    }
}
