import DiscLayout

/// An image of a raw disc that has its own lead-in, as `IDiscFormat2RawCD::WriteMedia` and `WriteMedia2` take it.
public struct RawImage: Equatable, Sendable {
    /// Why a file cannot be such an image.
    public enum Fault: Error, Equatable, Sendable {
        /// The number of sectors ahead of address 0 is not 151…45 150.
        case leadInSectors(Int)
        /// The length is not a multiple of its blocks'.
        case length(bytes: Int, blockBytes: Int)
        /// It ends before a track could, or lies beyond what a disc has addresses for.
        case sectors(Int)
        /// The disc's lead-in begins before the image does.
        case leadInTooShort(imageStart: Int, discStart: Int)
        /// The lead-out begins later than the disc has room for.
        case tooLong(leadOut: Int, lastPossible: Int)
    }

    /// Sectors ahead of address 0 in an image that begins at 95:00:00.
    public static let standardLeadInSectors = -RawSession.imageStart

    /// What its blocks hold.
    public let type: RawBlockType
    /// Addresses of its sectors.
    public let sectors: Range<Int>

    /// An image by its length.
    ///
    /// - Parameters:
    ///   - type: what its blocks hold.
    ///   - leadInSectors: sectors ahead of address 0, the pause of 150 included (`streamLeadInSectors`).
    ///   - byteCount: length of the file.
    /// - Throws: `Fault`.
    public init(
        type: RawBlockType, leadInSectors: Int = standardLeadInSectors, byteCount: Int
    ) throws(Fault) {
        guard (RedBook.pauseSectors + 1 ... -RawSession.earliestLeadIn).contains(leadInSectors) else {
            throw .leadInSectors(leadInSectors)
        }
        guard byteCount >= 0, byteCount % type.blockBytes == 0 else {
            throw .length(bytes: byteCount, blockBytes: type.blockBytes)
        }
        let count = byteCount / type.blockBytes
        let possible = leadInSectors + RedBook.minimumTrackSectors...leadInSectors + RawSession.endOfTimes
        guard possible.contains(count) else { throw .sectors(count) }
        (self.type, sectors) = (type, -leadInSectors..<count - leadInSectors)
    }

    /// Length of the file.
    public var byteCount: Int { sectors.count * type.blockBytes }

    /// Offset of a sector's block in the file.
    ///
    /// - Precondition: the image has the sector, or the address is the one behind its last.
    public func offset(of lba: Int) -> Int {
        precondition(sectors.contains(lba) || lba == sectors.upperBound, "an address of the image")
        return (lba - sectors.lowerBound) * type.blockBytes
    }

    /// Sectors to be left out for a disc whose lead-in begins at an address (`StartOfNextSession`).
    ///
    /// - Throws: `Fault.leadInTooShort`.
    public func skippedSectors(discStart: Int) throws(Fault) -> Int {
        guard discStart >= sectors.lowerBound, discStart < -RedBook.pauseSectors else {
            throw .leadInTooShort(imageStart: sectors.lowerBound, discStart: discStart)
        }
        return discStart - sectors.lowerBound
    }

    /// Whether a disc has room for it.
    ///
    /// - Parameters:
    ///   - leadOut: where the image's lead-out begins, as its survey says.
    ///   - lastPossible: the last address at which the disc's may (`LastPossibleStartOfLeadout`).
    /// - Throws: `Fault.tooLong`.
    public func checkRoom(leadOut: Int, lastPossible: Int) throws(Fault) {
        guard leadOut <= lastPossible else { throw .tooLong(leadOut: leadOut, lastPossible: lastPossible) }
    }
}
