/// Which recorders are meant, as INQUIRY names them (SPC-4, 6.4.2).
///
/// Case is ignored, and so are spaces around a field; several in a row count as one. Nothing else is a wildcard.
public struct InquiryPattern: Equatable, Sendable {
    /// The whole vendor identification.
    public let vendor: String
    /// How the product identification begins: makers put variants of one drive behind it. Empty for all of the vendor's.
    public let product: String
    /// The product revision level; nil for all.
    public let firmware: String?

    /// A pattern.
    public init(vendor: String, product: String = "", firmware: String? = nil) {
        (self.vendor, self.product, self.firmware) = (vendor, product, firmware)
    }

    /// Whether a recorder is meant.
    public func matches(vendor: String, product: String, firmware: String) -> Bool {
        Self.plain(vendor) == Self.plain(self.vendor) && Self.plain(product).hasPrefix(Self.plain(self.product))
            && (self.firmware.map { Self.plain($0) == Self.plain(firmware) } ?? true)
    }

    /// Lower case, without padding.
    private static func plain(_ field: String) -> String {
        field.lowercased().split(separator: " ").joined(separator: " ")
    }
}
